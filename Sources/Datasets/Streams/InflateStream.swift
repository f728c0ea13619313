import CZlib
import Files

/// What a gzip or zlib stream holds, inflated as it is read.
final class InflateStream: ByteStream {
  private let source: ByteStream
  private var sourceLeft: Int
  // zlib keeps the address, so it must not move.
  private let state: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var isFinished = false
  private let isGzip: Bool

  /// DEFLATE can't do better than 1032 to 1, so the compressed size bounds the content.
  static let greatestRatio = 1032

  override var remainingBound: Int? {
    let compressed = sourceLeft + Int(state.pointee.avail_in) + 64
    let (bound, overflow) = compressed.multipliedReportingOverflow(by: Self.greatestRatio)
    return overflow ? nil : bound
  }

  /// Inflates the next `count` bytes of `source`, which are one or more gzip members, or one zlib stream.
  init(source: ByteStream, count: Int, isGzip: Bool) throws {
    self.source = source
    self.isGzip = isGzip
    sourceLeft = count
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    super.init(name: source.name)
    // 15 bits of window; 16 more select the gzip wrapper.
    let status = inflateInit2_(state, isGzip ? 31 : 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw error(expected: "to start inflating", found: "zlib status \(status)", remedy: "free some memory")
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    input.deallocate()
  }

  override func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !isFinished, buffer.count > 0 else { return 0 }
    let room = UInt32(clamping: buffer.count)
    state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = room
    while state.pointee.avail_out == room {
      if state.pointee.avail_in == 0 { try refill() }
      let atEnd = state.pointee.avail_in == 0
      let status = inflate(state, Z_NO_FLUSH)
      switch status {
      case Z_STREAM_END:
        if try !startNextMember() {
          isFinished = true
          return Int(room - state.pointee.avail_out)
        }
      case Z_OK, Z_BUF_ERROR:
        guard !atEnd || state.pointee.avail_out < room else {
          throw damage(expected: "more compressed data", found: "the end of the file", remedy: "it is cut short")
        }
      default:
        let message = state.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw damage(expected: "compressed data", found: message, remedy: "it is damaged")
      }
    }
    return Int(room - state.pointee.avail_out)
  }

  /// Passes over what is left of the compressed bytes.
  func skipSource() throws {
    try source.skip(sourceLeft, what: "compressed data")
    sourceLeft = 0
  }

  private func refill() throws {
    let part = min(sourceLeft, input.count)
    guard part > 0 else { return }
    let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: input[..<part]))
    sourceLeft = count < part ? 0 : sourceLeft - count
    state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_in = UInt32(count)
  }

  /// A gzip file may hold several members, one after the other.
  private func startNextMember() throws -> Bool {
    guard isGzip else { return false }
    if state.pointee.avail_in == 0 { try refill() }
    // Padding with zeros after the last member is common and harmless.
    guard state.pointee.avail_in > 0, state.pointee.next_in.pointee == 0x1f else { return false }
    return inflateReset(state) == Z_OK
  }

  /// An error at the compressed file's offset, which is where the damage is.
  private func damage(expected: String, found: String, remedy: String) -> DataError {
    let place: DataError.Position
    if case .offset(let offset) = source.position {
      place = .offset(offset - Int(state.pointee.avail_in))
    } else {
      place = source.position
    }
    return DataError(
      file: name, position: place, expected: expected, found: found, remedy: "\(remedy): fetch or save the file again")
  }
}

extension ByteStream {
  /// All bytes that follow, up to half a gigabyte; no more is allocated at once than has been read.
  package func rest() throws -> [UInt8] {
    var bytes: [UInt8] = []
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      while case let count = try read(into: buffer), count > 0 {
        guard bytes.count + count <= 1 << 29 else {
          throw error(expected: "a picture", found: "more than half a gigabyte", remedy: "scale the picture down")
        }
        bytes += UnsafeRawBufferPointer(rebasing: buffer[..<count])
      }
    }
    return bytes
  }

  /// A file's content: inflated if it starts as gzip does, whatever its name.
  package static func open(path: String) throws -> ByteStream {
    let file = try FileStream(path: path)
    guard file.size > 0 else {
      throw DataError(file: path, expected: "data", found: "an empty file", remedy: "fetch or save it again")
    }
    let magic = try withUnsafeTemporaryAllocation(byteCount: 2, alignment: 2) { buffer in
      try file.read(into: buffer) == 2 && buffer[0] == 0x1f && buffer[1] == 0x8b
    }
    let again = try FileStream(path: path)
    return magic ? try InflateStream(source: again, count: again.size, isGzip: true) : again
  }
}
