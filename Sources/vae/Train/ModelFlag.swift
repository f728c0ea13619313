import ArgumentParser
import Autoencoders
import Experiments

/// A flag about a model: which models have such a setting is asked of their specifications.
struct ModelFlag {
  /// As it is typed.
  let name: String
  /// Whether it was given. Not to be asked of flags that were not parsed.
  let isGiven: () -> Bool
  /// Whether a kind of model has the setting.
  let suits: (any ModelSpecification.Type) -> Bool

  init(
    _ name: String, _ isGiven: @autoclosure @escaping () -> Bool,
    _ suits: @escaping (any ModelSpecification.Type) -> Bool
  ) {
    (self.name, self.isGiven, self.suits) = (name, isGiven, suits)
  }

  /// Throws if the flag was given for a model that has no such setting.
  func check(_ type: any ModelSpecification.Type) throws {
    guard isGiven(), !suits(type) else { return }
    // What is given something is asked for by the name of the model that is not.
    let own = ModelRegistry.all.filter { suits($0) && !($0 is any ConditionalSpecification.Type) }
      .map { $0.name }.joined(separator: ", ")
    throw ValidationError("\(name) goes with --model \(own), not \(type.name)")
  }
}

/// Flags of some models, under a title of their own.
protocol ModelFlagGroup: ParsableArguments {
  /// All flags of the group.
  var flags: [ModelFlag] { get }

  /// Changes what flags were given for; the others leave the model as it is. Models without a setting are left alone.
  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws
}

/// Changes a part of a specification, if it has the part.
func change<Part>(
  _ model: inout any ModelSpecification, as type: Part.Type, _ change: (inout Part) throws -> Void
) rethrows {
  guard var part = model as? Part else { return }
  try change(&part)
  model = part as! any ModelSpecification
}
