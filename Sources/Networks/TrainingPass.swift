import Tensors

/// A shard's way forward through a model in a step of training, as opposed to evaluation, where there is none.
///
/// Layers that behave differently in training ask for ``current``. It gives random numbers, each an indexed one of the
/// step's stream, and it collects what layers tell about their inputs: as shards run at once, nothing is written to the
/// model until ``merge(_:momentum:)``.
public final class TrainingPass: @unchecked Sendable {
  /// The pass under way on this thread; nil in evaluation.
  @TaskLocal public static var current: TrainingPass?

  private let stream: RandomStream
  private let rows: Range<Int>
  /// Examples in the whole batch.
  public let batch: Int
  /// The one known cause in which the examples of a group differ, if the batch was made so; groups are the shard's.
  public let varying: (cause: Int, groups: [Range<Int>])?
  private let draws: Int
  private var calls = 0
  private(set) var moments: [BatchMoments] = []

  /// - Parameters:
  ///   - stream: the step's own, the same for all its shards.
  ///   - rows: which examples of the batch are this shard's.
  ///   - batch: examples in the batch.
  ///   - draws: latents drawn for each example, which the decoder is given [draws, rows, ...] of.
  ///   - varying: which known cause examples of the batch differ in, where that is one alone.
  public init(stream: RandomStream, rows: Range<Int>, of batch: Int, draws: Int = 1, varying: OneCause? = nil) {
    (self.stream, self.rows, self.batch, self.draws) = (stream, rows, batch, draws)
    self.varying = varying.map { ($0.number, $0.groups(in: rows)) }
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

  /// Brings what was collected into the model's running moments, one step for each call of a layer.
  ///
  /// Where shards each saw a part, their moments are joined to those of the whole. running = (1 - momentum) running +
  /// momentum new, the variance that of a sample (divided by count - 1), as in PyTorch.
  /// - Parameter passes: in the order of their shards, after the same way through the same model.
  public static func merge(_ passes: [TrainingPass], momentum: Double = 0.1) {
    for call in passes.first?.moments.indices ?? 0..<0 {
      let parts = passes.map { pass in
        require(
          call < pass.moments.count && pass.moments[call].meanState === passes[0].moments[call].meanState,
          "TrainingPass: shards went different ways through the model, at call \(call) of a layer with moments")
        return pass.moments[call]
      }
      BatchMoments.merge(parts, momentum: momentum)
    }
  }
}

/// The moments of a layer's input, and the state that they are to enter.
struct BatchMoments {
  let meanState: StateTensor
  let varianceState: StateTensor
  let mean: Tensor
  let variance: Tensor
  let count: Int

  fileprivate static func merge(_ parts: [BatchMoments], momentum: Double) {
    let (meanState, varianceState) = (parts[0].meanState, parts[0].varianceState)
    let total = Double(parts.reduce(0) { $0 + $1.count })
    let means = parts.map { $0.mean.scalars.map(Double.init) }
    let variances = parts.map { $0.variance.scalars.map(Double.init) }
    func average(_ number: (_ part: Int) -> Double) -> Double {
      parts.indices.reduce(0) { $0 + Double(parts[$1].count) * number($1) } / total
    }
    func moved(_ running: Tensor, to new: [Double]) -> Tensor {
      let values = zip(running.scalars, new).map { Float((1 - momentum) * Double($0) + momentum * $1) }
      return Tensor(values, shape: running.shape)
    }
    let mean = means[0].indices.map { c in average { means[$0][c] } }
    let variance = mean.indices.map { c in
      // The parts' own, and that of their means about the mean of all.
      average { variances[$0][c] + (means[$0][c] - mean[c]) * (means[$0][c] - mean[c]) } * total / max(total - 1, 1)
    }
    meanState.value = moved(meanState.value, to: mean)
    varianceState.value = moved(varianceState.value, to: variance)
  }
}
