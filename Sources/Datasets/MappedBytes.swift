import Files
import Foundation
import Tensors

/// Bytes of a file that the system brings into memory as they are looked at, and drops again when the room is needed.
public struct MappedBytes: Sendable {
  /// One mapping; it ends with the last that looks at it.
  private final class Mapping: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let count: Int

    init(start: UnsafeMutableRawPointer, count: Int) { (self.start, self.count) = (start, count) }

    deinit { munmap(start, count) }
  }

  private let mapping: Mapping
  /// How many bytes there are.
  public let count: Int

  /// Maps a whole file for reading. Throws `DataError` if it can't be read or is empty.
  ///
  /// The file must keep its length as long as it is looked at; replacing it under its name does no harm.
  public init(path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      throw DataError(
        file: path, expected: "a file that can be read", found: String(cString: strerror(errno)).lowercased(),
        remedy: "check the path")
    }
    defer { close(descriptor) }
    count = Int(status.st_size)
    let start = count > 0 ? mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0) : MAP_FAILED
    guard let start, start != MAP_FAILED else {
      throw DataError(
        file: path, expected: "a file to map into memory",
        found: count > 0 ? String(cString: strerror(errno)).lowercased() : "an empty file", remedy: "check the disk")
    }
    mapping = Mapping(start: start, count: count)
  }

  private init(_ mapping: Mapping, count: Int) { (self.mapping, self.count) = (mapping, count) }

  /// The first `count` of them.
  public func prefix(_ count: Int) -> MappedBytes { MappedBytes(mapping, count: min(count, self.count)) }

  /// Calls `body` with the bytes, which are valid until it returns.
  public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(mapping) {} }
    return try body(UnsafeBufferPointer(start: mapping.start.assumingMemoryBound(to: UInt8.self), count: count))
  }
}

extension Dataset.Values {
  /// Calls `body` with the bytes, in memory or in a file; nil where the numbers are real.
  public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
    switch self {
    case .bytes(let values): try values.withUnsafeBufferPointer(body)
    case .mapped(let values): try values.withUnsafeBufferPointer(body)
    case .floats: nil
    }
  }

  /// The same numbers, none of them in a file.
  var inMemory: Dataset.Values {
    if case .mapped(let values) = self { .bytes(values.withUnsafeBufferPointer { Array($0) }) } else { self }
  }

  /// The first `count` numbers.
  func prefix(_ count: Int) -> Dataset.Values {
    switch self {
    case .bytes(let values): .bytes(Array(values.prefix(count)))
    case .mapped(let values): .mapped(values.prefix(count))
    case .floats(let values): .floats(Array(values.prefix(count)))
    }
  }
}

extension Dataset {
  /// The first `count` examples, or all.
  package func prefix(_ count: Int?) -> Dataset {
    guard let count, count < self.count else { return self }
    var result = self
    result.values = values.prefix(count * exampleSize)
    result.labels = labels.map { Array($0.prefix(count)) }
    if let factors { result.factors?.values = Array(factors.values.prefix(count * factors.names.count)) }
    return result
  }
}
