import Networks
import Tensors

/// What a semi-supervised model is beside its layers.
public struct SemiSupervision: Codable, Sendable, Equatable {
  /// How many classes there are.
  public var classes: Int
  /// What they are called, by number, where they have names.
  public var names: [String]?
  /// The weight of the mean classification loss beside the bound of N examples, as a part of N (Kingma et al. 2014: 0.1).
  public var alpha: Float = 0.1
  /// The part of an epoch's examples that has a class.
  public var labelledShare: Double
  /// Whether q(y|x) alone is learned, and from labelled examples alone.
  public var isSupervised: Bool?

  /// A model of `classes` classes.
  public init(classes: Int, names: [String]? = nil, alpha: Float = 0.1, labelledShare: Double) {
    (self.classes, self.names, self.alpha, self.labelledShare) = (classes, names, alpha, labelledShare)
  }

  /// What log q(y|x) of one labelled example counts beside the bound of one example.
  public var classifierWeight: Float { alpha / Float(labelledShare) }
}

extension ModelConfiguration {
  /// Why no semi-supervised model is of these sizes; nil if one is, or none is asked for.
  public var semiSupervisedProblem: (key: String, expected: String)? {
    guard family.hasClasses else { return nil }
    guard let semi else { return ("model.semi", "classes for a \(family.rawValue) model") }
    guard 2...10_000 ~= semi.classes else { return ("model.semi.classes", "2 to 10,000") }
    guard !hidden.isEmpty else { return ("model.hidden", "one width at least for a \(family.rawValue) model") }
    guard semi.alpha >= 0, semi.alpha.isFinite else { return ("model.semi.alpha", "a number from 0") }
    guard semi.labelledShare > 0, semi.labelledShare <= 1 else {
      return ("model.semi.labelled_share", "above 0 and at most 1")
    }
    return nil
  }

  func makeClassModel<Head: OutputLayer>(
    of size: Int, scaling: InputScaling, _ stream: RandomStream, output: (Int, RandomStream) -> Head
  ) -> SemiSupervisedAutoencoder<Head> {
    let semi = semi ?? SemiSupervision(classes: 2, labelledShare: 1)
    return SemiSupervisedAutoencoder(
      inputSize: size, classes: semi.classes, hidden: hidden, latentSize: latent, activation: activation,
      classifierWeight: semi.classifierWeight, isSupervised: semi.isSupervised ?? false, initializer: initializer,
      inputScaling: scaling, stream: stream, output: output)
  }

  /// The model of what `features` draws; its weights are drawn from `stream`.
  public func makeModel(on features: any LatentVariableModel, _ stream: RandomStream) -> (any LatentVariableModel)? {
    func stacked(_ features: some GaussianAutoencoder) -> any LatentVariableModel {
      let upper = makeClassModel(of: features.latentSize, scaling: .none, stream) {
        GaussianOutput(
          features: $0, size: features.latentSize, meanActivation: .identity, leastDeviation: leastDeviation,
          initializer: initializer, stream: $1)
      }
      return StackedAutoencoder(upper, on: features)
    }
    return (features as? any GaussianAutoencoder).map { stacked($0) }
  }
}
