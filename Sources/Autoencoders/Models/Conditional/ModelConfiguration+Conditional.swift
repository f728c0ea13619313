import Networks
import Tensors

/// Models of x given c.
extension ModelConfiguration {
  /// Whether this is one.
  public var isConditional: Bool { conditionSize != nil }

  /// Why there is no such conditional model; nil if there is, or the model is none.
  public var conditionalProblem: (key: String, expected: String)? {
    guard let conditionSize else {
      return cvaeShare == nil ? nil : ("model.cvae_share", "none without a condition")
    }
    guard 1...10_000_000 ~= conditionSize else { return ("model.condition_size", "1 to 10,000,000") }
    guard family == .mlp || family == .conv else { return ("model.model", "mlp or conv for a conditional model") }
    if family == .conv {
      guard let conditionShape, 2...3 ~= conditionShape.count, conditionShape.prefix(2) == exampleShape?.prefix(2)
      else {
        return ("model.given", "pictures of the size of the examples, for a conv model; use mlp")
      }
      guard 1...4096 ~= width ?? 1 else { return ("model.width", "1 to 4,096 channels") }
    }
    guard !hidden.isEmpty else { return ("model.hidden", "one width at least for a conditional model") }
    guard prior ?? .standard == .standard else {
      return ("model.prior", "standard: a condition has a prior of its own")
    }
    guard !isHamiltonian else { return ("model.leapfrogs", "none with a condition") }
    guard likelihood != .mixture || exampleShape?.reduce(1, *) == inputSize else {
      return ("model.likelihood", "no mixture over a part of a picture; use logistic")
    }
    return 0...1 ~= cvaeShare ?? 1 ? nil : ("model.cvae_share", "0 to 1")
  }

  /// Channels at full resolution where nothing is said.
  public static let defaultConditionalWidth = 16

  func makeConditionalImages<Pixels: PixelDistribution>(
    _ pixels: Pixels, _ image: Shape, _ stream: RandomStream
  ) -> any LatentVariableModel {
    if let problem = conditionalProblem {
      fatalError("ModelConfiguration: \(problem.key): expected \(problem.expected)")
    }
    let (share, given) = (cvaeShare ?? 1, conditionShape!)
    return ConditionalAutoencoder(
      ConditionalImages(
        imageShape: image, conditionShape: [given[0], given[1], given.count == 3 ? given[2] : 1],
        width: width ?? Self.defaultConditionalWidth, maps: maps!, blocks: blocks![0], latentSize: latent,
        recognizes: share > 0, activation: activation, initializer: initializer, distribution: pixels, stream: stream),
      share: share)
  }

  func makeConditional<Head: OutputLayer>(
    _ conditionSize: Int, _ stream: RandomStream, output: (Int, RandomStream) -> Head
  ) -> any LatentVariableModel {
    if let problem = conditionalProblem {
      fatalError("ModelConfiguration: \(problem.key): expected \(problem.expected)")
    }
    let share = cvaeShare ?? 1
    return ConditionalAutoencoder(
      ConditionalMLP(
        inputSize: inputSize, conditionSize: conditionSize, hidden: hidden, latentSize: latent, recognizes: share > 0,
        activation: activation, initializer: initializer, inputScaling: inputScaling, stream: stream, output: output),
      share: share)
  }
}
