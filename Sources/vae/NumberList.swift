import ArgumentParser

/// Numbers separated by commas, as in `--hidden 200,200`: the one way in which flags take several.
struct NumberList<Number: LosslessStringConvertible & Sendable & Equatable>: ExpressibleByArgument, Sendable, Equatable,
  CustomStringConvertible
{
  let values: [Number]

  init(_ values: [Number]) { self.values = values }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Number(String($0)) }
    guard !parts.contains(nil) else { return nil }
    values = parts.compactMap { $0 }
  }

  var description: String { values.map { "\($0)" }.joined(separator: ",") }
  var defaultValueDescription: String { description }
}
