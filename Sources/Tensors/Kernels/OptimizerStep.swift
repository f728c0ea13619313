import CKernels

/// One optimizer's step for some numbers of a parameter: a single pass that reads and writes each array once.
///
/// The gradient is the sum of the arrays of `gradients`, times `scale`. `count` numbers must be there at every pointer.
package struct OptimizerStep {
  /// The settings of Adam and AdamW.
  package struct Adam {
    /// The step's size.
    package var rate: Float
    /// What is kept of the first moment.
    package var beta1: Float
    /// What is kept of the second moment.
    package var beta2: Float
    /// Added to the root of the second moment.
    package var epsilon: Float
    /// 1 - beta1^t in step t.
    package var correction1: Float
    /// 1 - beta2^t in step t.
    package var correction2: Float
    /// AdamW's: a parameter is multiplied by 1 - rate * this.
    package var decoupledDecay: Float
    /// Times the parameter, added to the gradient: the log density of N(0, 1 / this) on the weights.
    package var decay: Float

    /// All of them.
    package init(
      rate: Float, beta1: Float, beta2: Float, epsilon: Float, correction1: Float, correction2: Float,
      decoupledDecay: Float, decay: Float
    ) {
      (self.rate, self.beta1, self.beta2, self.epsilon) = (rate, beta1, beta2, epsilon)
      (self.correction1, self.correction2) = (correction1, correction2)
      (self.decoupledDecay, self.decay) = (decoupledDecay, decay)
    }
  }

  private let parameter: UnsafeMutablePointer<Float>
  private let gradients: [UnsafePointer<Float>?]
  private let scale: Float
  private let count: Int

  /// A step of `count` numbers from `parameter` on.
  package init(
    of parameter: UnsafeMutablePointer<Float>, along gradients: [UnsafePointer<Float>?], scale: Float, count: Int
  ) {
    (self.parameter, self.gradients, self.scale, self.count) = (parameter, gradients, scale, count)
  }

  /// Adam's, or AdamW's, which keeps two moments.
  package func adam(
    _ settings: Adam, moments first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>
  ) {
    let settings = ck_adam(
      rate: settings.rate, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon,
      correction1: settings.correction1, correction2: settings.correction2,
      decoupled_decay: settings.decoupledDecay, decay: settings.decay)
    ck_adam_step(parameter, gradients, gradients.count, scale, first, second, settings, count)
  }

  /// Adagrad's, which keeps the sum of squares.
  package func adagrad(rate: Float, epsilon: Float, decay: Float, squares: UnsafeMutablePointer<Float>) {
    ck_adagrad_step(parameter, gradients, gradients.count, scale, squares, rate, epsilon, decay, count)
  }

  /// Gradient descent's with momentum, which keeps a velocity.
  package func descent(rate: Float, momentum: Float, decay: Float, velocity: UnsafeMutablePointer<Float>) {
    ck_momentum_step(parameter, gradients, gradients.count, scale, velocity, rate, momentum, decay, count)
  }
}
