import Digests
import Files
import Foundation

/// Examples as ``BitsBackCoder`` leaves them, and what it takes to know them again.
///
/// The file, little-endian: the magic `vae-bits`, version (4 bytes), levels (4), examples (8), the number of sizes (4) and
/// the sizes of one example (4 each), halves of SHA-256 of the weights, of the computation and of the data (16 each), the
/// number of words (8), the stack's head (8) and its words (4 each); last, half of the SHA-256 of all before it (16).
public struct CompressedExamples: Equatable, Sendable {
  /// Values one number can take: 2 or 256.
  public let levels: Int
  /// The shape of one example.
  public let exampleShape: [Int]
  /// How many there are.
  public let count: Int
  /// Of the model's weights.
  let weightsDigest: [UInt8]
  /// Of what the model computes from given inputs, to the last bit.
  let computationDigest: [UInt8]
  /// Of all values.
  let dataDigest: [UInt8]
  let head: UInt64
  let words: [UInt32]

  private static let magic = Array("vae-bits".utf8)
  private static let version = 1
  private static let digestSize = 16

  /// Bytes of the file.
  public var size: Int { headerSize + 8 + 4 * words.count + Self.digestSize }

  /// Bytes before the stack.
  private var headerSize: Int { 36 + 4 * exampleShape.count + 3 * Self.digestSize }

  /// Writes the file; whole or not at all.
  public func write(to path: String) throws {
    var data = Data(Self.magic)
    func append<T: FixedWidthInteger>(_ value: T) {
      withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
    append(UInt32(Self.version))
    append(UInt32(levels))
    append(UInt64(count))
    append(UInt32(exampleShape.count))
    for size in exampleShape { append(UInt32(size)) }
    for digest in [weightsDigest, computationDigest, dataDigest] { data.append(contentsOf: digest) }
    append(UInt64(words.count))
    append(head)
    for word in words { append(word) }
    data.append(contentsOf: Self.digest(of: data))
    try AtomicFile.write(data, to: path)
  }

  private static func digest(of data: Data) -> [UInt8] { Array(Digest.sha256(of: data).bytes.prefix(digestSize)) }
}

extension CompressedExamples {
  /// Reads a file, checking it as a whole before any of it is used. Throws `FileError`.
  public init(contentsOf path: String) throws {
    func fail(_ problem: String) -> FileError { FileError(path: path, problem: problem) }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw fail("cannot read this file: \(FileManager.default.fileExists(atPath: path) ? "\(error)" : "not found")")
    }
    guard data.starts(with: Self.magic) else { throw fail("offset 0: not a file that `vae compress` made") }
    var offset = Self.magic.count
    func bytes(_ count: Int) throws -> Data {
      guard count <= data.count - offset else { throw fail("offset \(offset): cut short in its header") }
      defer { offset += count }
      return data[offset..<offset + count]
    }
    func number<T: FixedWidthInteger>(_: T.Type) throws -> T {
      try bytes(MemoryLayout<T>.size).reversed().reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }
    let version = try number(UInt32.self)
    guard version == Self.version else {
      throw fail("offset 8: version \(version); this program reads version \(Self.version)")
    }
    let (levels, count, rank) = try (number(UInt32.self), number(UInt64.self), number(UInt32.self))
    guard rank <= 6 else { throw fail("offset 24: examples of \(rank) axes; the file is damaged") }
    let shape = try (0..<rank).map { _ in Int(try number(UInt32.self)) }
    let digests = try (0..<3).map { _ in Array(try bytes(Self.digestSize)) }
    let wordCount = try number(UInt64.self)
    let expected = UInt64(offset + 8 + Self.digestSize)
    guard wordCount <= UInt64(data.count), expected + 4 * wordCount == UInt64(data.count) else {
      throw fail(
        "\(data.count) bytes, not the \(expected) + 4 x \(wordCount) its header speaks of; cut short or damaged")
    }
    guard Self.digest(of: data.dropLast(Self.digestSize)) == Array(data.suffix(Self.digestSize)) else {
      throw fail("does not match its own SHA-256; the file is damaged")
    }
    let sizes = shape.reduce((product: 1, isValid: true)) { so, size in
      let (product, overflow) = so.product.multipliedReportingOverflow(by: size)
      return (product, so.isValid && !overflow && size > 0)
    }
    guard sizes.isValid, let count = Int(exactly: count) else { throw fail("offset 16: sizes that cannot be") }
    (self.levels, self.count, exampleShape) = (Int(levels), count, shape)
    (weightsDigest, computationDigest, dataDigest) = (digests[0], digests[1], digests[2])
    head = try number(UInt64.self)
    words = try (0..<wordCount).map { _ in try number(UInt32.self) }
  }
}
