import CPNG
import CZlib
import Foundation

/// Examples as plain bytes, and how small general-purpose compressors make them: what a model is measured against.
///
/// Zeros and ones are packed, 8 to a byte, the first in the highest bit, as PNG packs them; an example begins a new byte.
/// Each compressor is given its greatest effort.
public struct PlainImages {
  /// All examples, one after the other.
  public let packed: [UInt8]
  private let values: [UInt8]
  private let levels: Int
  private let exampleShape: [Int]

  /// `values` are below `levels`, 2 or 256, [count] + exampleShape.
  public init(_ values: [UInt8], levels: Int, exampleShape: [Int]) {
    let size = exampleShape.reduce(1, *)
    require(
      (levels == 2 || levels == 256) && size > 0 && values.count % size == 0 && values.allSatisfy { $0 < levels },
      "PlainImages: \(values.count) values below \(levels) in examples of \(exampleShape)")
    packed = levels == 2 ? Self.packingBits(values, rowLength: size) : values
    (self.values, self.levels, self.exampleShape) = (values, levels, exampleShape)
  }

  private static func packingBits(_ bits: [UInt8], rowLength: Int) -> [UInt8] {
    let rowBytes = (rowLength + 7) / 8
    var packed = [UInt8](repeating: 0, count: bits.count / rowLength * rowBytes)
    for (index, bit) in bits.enumerated() {
      let (row, column) = (index / rowLength, index % rowLength)
      packed[row * rowBytes + column / 8] |= bit << UInt8(7 - column % 8)
    }
    return packed
  }

  /// Bytes of a gzip file, by zlib; nil if it has no memory left.
  public func gzipSize() -> Int? {
    var size = compressBound(UInt(packed.count))
    var output = [UInt8](repeating: 0, count: Int(size))
    guard compress2(&output, &size, packed, UInt(packed.count), 9) == Z_OK else { return nil }
    // A gzip file has 10 bytes before and 8 behind, where zlib's own form has 2 and 4.
    return Int(size) + 12
  }

  /// Bytes of a bzip2 file, by the system's library; nil where there is none.
  public func bzip2Size() -> Int? {
    typealias Compress =
      @convention(c) (
        UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt32>, UnsafePointer<UInt8>, UInt32, Int32, Int32, Int32
      ) -> Int32
    // Looked for when needed, so that building takes no further package.
    guard let library = dlopen("libbz2.so.1.0", RTLD_NOW) ?? dlopen("libbz2.so.1", RTLD_NOW),
      let symbol = dlsym(library, "BZ2_bzBuffToBuffCompress"), packed.count < 1 << 31
    else { return nil }
    let compress = unsafeBitCast(symbol, to: Compress.self)
    var size = UInt32(packed.count + packed.count / 100 + 600)
    var output = [UInt8](repeating: 0, count: Int(size))
    return compress(&output, &size, packed, UInt32(packed.count), 9, 0, 0) == 0 ? Int(size) : nil
  }

  /// Bytes of one PNG with all examples below each other; nil if they are no pictures.
  public func pngSize() -> Int? { pngSize(of: values) }

  /// Bytes of a PNG for each example, together; nil if they are no pictures.
  public func pngSizeOfEach() -> Int? {
    let size = exampleShape.reduce(1, *)
    return stride(from: 0, to: values.count, by: size).reduce(0) { sum, first in
      sum.flatMap { sum in pngSize(of: Array(values[first..<first + size])).map { sum + $0 } }
    }
  }

  private func pngSize(of values: [UInt8]) -> Int? {
    guard Picture.isPicture(shape: exampleShape), !values.isEmpty else { return nil }
    let channels = exampleShape.count == 3 ? exampleShape[2] : 1
    // PNG has no bits of colours.
    guard channels == 1 || levels == 256 else { return nil }
    let (width, stride) = (exampleShape[1], exampleShape[1] * channels)
    let rows = levels == 2 ? Self.packingBits(values, rowLength: width) : values
    let size = vae_png_size(rows, UInt32(width), UInt32(values.count / stride), levels == 2 ? 1 : 8, Int32(channels))
    return size > 0 ? Int(size) : nil
  }
}
