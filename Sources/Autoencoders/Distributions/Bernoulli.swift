import Foundation
import Networks
import Tensors
import _Differentiation

/// Independent 0/1 variables. A likelihood of binary data only: for grey values it is merely a loss.
public struct Bernoulli: Likelihood {
  /// log(p / (1 - p)), [K, B, D].
  public var logits: Tensor

  /// Variables with the given log-odds.
  @differentiable(reverse)
  public init(logits: Tensor) { self.logits = logits }

  /// sum of x log p + (1 - x) log(1 - p), [B, D] to [K, B].
  @differentiable(reverse,wrt: self)
  public func logProbability(of x: Tensor) -> Tensor { bernoulliLogProbability(logits, of: x) }

  /// Probabilities of 1, [K, B, D].
  public var mean: Tensor { sigmoid(logits) }

  /// Zeros and ones, [K, B, D].
  public func sample(_ stream: RandomStream) -> Tensor { stream.bernoulli(mean) }
}

/// A dense layer that gives the logits of Bernoulli variables.
public struct BernoulliOutput: OutputLayer {
  /// Features to logits.
  public var logits: Dense

  /// `features` numbers in, `size` variables out.
  public init(features: Int, size: Int, initializer: Initializer = .uniformFanIn, stream: RandomStream) {
    logits = Dense(features, size, initializer: initializer, stream: stream)
  }

  /// Bernoulli variables from features.
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> Bernoulli { Bernoulli(logits: logits(features)) }
}

/// One Bernoulli variable.
public struct BernoulliVariable: DiscreteVariable {
  let probabilityOfZero: Double

  /// That of zero.
  public func probability(below value: Int) -> Double { probabilityOfZero }
}

extension Bernoulli: DiscreteLikelihood {
  /// Zero and one.
  public static var levels: Int { 2 }

  /// One for each number, in order.
  public func variables() -> [BernoulliVariable] {
    logits.scalars.map { BernoulliVariable(probabilityOfZero: 1 / (1 + Foundation.exp(Double($0)))) }
  }
}
