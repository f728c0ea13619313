import Tensors
import _Differentiation

/// Which rule turns gradients into steps, and its settings.
public struct OptimizerSettings: Codable, Sendable, Equatable {
  /// The update rules.
  public enum Rule: String, Codable, Sendable, CaseIterable {
    /// Kingma and Ba 2015.
    case adam
    /// Adam with decoupled weight decay, Loshchilov and Hutter 2019.
    case adamw
    /// Duchi et al. 2011.
    case adagrad
    /// Gradient descent, with momentum if `momentum` is above zero.
    case sgd
  }

  /// The update rule.
  public var rule: Rule
  /// Step size before the schedule.
  public var rate: Float
  /// Adam's decay of the first moment.
  public var beta1: Float = 0.9
  /// Adam's decay of the second moment.
  public var beta2: Float = 0.999
  /// Keeps the divisor of Adam and Adagrad from zero.
  public var epsilon: Float = 1e-8
  /// Momentum of gradient descent.
  public var momentum: Float = 0.9
  /// AdamW: each step also shrinks the weights by rate times this.
  public var weightDecay: Float = 0
  /// Adds this times the weights to the gradient: with 1 / (number of training examples), the N(0, I) prior on the
  /// weights of Kingma and Welling 2014.
  public var weightPrior: Float = 0
  /// Gradients longer than this are scaled down to it.
  public var clipNorm: Float?
  /// Steps along gradients longer than this, or not finite, are not taken at all (Child 2021): in a deep hierarchy one
  /// exploding batch can undo hours.
  public var skipNorm: Float?

  /// Default settings of a rule.
  public init(_ rule: Rule = .adam, rate: Float? = nil) {
    self.rule = rule
    switch rule {
    case .adam: self.rate = rate ?? 1e-3
    case .adamw:
      self.rate = rate ?? 1e-3
      weightDecay = 0.01
    case .adagrad:
      self.rate = rate ?? 0.01
      epsilon = 1e-10
    case .sgd: self.rate = rate ?? 1e-3
    }
  }
}

/// Steps along gradients, and what has to be remembered from one to the next.
public struct Optimizer {
  /// The rule and its numbers.
  public let settings: OptimizerSettings
  /// Steps taken so far.
  public var step = 0
  /// Steps that were not taken, by ``OptimizerSettings/skipNorm``.
  public var skipped = 0
  /// What the rule remembers, one tensor per parameter in each slot; see ``slotNames``.
  public var slots: [[Tensor]]

  /// An optimizer that has taken no step.
  public init<Model: Differentiable>(_ settings: OptimizerSettings, for model: Model) {
    self.settings = settings
    let zeros = model.parameters.map { Tensor(repeating: 0, shape: $0.shape) }
    slots = Array(repeating: zeros, count: Self.slotNames(of: settings.rule).count)
  }

  /// What each slot holds, for checkpoints.
  public var slotNames: [String] { Self.slotNames(of: settings.rule) }

  private static func slotNames(of rule: OptimizerSettings.Rule) -> [String] {
    switch rule {
    case .adam, .adamw: ["moment1", "moment2"]
    case .adagrad: ["sum_of_squares"]
    case .sgd: ["velocity"]
    }
  }

  /// Moves `model` down the sum of `gradients`, one per shard of the batch.
  ///
  /// - Parameters:
  ///   - rate: the step size, schedule applied.
  ///   - threads: the arrays are cut into this many pieces; the result does not depend on it.
  /// - Returns: the length of the gradient before clipping, if clipping or skipping asked for it.
  @discardableResult
  public mutating func update<Model: Differentiable>(
    _ model: inout Model, along gradients: [Model.TangentVector], rate: Float, threads: Int = 1
  ) -> Double? {
    step += 1
    let parts = gradients.map { model.parts(of: $0) }
    var steps: [ParameterStep] = []
    var index = 0
    ParameterWalk.over(&model) { parameter in
      let count = parameter.count
      let memory = slots.indices.map { slot in slots[slot][index].withMutablePointer { $0 } }
      let gradients = parts.map { $0[index] }
      parameter.withMutablePointer {
        steps.append(ParameterStep(parameter: $0, memory: memory, count: count, gradients: gradients))
      }
      index += 1
    }
    let members = steps.reduce(0) { $0 + $1.count } < 1 << 14 ? 1 : threads
    let (norm, scale) = clip(&steps, members)
    if let limit = settings.skipNorm, let norm, !(norm <= Double(limit)) {
      step -= 1
      skipped += 1
      return norm
    }
    withExtendedLifetime(model) {
      Parallel.run(members) { member in
        for step in steps { apply(step, step.share(of: member, members), rate, scale) }
      }
    }
    return norm
  }

  /// The gradient's length is known only when all of it is multiplied out.
  private func clip(_ steps: inout [ParameterStep], _ members: Int) -> (norm: Double?, scale: Float) {
    guard settings.clipNorm != nil || settings.skipNorm != nil else { return (nil, 1) }
    let limit = settings.clipNorm ?? .infinity
    for index in steps.indices { steps[index].multiplyOut(members: members) }
    let norm = steps.reduce(0) { $0 + $1.sumOfSquares }.squareRoot()
    return (norm, norm > Double(limit) ? limit / Float(norm) : 1)
  }

  private func apply(_ step: ParameterStep, _ share: Range<Int>, _ rate: Float, _ scale: Float) {
    if share.isEmpty { return }
    step.forEachPart(of: share) { part, arrays in
      let memory = step.memory.map { $0 + part.lowerBound }
      let change = OptimizerStep(
        of: step.parameter + part.lowerBound, along: arrays, scale: scale, count: part.count)
      switch settings.rule {
      case .adam, .adamw:
        let adam = OptimizerStep.Adam(
          rate: rate, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon,
          correction1: 1 - power(settings.beta1, self.step), correction2: 1 - power(settings.beta2, self.step),
          decoupledDecay: settings.rule == .adamw ? settings.weightDecay : 0, decay: settings.weightPrior)
        change.adam(adam, moments: memory[0], memory[1])
      case .adagrad:
        change.adagrad(rate: rate, epsilon: settings.epsilon, decay: settings.weightPrior, squares: memory[0])
      case .sgd:
        change.descent(
          rate: rate, momentum: settings.momentum, decay: settings.weightPrior, velocity: memory[0])
      }
    }
  }
}

/// base^exponent in double precision by squaring: the same on every machine.
private func power(_ base: Float, _ exponent: Int) -> Float {
  var (result, factor, rest) = (1.0, Double(base), exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return Float(result)
}
