import Files
import Foundation
import Tensors

/// Named tensors and a few strings in one file that any safetensors reader opens.
///
/// Layout: the header's length (8 bytes, little-endian), the header (JSON: name to dtype, shape, offsets), the numbers.
/// Float32 only.
public struct Safetensors {
  /// Tensors in the order they are stored.
  public var tensors: [(name: String, tensor: Tensor)]
  /// Free strings about the file.
  public var metadata: [String: String]

  /// A file's contents.
  public init(tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor of that name, if there is one.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// Writes the file; whole or not at all.
  public func write(to path: String) throws {
    var header: [String: Any] = ["__metadata__": metadata]
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + 4 * tensor.count
      header[name] = ["dtype": "F32", "shape": tensor.shape.array, "data_offsets": [offset, end]]
      offset = end
    }
    var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    try AtomicFile.write(to: path) { file in
      var length = UInt64(json.count).littleEndian
      try file.write(contentsOf: Data(bytes: &length, count: 8))
      try file.write(contentsOf: json)
      for (_, tensor) in tensors {
        try file.write(contentsOf: Data(bytes: tensor.pointer, count: 4 * tensor.count))
      }
    }
  }

  /// Reads a file, checking every length before it is believed. Throws `FileError`.
  public init(contentsOf path: String) throws {
    func fail(_ problem: String) -> FileError { FileError(path: path, problem: problem) }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) } catch {
      throw fail("cannot read this file: \(FileManager.default.fileExists(atPath: path) ? "\(error)" : "not found")")
    }
    guard data.count >= 8 else { throw fail("\(data.count) bytes; a safetensors file has at least 8") }
    let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= UInt64(data.count - 8) else {
      throw fail("offset 0: header of \(length) bytes claimed, \(data.count - 8) follow; cut short or not safetensors")
    }
    let body = 8 + Int(length)
    guard let header = try? JSONSerialization.jsonObject(with: data[8..<body]) as? [String: Any] else {
      throw fail("offset 8: the header is not a JSON object; not a safetensors file")
    }
    var found: [(begin: Int, name: String, tensor: Tensor)] = []
    for (name, entry) in header where name != "__metadata__" {
      guard let entry = entry as? [String: Any], let dtype = entry["dtype"] as? String,
        let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int], offsets.count == 2
      else { throw fail("tensor \(name): its header entry lacks dtype, shape or data_offsets") }
      guard dtype == "F32" else { throw fail("tensor \(name): dtype \(dtype); only F32 is read") }
      var count = 1
      for size in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, size <= Int32.max, !overflow, product <= data.count else {
          throw fail("tensor \(name): shape \(shape) is larger than the file")
        }
        count = product
      }
      let (begin, end) = (offsets[0], offsets[1])
      guard shape.count <= 6, begin >= 0, begin <= end, end <= data.count - body, end - begin == 4 * count else {
        throw fail(
          "tensor \(name): shape \(shape) needs \(4 * count) bytes, offsets \(begin)..<\(end) of \(data.count - body)")
      }
      let tensor = Tensor(shape: Shape(shape)) { out in
        _ = data.copyBytes(
          to: UnsafeMutableRawBufferPointer(start: out, count: 4 * count), from: body + begin..<body + end)
      }
      found.append((begin, name, tensor))
    }
    tensors = found.sorted { ($0.begin, $0.name) < ($1.begin, $1.name) }.map { ($0.name, $0.tensor) }
    metadata = (header["__metadata__"] as? [String: String]) ?? [:]
  }
}
