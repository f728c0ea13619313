import Tensors
import _Differentiation

/// A model of x given c: q(z|x, c), p(z|c), p(x|z, c).
///
/// Its examples are rows [x | c], so that bounds, training and estimates are those of any other model, each given c: what
/// they call log p(x) is log p(x|c). Latents are in units of p(z|c), so N(0, I) under the prior. Only who makes up an x
/// has to say given what.
public protocol ConditionalModel: LatentVariableModel {
  /// Numbers in one condition.
  var conditionSize: Int { get }

  /// Expected x for latents z [K, B, latentSize] under conditions c [B, conditionSize]: [K, B, inputSize].
  func expectation(given z: Tensor, _ c: Tensor) -> Tensor

  /// x drawn from p(x|z, c), [K, B, inputSize].
  func sample(given z: Tensor, _ c: Tensor, _ stream: RandomStream) -> Tensor

  /// What the deterministic network says that x is, [B, inputSize]: the baseline.
  func guess(given c: Tensor) -> Tensor

  /// Its log p(x|c) for rows [x | c], [B], nats.
  func guessLogLikelihood(of rows: Tensor) -> Tensor
}

extension ConditionalModel {
  /// Numbers in a row [x | c].
  public var rowSize: Int { inputSize + conditionSize }

  /// x of rows [x | c].
  public func target(of rows: Tensor) -> Tensor { rows.columns(0..<inputSize).asConstant }

  /// c of rows [x | c]. Traps if they are none.
  public func condition(of rows: Tensor) -> Tensor {
    require(
      rows.shape.rank == 2 && rows.shape[1] == rowSize,
      "conditional model: expected rows [x | c] of \(inputSize) + \(conditionSize) numbers, got \(rows.shape)")
    return rows.columns(inputSize..<rowSize).asConstant
  }

  /// Expected x for `count` latents drawn from p(z|c) of one condition c [1, conditionSize]: [count, inputSize].
  public func expectations(
    _ count: Int, given c: Tensor, _ stream: RandomStream, temperature: Float = 1
  ) -> Tensor {
    expectation(given: priorDraws(count, stream, temperature: temperature), c).reshaped(to: [count, inputSize])
  }

  /// Latents for one condition, drawn from p(z|c): [count, 1, latentSize].
  public func priorDraws(_ count: Int, _ stream: RandomStream, temperature: Float = 1) -> Tensor {
    priorSample(count, stream, temperature: temperature).reshaped(to: [count, 1, latentSize])
  }

  /// Traps: it has to be said given what.
  public func expectation(given z: Tensor) -> Tensor { fatalError(Self.unsaid) }

  /// Traps: it has to be said given what.
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor { fatalError(Self.unsaid) }

  private static var unsaid: String {
    "conditional model: what it expects depends on a condition; ask expectation(given: z, c)"
  }
}

/// All that is computed of a batch [x | c] and does not depend on noise.
public struct ConditionalEncoding<Output: Likelihood>: Differentiable, Sendable {
  /// q(z|x, c), in units of p(z|c).
  public var posterior: DiagonalGaussian
  /// What is known of c.
  public var known: KnownCondition<Output>

  /// Both parts.
  @differentiable(reverse)
  public init(posterior: DiagonalGaussian, known: KnownCondition<Output>) {
    (self.posterior, self.known) = (posterior, known)
  }
}

/// What is computed of a batch of conditions c.
public struct KnownCondition<Output: Likelihood>: Differentiable, Sendable {
  /// The deterministic network's p(x|c), [1, B, D].
  public var guess: Output
  /// p(z|c), and what the generation network is told of c.
  public var described: DescribedCondition

  /// Both parts.
  @differentiable(reverse)
  public init(guess: Output, described: DescribedCondition) { (self.guess, self.described) = (guess, described) }
}
