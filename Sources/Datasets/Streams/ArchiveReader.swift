import CArchive
import Files
import Foundation
import Tensors

/// The members of a zip or tar container, in order; each is a stream that is valid until the next is asked for.
package final class ArchiveReader {
  /// The container's path.
  let path: String
  private let archive: OpaquePointer
  private let size: Int
  private var generation = 0
  private var isAtEnd = false
  private let greatestContent: Int

  /// Opens a zip, tar, tar.gz or tar.xz.
  package init(path: String) throws {
    size = try FileStream(path: path).size
    guard size > 0 else {
      throw DataError(file: path, expected: "a container", found: "an empty file", remedy: "fetch or save it again")
    }
    guard let archive = archive_read_new() else {
      throw DataError(file: path, expected: "to open it", found: "no memory", remedy: "free some memory")
    }
    self.path = path
    self.archive = archive
    greatestContent = size.multipliedReportingOverflow(by: InflateStream.greatestRatio).partialValue
    archive_read_support_format_zip(archive)
    archive_read_support_format_tar(archive)
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_compress(archive)
    guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else { throw failure("a zip or tar file") }
  }

  deinit { archive_read_free(archive) }

  /// The part of the container that has been read, 0 to 1.
  var fraction: Double { Double(archive_filter_bytes(archive, -1)) / Double(size) }

  /// The next member that is a file, or nil after the last.
  package func next() throws -> Member? {
    var entry: OpaquePointer?
    while !isAtEnd {
      generation += 1
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { isAtEnd = true }
      if isAtEnd { break }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw failure("a member's header") }
      // AE_IFREG, a macro that Swift does not see.
      guard archive_entry_filetype(entry) == 0o100000 else { continue }
      let name = archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
      let size = archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil
      return Member(reader: self, member: name, size: size, generation: generation)
    }
    return nil
  }

  /// Calls `body` with the member of that name; throws if there is none.
  func withMember<Result>(_ wanted: String, _ body: (Member) throws -> Result) throws -> Result {
    while let member = try next() {
      if member.member == wanted { return try body(member) }
    }
    throw DataError(
      file: path, expected: "a member \(wanted)", found: "none", remedy: "check the file: it is another or damaged")
  }

  private func failure(_ expected: String) -> DataError {
    let reason = archive_error_string(archive).map { String(cString: $0) } ?? "damaged data"
    return DataError(
      file: path, position: .offset(Int(archive_filter_bytes(archive, -1))), expected: expected, found: reason,
      remedy: "the file is cut short, damaged or no such container: fetch or save it again")
  }

  /// One member's content.
  package final class Member: ByteStream {
    /// The name inside the container.
    package let member: String
    /// What the container says its size is.
    let size: Int?
    private let reader: ArchiveReader
    private let generation: Int

    override var remainingBound: Int? { max(0, min(size ?? .max, reader.greatestContent) - offset) }

    fileprivate init(reader: ArchiveReader, member: String, size: Int?, generation: Int) {
      self.reader = reader
      self.member = member
      self.size = size
      self.generation = generation
      super.init(name: "\(reader.path):\(member)")
    }

    override func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      require(generation == reader.generation, "\(name) was left for the next member")
      let count = archive_read_data(reader.archive, buffer.baseAddress, buffer.count)
      guard count >= 0 else {
        let reason = archive_error_string(reader.archive).map { String(cString: $0) } ?? "damaged data"
        throw error(expected: "more data", found: reason, remedy: "the file is damaged: fetch or save it again")
      }
      return count
    }
  }
}
