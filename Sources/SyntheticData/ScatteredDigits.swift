import Datasets
import Files
import Foundation
import Tensors

/// Canvases with several MNIST digits each, anywhere, on top of each other where they meet: those that Gregor et al. 2015 draw
/// two digits on (section 4.3).
public struct ScatteredDigits: Sendable, Equatable {
  /// What they are asked for by, alone or with a number of digits as in `scattered-digits:2`.
  public static let name = "scattered-digits"

  /// Digits on a canvas; one or two, at even chances, without.
  public var digits: Int?
  /// Rows and columns of a canvas.
  public var side = 60
  /// Canvases to learn from; to test on there is a tenth as many.
  public var count = 30_000

  /// The set that a name asks for; nil if it asks for another. Throws `DataError` on a number that can't be.
  public init?(named text: String) throws {
    guard text == Self.name || text.hasPrefix(Self.name + ":") else { return nil }
    guard text != Self.name else { return }
    guard let digits = Int(text.dropFirst(Self.name.count + 1)), 1...9 ~= digits else {
      throw DataError(
        file: text, expected: "1 to 9 digits on a canvas", found: String(text.dropFirst(Self.name.count + 1)),
        remedy: "ask for \(Self.name) or \(Self.name):2")
    }
    self.digits = digits
  }

  /// Canvases of MNIST's digits: those to test on have its test digits.
  public func splits(of digits: DatasetSplits, limit: Int? = nil) -> DatasetSplits {
    DatasetSplits(
      train: canvases(of: digits.train, count: min(limit ?? .max, count), seed: 1),
      test: digits.test.map { canvases(of: $0, count: min(limit ?? .max, count / 10), seed: 2) })
  }

  /// `count` canvases; number i depends on the seed and i alone. Their one factor is how many digits there are.
  public func canvases(of digits: Dataset, count: Int, seed: UInt64) -> Dataset {
    let (size, area) = (digits.exampleShape[0], side * side)
    let stream = RandomStream(seed: seed)["scattered digits"]
    var bytes = [UInt8](repeating: 0, count: count * area)
    var numbers: [Float] = []
    for index in 0..<count {
      let chance = stream[index]
      let here = self.digits ?? 1 + chance.integer(below: 2, at: 0)
      numbers.append(Float(here))
      for digit in 1...here {
        let (top, left) = (
          chance.integer(below: side - size + 1, at: 3 * digit),
          chance.integer(below: side - size + 1, at: 3 * digit + 1)
        )
        let which = chance.integer(below: digits.count, at: 3 * digit + 2)
        digits.stamp(which, onto: &bytes, at: index * area + top * side + left, width: side)
      }
    }
    return Dataset(
      name: Self.name, exampleShape: [side, side], values: .bytes(bytes),
      factors: .init(names: ["digits"], values: numbers))
  }
}

extension Dataset {
  /// Adds a grey picture of bytes to one of `width` pixels a row that is part of `bytes`, its corner at `first`; white stays
  /// white.
  func stamp(_ index: Int, onto bytes: inout [UInt8], at first: Int, width: Int) {
    let (height, side) = (exampleShape[0], exampleShape[1])
    _ = values.withBytes { pixels in
      for y in 0..<height {
        for x in 0..<side {
          let place = first + y * width + x
          let sum = Int(bytes[place]) + Int(pixels[(index * height + y) * side + x])
          bytes[place] = UInt8(min(255, sum))
        }
      }
    }
  }
}
