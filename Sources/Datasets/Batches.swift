import CKernels
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

  /// All examples of a set, or those at `indices`. Traps if what is no picture ([height, width] or [height, width,
  /// channels]) shall be mirrored.
  public init(
    _ dataset: Dataset, indices: [Int]? = nil, binarization: Binarization = .none, isMirrored: Bool = false,
    holes: RandomHoles? = nil
  ) {
    require(
      !isMirrored || 2...3 ~= dataset.exampleShape.count,
      "Examples of \(dataset.name): mirroring is for pictures, [height, width] or [height, width, channels]; "
        + "got \(dataset.exampleShape)")
    self.dataset = dataset
    self.indices = indices
    self.binarization = binarization
    self.isMirrored = isMirrored
    self.holes = holes
  }

  /// The same examples, mirrored or not.
  public func mirrored(_ isMirrored: Bool) -> Examples {
    Examples(dataset, indices: indices, binarization: binarization, isMirrored: isMirrored, holes: holes)
  }

  /// How many there are.
  public var count: Int { indices?.count ?? dataset.count }

  /// Numbers in one example.
  public var exampleSize: Int { dataset.exampleSize }

  /// The class of each example, where the set has classes.
  public var labels: [Int]? {
    guard let labels = dataset.labels else { return nil }
    return indices.map { $0.map { labels[$0] } } ?? labels
  }

  private static let fixedStream = RandomStream(seed: 0)["fixed binarization"]

  /// The examples at `positions`, [positions.count, exampleSize].
  public func batch(_ positions: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    let size = exampleSize
    let key = (binarization == .fixed ? Self.fixedStream : stream).key
    let sides = stream["mirror"]
    return Tensor(shape: [positions.count, size]) { out in
      var row = out
      for position in positions {
        let index = indices?[position] ?? position
        switch dataset.values {
        case .bytes(let values):
          values.withUnsafeBufferPointer { fill(row, from: $0.baseAddress! + index * size, index, key) }
        case .mapped(let values):
          values.withUnsafeBufferPointer { fill(row, from: $0.baseAddress! + index * size, index, key) }
        case .floats(let values):
          values.withUnsafeBufferPointer { fill(row, from: $0.baseAddress! + index * size, index, key) }
        }
        if let holes { holes.make(in: row, example: index, shape: dataset.exampleShape) }
        if isMirrored && sides.bits(at: index) & 1 == 1 { mirror(row) }
        row += size
      }
    }
  }

  /// Left becomes right, in place.
  private func mirror(_ picture: UnsafeMutablePointer<Float>) {
    let (height, width) = (dataset.exampleShape[0], dataset.exampleShape[1])
    let channels = exampleSize / (height * width)
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

  private func fill(_ row: UnsafeMutablePointer<Float>, from bytes: UnsafePointer<UInt8>, _ index: Int, _ key: UInt64) {
    let size = exampleSize
    switch binarization {
    case .none: ck_bytes_to_floats(bytes, row, size)
    case .threshold: for i in 0..<size { row[i] = bytes[i] > 127 ? 1 : 0 }
    case .dynamic, .fixed: ck_bernoulli_from_bytes(bytes, key, UInt64(index * size), row, size)
    case .dequantize: ck_dequantize_bytes(bytes, key, UInt64(index * size), row, size)
    }
  }

  private func fill(_ row: UnsafeMutablePointer<Float>, from values: UnsafePointer<Float>, _ index: Int, _ key: UInt64)
  {
    let size = exampleSize
    switch binarization {
    case .none: row.update(from: values, count: size)
    case .threshold: for i in 0..<size { row[i] = values[i] > 0.5 ? 1 : 0 }
    case .dynamic, .fixed: ck_bernoulli_from_floats(values, key, UInt64(index * size), row, size)
    case .dequantize:
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { bytes in
        for i in 0..<size { bytes[i] = values[i] > 0 ? UInt8(min(values[i] * 255, 255).rounded()) : 0 }
        ck_dequantize_bytes(bytes.baseAddress!, key, UInt64(index * size), row, size)
      }
    }
    if binarization != .none { ck_copy_missing(values, row, size) }
  }
}
