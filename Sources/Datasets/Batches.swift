import Tensors

/// How stored values become what a likelihood is about: zeros and ones for a Bernoulli, real numbers for a density.
public enum Binarization: String, Codable, Sendable, CaseIterable {
  /// Values stay as they are, bytes scaled to [0, 1].
  case none
  /// 1 above one half.
  case threshold
  /// Drawn anew at every epoch, 1 with the probability that the grey value states (Burda et al. 2016).
  case dynamic
  /// Drawn once, by a seed of its own, and kept.
  case fixed
  /// Of 8-bit values v real numbers (v + u) / 256, u uniform in [0, 1) and drawn anew at every epoch: a density of these
  /// bounds the probability of v from below, log P(v) >= E log p((v + u) / 256) - log 256 (Theis et al. 2016). Values that
  /// are stored as multiples of 1/255 are rounded to them.
  case dequantize

  /// Whether zeros and ones come of it.
  public var makesBinary: Bool {
    switch self {
    case .none, .dequantize: false
    case .threshold, .dynamic, .fixed: true
    }
  }
}

/// Some of a set's examples, ready to be read in batches.
public struct Examples: BatchSource, Sendable {
  /// The set they come from.
  public let dataset: Dataset
  /// Which examples of the set, in this order; all of them where there is none.
  public let indices: [Int]?
  /// What becomes of grey values.
  public let binarization: Binarization
  /// Whether half of the pictures, others at every epoch, are shown mirrored left to right.
  public let isMirrored: Bool
  /// Which numbers are taken away from complete data, if any are.
  public let holes: RandomHoles?
  /// What is known of each example, if a model is to be asked given that.
  public let condition: Condition?
  /// What given pictures suffer, if they do: in training alone.
  public private(set) var conditionNoise: ConditionNoise?

  /// All examples of a set, or those at `indices`. Traps if what is no picture ([height, width] or [height, width,
  /// channels]) shall be mirrored, or the condition is not one of these examples.
  public init(
    _ dataset: Dataset, indices: [Int]? = nil, binarization: Binarization = .none, isMirrored: Bool = false,
    holes: RandomHoles? = nil, condition: Condition? = nil
  ) {
    require(
      !isMirrored || 2...3 ~= dataset.exampleShape.count,
      "Examples of \(dataset.name): mirroring is for pictures, [height, width] or [height, width, channels]; "
        + "got \(dataset.exampleShape)")
    if let problem = condition?.problem(with: dataset) { require(false, "Examples of \(dataset.name): \(problem)") }
    self.condition = condition
    self.dataset = dataset
    self.indices = indices
    self.binarization = binarization
    self.isMirrored = isMirrored
    self.holes = holes
  }

  /// The same examples, mirrored or not.
  public func mirrored(_ isMirrored: Bool) -> Examples {
    Examples(
      dataset, indices: indices, binarization: binarization, isMirrored: isMirrored, holes: holes, condition: condition
    ).disturbed(by: conditionNoise)
  }

  /// The same examples, what is given of them disturbed where that is pictures, or as it is.
  public func disturbed(by noise: ConditionNoise?) -> Examples {
    var result = self
    result.conditionNoise = noise
    return result
  }

  /// The examples at `positions` of these, in that order.
  public func selecting(_ positions: [Int]) -> Examples {
    Examples(
      dataset, indices: positions.map { indices?[$0] ?? $0 }, binarization: binarization, isMirrored: isMirrored,
      holes: holes, condition: condition
    ).disturbed(by: conditionNoise)
  }

  /// The same examples with something else known of them, or nothing.
  public func given(_ condition: Condition?) -> Examples {
    Examples(
      dataset, indices: indices, binarization: binarization, isMirrored: isMirrored, holes: holes, condition: condition
    ).disturbed(by: conditionNoise)
  }

  /// How many there are.
  public var count: Int { indices?.count ?? dataset.count }

  /// Numbers in a row of a batch: the example's, and behind them those of its condition.
  public var exampleSize: Int { dataset.exampleSize + (condition?.extraSize ?? 0) }

  /// Numbers of an example that are not given: what a likelihood is about.
  public var targetSize: Int { dataset.exampleSize - (condition?.ownSize ?? 0) }

  /// The class of each example, where the set has classes.
  public var labels: [Int]? {
    guard let labels = dataset.labels else { return nil }
    return indices.map { $0.map { labels[$0] } } ?? labels
  }

  /// The known causes of each example, where the set has them.
  public var factors: Dataset.Factors? {
    guard var factors = dataset.factors, let indices else { return dataset.factors }
    let (all, width) = (factors.values, factors.names.count)
    factors.values = indices.flatMap { all[$0 * width..<($0 + 1) * width] }
    return factors
  }

  private static let fixedStream = RandomStream(seed: 0)["fixed binarization"]

  /// The examples at `positions`, [positions.count, exampleSize]: rows [x | c] where there is a condition.
  public func batch(_ positions: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    let (size, width) = (dataset.exampleSize, exampleSize)
    let bits = binarization == .fixed ? Self.fixedStream : stream
    let sides = stream["mirror"]
    return Tensor(shape: [positions.count, width]) { out in
      var row = out
      for position in positions {
        let index = indices?[position] ?? position
        switch dataset.values {
        case .bytes(let values):
          values.withUnsafeBufferPointer { fill(row, from: $0.baseAddress! + index * size, index, bits) }
        case .mapped(let values):
          values.withUnsafeBufferPointer { fill(row, from: $0.baseAddress! + index * size, index, bits) }
        case .floats(let values):
          values.withUnsafeBufferPointer { fill(row, from: $0.baseAddress! + index * size, index, bits) }
        }
        if let holes { holes.make(in: row, example: index, shape: dataset.exampleShape) }
        let isTurned = isMirrored && sides.bits(at: index) & 1 == 1
        if isTurned { mirror(row, shape: dataset.exampleShape) }
        if let condition {
          condition.write(to: row, example: index, of: dataset)
          if case .pictures(let others) = condition {
            if isTurned { mirror(row + size, shape: others.exampleShape) }
            conditionNoise?.disturb(row + size, shape: others.exampleShape, example: index, stream)
          }
        }
        row += width
      }
    }
  }

  /// Left becomes right, in place.
  private func mirror(_ picture: UnsafeMutablePointer<Float>, shape: [Int]) {
    let (height, width) = (shape[0], shape[1])
    let channels = shape.reduce(1, *) / (height * width)
    for row in 0..<height {
      let pixels = picture + row * width * channels
      for column in 0..<width / 2 {
        let other = width - 1 - column
        for channel in 0..<channels {
          (pixels[column * channels + channel], pixels[other * channels + channel]) = (
            pixels[other * channels + channel], pixels[column * channels + channel]
          )
        }
      }
    }
  }

  private func fill(
    _ row: UnsafeMutablePointer<Float>, from bytes: UnsafePointer<UInt8>, _ index: Int, _ stream: RandomStream
  ) {
    let size = dataset.exampleSize
    switch binarization {
    case .none: row.update(fromBytes: bytes, count: size)
    case .threshold: for i in 0..<size { row[i] = bytes[i] > 127 ? 1 : 0 }
    case .dynamic, .fixed: stream.drawBits(byBytes: bytes, first: index * size, into: row, count: size)
    case .dequantize: stream.dequantize(bytes, first: index * size, into: row, count: size)
    }
  }

  private func fill(
    _ row: UnsafeMutablePointer<Float>, from values: UnsafePointer<Float>, _ index: Int, _ stream: RandomStream
  ) {
    let size = dataset.exampleSize
    switch binarization {
    case .none: row.update(from: values, count: size)
    case .threshold: for i in 0..<size { row[i] = values[i] > 0.5 ? 1 : 0 }
    case .dynamic, .fixed: stream.drawBits(by: values, first: index * size, into: row, count: size)
    case .dequantize:
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { bytes in
        for i in 0..<size { bytes[i] = values[i] > 0 ? UInt8(min(values[i] * 255, 255).rounded()) : 0 }
        stream.dequantize(bytes.baseAddress!, first: index * size, into: row, count: size)
      }
    }
    if binarization != .none { row.copyMissing(from: values, count: size) }
  }
}
