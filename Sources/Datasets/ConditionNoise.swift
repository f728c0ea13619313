import Tensors

/// What given pictures suffer while a model trains, others at every epoch, so that it learns not to lean on any one part
/// of them: the noise injection of Sohn, Lee and Yan 2015.
public struct ConditionNoise: Sendable, Equatable {
  /// Standard deviation of what is added to each number of a picture in [0, 1].
  public let deviation: Float
  /// The longest sides of the rectangle that is blanked, as a part of the picture's; sides are uniform up to it.
  public let holes: Float

  /// Traps unless the deviation is from 0 and holes are from 0 to 1.
  public init(deviation: Float = 0, holes: Float = 0) {
    require(
      deviation >= 0 && deviation.isFinite && (0...1) ~= holes,
      "ConditionNoise: expected a deviation from 0 and holes from 0 to 1, got \(deviation) and \(holes)")
    (self.deviation, self.holes) = (deviation, holes)
  }

  /// What a hole is filled with: the middle of the range.
  static let blank: Float = 0.5

  /// Disturbs a picture [height, width] or [height, width, channels]; example and stream say how.
  func disturb(_ picture: UnsafeMutablePointer<Float>, shape: [Int], example: Int, _ stream: RandomStream) {
    let size = shape.reduce(1, *)
    if deviation > 0 {
      let noise = stream["condition noise"].normal([size], first: example * size)
      for i in 0..<size { picture[i] += deviation * noise.pointer[i] }
    }
    guard holes > 0 else { return }
    let u = stream["condition holes"].uniform([4], first: 4 * example).scalars
    let (height, width) = (shape[0], shape[1])
    let channels = size / (height * width)
    func span(_ length: Float, _ place: Float, of side: Int) -> Range<Int> {
      let count = Int((length * holes * Float(side)).rounded())
      let first = min(Int(place * Float(side - count + 1)), side - count)
      return first..<first + count
    }
    let columns = span(u[1], u[3], of: width)
    for row in span(u[0], u[2], of: height) {
      for i in (row * width + columns.lowerBound) * channels..<(row * width + columns.upperBound) * channels {
        picture[i] = Self.blank
      }
    }
  }
}
