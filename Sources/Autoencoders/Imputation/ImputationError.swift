import Foundation
import Tensors

/// How far numbers that were filled in are from the truth, over those that were missing and are known.
public struct ImputationError: Sendable, Equatable {
  /// Numbers compared.
  public private(set) var count = 0
  private var squares = 0.0
  private var wrong = 0
  private var surprise = 0.0
  private var isBinary = true

  /// An error over nothing.
  public init() {}

  /// Compares `filled` with `truth` where `x` is missing and the truth is not, all [B, D]. Differences are in units of
  /// `scale` [D], where there is one: the deviations of a table's columns, say.
  public init(_ filled: Tensor, truth: Tensor, missingIn x: Tensor, scale: Tensor? = nil) {
    require(
      filled.shape == truth.shape && x.shape == truth.shape && scale?.count ?? x.shape[1] == x.shape[1],
      "ImputationError: \(filled.shape) against \(truth.shape), missing in \(x.shape)")
    let size = x.shape[1]
    let (f, t, seen, units) = (filled.scalars, truth.scalars, x.scalars, scale?.scalars)
    for i in t.indices where seen[i].isNaN && !t[i].isNaN {
      let (guess, value) = (Double(f[i]), Double(t[i]))
      let difference = (guess - value) / Double(units?[i % size] ?? 1)
      count += 1
      squares += difference * difference
      if (guess > 0.5) != (value > 0.5) { wrong += 1 }
      let chance = value > 0.5 ? guess : 1 - guess
      surprise -= Foundation.log(min(max(chance, 1e-6), 1))
      if value != 0 && value != 1 { isBinary = false }
    }
  }

  /// Takes in another error.
  public mutating func add(_ other: ImputationError) {
    count += other.count
    squares += other.squares
    wrong += other.wrong
    surprise += other.surprise
    isBinary = isBinary && other.isBinary
  }

  /// The root of the mean squared difference; nil where nothing is known.
  public var rootMeanSquare: Double? { count > 0 ? (squares / Double(count)).squareRoot() : nil }

  /// Binary data: the part that is on the wrong side of one half.
  public var wrongPart: Double? { count > 0 && isBinary ? Double(wrong) / Double(count) : nil }

  /// Binary data: minus the mean log probability of the truth, in nats, what was filled in being probabilities of 1 (held
  /// between 1e-6 and 1 - 1e-6).
  public var logLoss: Double? { count > 0 && isBinary ? surprise / Double(count) : nil }
}
