import Tensors
import _Differentiation

/// A shard's way forward through a model in a step of training, as opposed to evaluation, where there is none.
///
/// Layers that behave differently in training ask for ``current``. It gives random numbers, each an indexed one of the
/// step's stream, and it collects what layers tell about their inputs: as shards run at once, nothing is written to the
/// model until ``merge(_:into:momentum:)``.
public final class TrainingPass: @unchecked Sendable {
  /// The pass under way on this thread; nil in evaluation.
  @TaskLocal public static var current: TrainingPass?

  private let stream: RandomStream
  /// Which examples of the batch are this shard's.
  public let rows: Range<Int>
  /// Examples in the whole batch.
  public let batch: Int
  /// What is known of the batch's examples together.
  public let structure: (any BatchStructure)?
  private let draws: Int
  private var calls = 0
  private(set) var moments: [BatchMoments] = []

  /// - Parameters:
  ///   - stream: the step's own, the same for all its shards.
  ///   - rows: which examples of the batch are this shard's.
  ///   - batch: examples in the batch.
  ///   - draws: latents drawn for each example, which the decoder is given [draws, rows, ...] of.
  ///   - structure: what is known of the batch's examples together.
  public init(
    stream: RandomStream, rows: Range<Int>, of batch: Int, draws: Int = 1, structure: (any BatchStructure)? = nil
  ) {
    (self.stream, self.rows, self.batch, self.draws, self.structure) = (stream, rows, batch, draws, structure)
  }

  /// Runs `body`, in which this pass is ``current``.
  public func run<R>(_ body: () -> R) -> R { Self.$current.withValue(self) { body() } }

  /// Each number 1 with the stated probability, else 0; others at each call. Where the first axes of `shape` count the
  /// shard's examples, or draws and examples, an example's numbers are the same however the batch is cut up.
  func bernoulli(_ probability: Float, _ shape: Shape) -> Tensor {
    defer { calls += 1 }
    let stream = stream[calls]
    guard let repeats = repeats(of: shape) else {
      return stream["shard"][rows.lowerBound].bernoulli(Tensor(repeating: probability, shape: shape))
    }
    let size = shape.count / max(repeats * rows.count, 1)
    let parts = (0..<repeats).map { draw in
      stream.bernoulli(
        Tensor(repeating: probability, shape: [rows.count, size]), first: (draw * batch + rows.lowerBound) * size)
    }
    return (repeats == 1 ? parts[0] : Tensor.stacked(parts)).reshaped(to: shape)
  }

  /// How often the shard's examples are in a tensor's first axes, draw after draw; nil if they are not.
  private func repeats(of shape: Shape) -> Int? {
    if shape.rank > 1, shape[0] == draws, shape[1] == rows.count { return draws }
    if shape.rank > 0, shape[0] == rows.count { return 1 }
    if shape.rank > 0, shape[0] == draws * rows.count { return draws }
    return nil
  }

  func record(_ moments: BatchMoments) { self.moments.append(moments) }

  /// Brings what was collected into the running moments of `model`, one step for each call of a layer.
  ///
  /// Where shards each saw a part, their moments are joined to those of the whole. running = (1 - momentum) running +
  /// momentum new, the variance that of a sample (divided by count - 1), as in PyTorch.
  /// - Parameter passes: in the order of their shards, after the same way through the same model.
  public static func merge<Model: Differentiable>(
    _ passes: [TrainingPass], into model: inout Model, momentum: Double = 0.1
  ) {
    guard let calls = passes.first?.moments.indices, !calls.isEmpty else { return }
    // What each state is moved to, call after call.
    var moves: [Int: [[Double]]] = [:]
    for call in calls {
      let parts = passes.map { pass in
        require(
          call < pass.moments.count && pass.moments[call].meanNumber == passes[0].moments[call].meanNumber,
          "TrainingPass: shards went different ways through the model, at call \(call) of a layer with moments")
        return pass.moments[call]
      }
      let whole = BatchMoments.joined(parts)
      moves[parts[0].meanNumber, default: []].append(whole.mean)
      moves[parts[0].varianceNumber, default: []].append(whole.variance)
    }
    StateWalk.over(&model) { state in
      for new in moves[state.number] ?? [] {
        let moved = zip(state.value.scalars, new).map { Float((1 - momentum) * Double($0) + momentum * $1) }
        state.set(Tensor(moved, shape: state.value.shape))
      }
    }
  }
}

/// The moments of a layer's input, and the numbers of the states that they are to enter.
struct BatchMoments {
  let meanNumber: Int
  let varianceNumber: Int
  let mean: Tensor
  let variance: Tensor
  let count: Int

  /// Those of the whole of which each of `parts` saw a part.
  fileprivate static func joined(_ parts: [BatchMoments]) -> (mean: [Double], variance: [Double]) {
    let total = Double(parts.reduce(0) { $0 + $1.count })
    let means = parts.map { $0.mean.scalars.map(Double.init) }
    let variances = parts.map { $0.variance.scalars.map(Double.init) }
    func average(_ number: (_ part: Int) -> Double) -> Double {
      parts.indices.reduce(0) { $0 + Double(parts[$1].count) * number($1) } / total
    }
    let mean = means[0].indices.map { c in average { means[$0][c] } }
    let variance = mean.indices.map { c in
      // The parts' own, and that of their means about the mean of all.
      average { variances[$0][c] + (means[$0][c] - mean[c]) * (means[$0][c] - mean[c]) } * total / max(total - 1, 1)
    }
    return (mean, variance)
  }
}
