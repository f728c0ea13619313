import Networks
import Tensors
import _Differentiation

/// A linear classifier of features, such as a model's latents: what M1 of Kingma et al. 2014 is followed by.
public struct LinearClassifier {
  /// What is minimised.
  public enum Loss: String, CaseIterable, Sendable {
    /// Minus the mean log-probability of the class: multinomial logistic regression.
    case logistic
    /// The mean squared hinge of each class against all others: a linear support vector machine.
    case svm
  }

  private var layer: Dense
  private let mean: Tensor
  private let loss: Loss

  /// Fits to features [N, D] of the given classes by full-batch steps. Features are centred and otherwise as they are: a
  /// latent that is not used varies little, and should count as little.
  /// - Parameters:
  ///   - penalty: the weight of half the sum of the squared weights.
  ///   - steps: of Adam, their size falling to zero.
  public init(
    _ features: Tensor, _ labels: [Int], classes: Int, loss: Loss = .logistic, penalty: Float = 0.01, steps: Int = 600
  ) {
    require(
      features.shape.rank == 2 && labels.count == features.shape[0] && labels.allSatisfy { 0..<classes ~= $0 },
      "linear classifier: features \(features.shape) need as many classes, each 0 to \(classes - 1)")
    mean = features.meanOverFirst()
    self.loss = loss
    let x = (features - mean).asConstant
    var layer = Dense(features.shape[1], classes, stream: RandomStream(seed: 0)["linear classifier"])
    let targets = Tensor(
      labels.flatMap { label in (0..<classes).map { $0 == label ? Float(1) : 0 } }, shape: [labels.count, classes])
    var settings = OptimizerSettings()
    settings.rate = 0.1
    var optimizer = Optimizer(settings, for: layer)
    for step in 0..<steps {
      let slope = gradient(at: layer) { Self.loss($0, x, targets, loss, penalty) }
      optimizer.update(
        &layer, along: [slope], rate: 0.1 * (1 - Float(step) / Float(steps)), threads: 1)
    }
    self.layer = layer
  }

  @differentiable(reverse,wrt: layer)
  private static func loss(
    _ layer: Dense, _ x: Tensor, _ targets: Tensor, _ loss: Loss, _ penalty: Float
  ) -> Float {
    let scores = layer(x)
    let count = withoutDerivative(at: Float(x.shape[0]))
    let fit: Float
    switch loss {
    case .logistic: fit = -(scores.classLogProbabilities() * withoutDerivative(at: targets.swappingFirstAxes())).sum()
    case .svm:
      let signs = withoutDerivative(at: targets.scaled(by: 2, plus: -1))
      fit = square(relu(-(signs * scores) + 1)).sum()
    }
    return fit / count + 0.5 * penalty * square(layer.weight).sum()
  }

  /// [N, D] to log-probabilities [N, C]; of a support vector machine, as if its margins were logits.
  public func logProbabilities(_ features: Tensor) -> Tensor {
    layer(features - mean).classLogProbabilities().swappingFirstAxes()
  }
}
