import Datasets
import Foundation
import Pictures
import Tensors

/// A set of pen-stroke digits whose causes are known, made from nothing but a seed.
///
/// For a first run with no file at all, and for asking which latent variable found which cause.
public enum StrokeDigits {
  /// Rows and columns of every picture.
  public static let side = 28

  /// The names of the known causes, in the order of `Dataset.factors`.
  ///
  /// Slant is horizontal per vertical length, positive leaning right like italics; thickness and shifts are in pixels,
  /// positive to the right and down; scale 1 is a digit 19 pixels high along the pen's path.
  public static let factorNames = ["class", "slant", "thickness", "scale", "shift x", "shift y"]

  /// `count` digits of 28 x 28 grey bytes, with their classes as labels and all causes as factors.
  ///
  /// Example i depends on the seed and i alone: the same on every machine, however many are made.
  public static func generate(count: Int, seed: UInt64) -> Dataset {
    require(count >= 0, "StrokeDigits: a count of \(count)")
    let size = side * side
    let chunk = 256
    let digits = (0..<count).map { StrokeDigit(example: $0, seed: seed) }
    let bytes = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, filled in
      // Chunks write to disjoint places, so the number of threads changes nothing.
      nonisolated(unsafe) let target = buffer
      DispatchQueue.concurrentPerform(iterations: (count + chunk - 1) / chunk) { part in
        for index in part * chunk..<min((part + 1) * chunk, count) {
          digits[index].draw(into: UnsafeMutableBufferPointer(rebasing: target[index * size..<(index + 1) * size]))
        }
      }
      filled = count * size
    }
    return Dataset(
      name: "digits", exampleShape: [side, side], values: .bytes(bytes), labels: digits.map(\.digit),
      factors: .init(names: factorNames, values: digits.flatMap(\.factors), identity: ["class"]))
  }
}

/// One digit by its causes; the same causes always draw the same bytes.
public struct StrokeDigit: Equatable, Sendable {
  /// The class, 0 to 9.
  public var digit: Int
  /// Horizontal per vertical length; positive leans right.
  public var slant: Float
  /// Width of the stroke in pixels.
  public var thickness: Float
  /// Height of the pen's path over 19 pixels.
  public var scale: Float
  /// Pixels the digit's box is right of the middle.
  public var shiftX: Float
  /// Pixels the digit's box is below the middle.
  public var shiftY: Float
  /// Names one way of writing: the seed of everything about the shape that the other causes leave open.
  public var hand: UInt64

  /// A digit with causes of choice; traps if `digit` is not 0 to 9.
  public init(
    digit: Int, slant: Float = 0, thickness: Float = 2.4, scale: Float = 1, shiftX: Float = 0, shiftY: Float = 0,
    hand: UInt64 = 0
  ) {
    require((0...9).contains(digit), "StrokeDigit: a digit is 0 to 9, got \(digit)")
    self.digit = digit
    self.slant = slant
    self.thickness = thickness
    self.scale = scale
    self.shiftX = shiftX
    self.shiftY = shiftY
    self.hand = hand
  }

  /// Example `index` of the set with this seed: every cause uniform in its range and independent of the others.
  public init(example index: Int, seed: UInt64) {
    var draws = CounterGenerator(seed: seed, stream: UInt64(index))
    self.init(
      digit: draws.index(below: 10),
      slant: Float(draws.uniform(-0.15, 0.4)), thickness: Float(draws.uniform(1.5, 3.5)),
      scale: Float(draws.uniform(0.76, 1.02)), shiftX: Float(draws.uniform(-2, 2)),
      shiftY: Float(draws.uniform(-2, 2)), hand: draws.next())
  }

  /// The causes in the order of `StrokeDigits.factorNames`.
  public var factors: [Float] { [Float(digit), slant, thickness, scale, shiftX, shiftY] }

  /// The digit as 28 x 28 grey, ink 255 on 0.
  public var picture: Picture {
    let side = StrokeDigits.side
    let bytes = [UInt8](unsafeUninitializedCapacity: side * side) { buffer, filled in
      draw(into: buffer)
      filled = side * side
    }
    return Picture(width: side, height: side, bytes: bytes)
  }
}

/// SplitMix64 (Steele, Lea & Flood 2014) started at a place that depends on seed and stream.
///
/// Integers and one exact division only, so every machine draws the same numbers.
struct CounterGenerator {
  private var state: UInt64

  init(seed: UInt64, stream: UInt64) {
    state = Self.mix(Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (stream &* 0xD134_2543_DE82_EF95))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// Uniform in [low, high).
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * (Double(next() >> 11) / 9_007_199_254_740_992)
  }

  /// Uniform in 0..<count, for counts far below 2^32.
  mutating func index(below count: Int) -> Int {
    Int(((next() >> 32) * UInt64(count)) >> 32)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
