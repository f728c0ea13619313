import Foundation
import Testing

@testable import Datasets

/// A folder that goes with the test.
final class TemporaryFolder: @unchecked Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "swift-vae-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  @discardableResult
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let full = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: full).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: full))
    return full
  }

  /// gzip of `bytes`.
  func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = "\(path)/\(UUID().uuidString).gz"
    let file = try GzipFile(path: path)
    try file.write(bytes)
    try file.finish()
    defer { try? FileManager.default.removeItem(atPath: path) }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// Bytes of files, made by hand so that the readers aren't tested against themselves.
enum Bytes {
  static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func big(_ value: Int, _ count: Int) -> [UInt8] { little(value, count).reversed() }

  static func idx(type: UInt8 = 8, shape: [Int], _ values: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { big($0, 4) } + values
  }

  static func npy(
    _ descriptor: String, shape: String, isFortran: Bool = false, version: UInt8 = 1, _ values: [UInt8]
  ) -> [UInt8] {
    let order = isFortran ? "True" : "False"
    let text = Array("{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + little(text.count, version == 1 ? 2 : 4) + text + values
  }

  /// A zip; a gzip file holds both the deflated bytes and the checksum it needs.
  static func zip(_ members: [(String, [UInt8])], isDeflated: Bool, in folder: TemporaryFolder) throws -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in members {
      let gzip = try folder.gzip(content)
      let packed = isDeflated ? Array(gzip[10..<(gzip.count - 8)]) : content
      let head =
        little(isDeflated ? 8 : 0, 2) + [0, 0, 0, 0] + gzip[(gzip.count - 8)..<(gzip.count - 4)]
        + little(packed.count, 4) + little(content.count, 4) + little(name.utf8.count, 2) + [0, 0]
      let offset = file.count
      file += [0x50, 0x4b, 3, 4, 20, 0, 0, 0] + head + Array(name.utf8) + packed
      directory += [0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0] + head
      directory += [UInt8](repeating: 0, count: 10) + little(offset, 4) + Array(name.utf8)
    }
    let end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + little(members.count, 2) + little(members.count, 2)
    return file + directory + end + little(directory.count, 4) + little(file.count, 4) + [0, 0]
  }

  static func matlabHeader() -> [UInt8] {
    let text = Array("MATLAB 5.0 MAT-file, made by a test".utf8)
    return text + [UInt8](repeating: 32, count: 124 - text.count) + [0, 1] + Array("IM".utf8)
  }

  /// One array element; `values` are little-endian in the element type `stored`.
  static func matlab(_ name: String, kind: Int, stored: Int, shape: [Int], _ values: [UInt8]) -> [UInt8] {
    func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8) }
    let short = name.utf8.count <= 4
    let named =
      short
      ? little(1 | name.utf8.count << 16, 4) + Array(name.utf8) + [UInt8](repeating: 0, count: 4 - name.utf8.count)
      : little(1, 4) + little(name.utf8.count, 4) + padded(Array(name.utf8))
    let dimensions = shape.flatMap { little($0, 4) }
    let content =
      little(6, 4) + little(8, 4) + little(kind, 4) + little(0, 4)
      + little(5, 4) + little(dimensions.count, 4) + padded(dimensions) + named
      + little(stored, 4) + little(values.count, 4) + padded(values)
    return little(14, 4) + little(content.count, 4) + content
  }

  /// The same element, compressed.
  static func compressed(_ element: [UInt8], in folder: TemporaryFolder) throws -> [UInt8] {
    let gzip = try folder.gzip(element)
    var a = 1
    var b = 0
    for byte in element {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let zlib = [0x78, 0x9c] + Array(gzip[10..<(gzip.count - 8)]) + big(b << 16 | a, 4)
    return little(15, 4) + little(zlib.count, 4) + zlib
  }
}

/// Numbers that are the same on every run.
struct Sequence64: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Cuts and damages a file in many ways: what `read` throws must be a `DataError`, and a cut file must not pass.
func expectOnlyDataErrors(
  _ bytes: [UInt8], _ name: String, cuts: Int = 150, flips: Int = 300, mayPassWhenCut: Bool = false,
  _ read: (String) throws -> Void
) throws {
  let folder = try TemporaryFolder()
  func attempt(_ content: [UInt8], _ what: String, mustFail: Bool) throws {
    let path = try folder.file(name, content)
    do {
      try read(path)
      #expect(!mustFail, "\(name) \(what) was read")
    } catch let error as DataError {
      #expect(error.description.contains(name))
      #expect(!error.description.contains("\n"))
    } catch {
      Issue.record("\(name) \(what): \(error)")
    }
  }
  try read(try folder.file(name, bytes))
  try attempt([], "empty", mustFail: true)
  for index in 0..<min(cuts, bytes.count) {
    let cut = bytes.count <= cuts ? index : index * bytes.count / cuts
    try attempt(Array(bytes[..<cut]), "cut at \(cut)", mustFail: !mayPassWhenCut)
  }
  var random = Sequence64(state: 7)
  // VAE_FUZZ=20 tries twenty times as many.
  let effort = ProcessInfo.processInfo.environment["VAE_FUZZ"].flatMap { Int($0) } ?? 1
  for round in 0..<(flips * effort) {
    var damaged = bytes
    // Headers are at the front: damage them more often.
    let reach = round % 2 == 0 ? min(bytes.count, 256) : bytes.count
    for _ in 0...(round % 3) {
      damaged[Int.random(in: 0..<reach, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    try attempt(damaged, "damaged, round \(round)", mustFail: false)
  }
}

/// What an expression throws, if it is a `DataError`.
func dataError(_ body: () throws -> Void) -> DataError? {
  do {
    try body()
    return nil
  } catch { return error as? DataError }
}
