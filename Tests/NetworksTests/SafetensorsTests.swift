import Files
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

struct SafetensorsTests {
  private let contents = Safetensors(
    tensors: [
      ("encoder.0.weight", Tensor([1, -2, 3.5, .pi, 0, -0.0], shape: [2, 3])),
      ("bias", Tensor([.leastNonzeroMagnitude, .infinity])),
      ("a/scalar \"ä\"", Tensor([42], shape: [])), ("empty", Tensor([], shape: [0, 4])),
    ], metadata: ["format": "vae", "step": "12", "quote": "\"\\\n"])

  private func bytes(of file: Safetensors) throws -> Data {
    try withTemporaryFolder { place in
      try file.write(to: "\(place)/x.safetensors")
      return try Data(contentsOf: URL(fileURLWithPath: "\(place)/x.safetensors"))
    }
  }

  private func read(_ bytes: Data) throws -> Safetensors {
    try withTemporaryFolder { place in
      try bytes.write(to: URL(fileURLWithPath: "\(place)/x.safetensors"))
      return try Safetensors(contentsOf: "\(place)/x.safetensors")
    }
  }

  private func file(header: String, payload: Int) -> Data {
    var length = UInt64(header.utf8.count).littleEndian
    return Data(bytes: &length, count: 8) + Data(header.utf8) + Data(count: payload)
  }

  @Test func whatIsWrittenIsRead() throws {
    let found = try read(bytes(of: contents))
    #expect(found.metadata == contents.metadata)
    #expect(found.tensors.map(\.name).sorted() == contents.tensors.map(\.name).sorted())
    for (name, tensor) in contents.tensors {
      let other = try #require(found[name])
      #expect(other.shape == tensor.shape)
      #expect(other.scalars.map(\.bitPattern) == tensor.scalars.map(\.bitPattern))
    }
    #expect(found["nothing"] == nil)
  }

  @Test func orderIsThatOfTheNumbers() throws {
    let many = Safetensors(tensors: (0..<30).map { ("t\($0 * 7 % 30)", Tensor([Float($0)])) })
    #expect(try read(bytes(of: many)).tensors.map(\.name) == many.tensors.map(\.name))
    #expect(try read(bytes(of: Safetensors(tensors: []))).tensors.isEmpty)
  }

  @Test func layoutIsTheFormats() throws {
    let data = try bytes(of: Safetensors(tensors: [("b", Tensor([1, 2])), ("a", Tensor([3]))], metadata: ["k": "v"]))
    let length = Int(data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    #expect(length % 8 == 0, "numbers begin on eight bytes")
    #expect(data.count == 8 + length + 12)
    let header = String(decoding: data[8..<8 + length], as: UTF8.self)
    #expect(
      header.trimmingCharacters(in: .whitespaces) == """
        {"__metadata__":{"k":"v"},"a":{"data_offsets":[8,12],"dtype":"F32","shape":[1]},\
        "b":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}}
        """)
    #expect(Array(data.suffix(12)) == [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40])
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = try bytes(of: contents)
    for length in 0..<whole.count {
      #expect(throws: FileError.self, "first \(length) bytes") { try read(whole.prefix(length)) }
    }
    #expect(throws: Never.self) { try read(whole) }
  }

  @Test(arguments: [
    "", "{", "[]", "null", "\"x\"", "{}}", "{\"a\": 1}", "{\"a\": []}", "{\"a\": {}}",
    "{\"a\": {\"dtype\": \"F32\", \"shape\": [1]}}",
    "{\"a\": {\"dtype\": \"F32\", \"data_offsets\": [0, 4]}}",
    "{\"a\": {\"shape\": [1], \"data_offsets\": [0, 4]}}",
    "{\"a\": {\"dtype\": 7, \"shape\": [1], \"data_offsets\": [0, 4]}}",
    "{\"a\": {\"dtype\": \"F32\", \"shape\": \"1\", \"data_offsets\": [0, 4]}}",
    "{\"a\": {\"dtype\": \"F32\", \"shape\": [1.5], \"data_offsets\": [0, 6]}}",
    "{\"a\": {\"dtype\": \"F32\", \"shape\": [null], \"data_offsets\": [0, 4]}}",
    "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4, 8]}}",
    "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0]}}", "\u{0}\u{0}\u{0}\u{0}", "{\"a\": nan}",
  ]) func headersThatAreNotTables(header: String) {
    #expect(throws: FileError.self) { try read(file(header: header, payload: 64)) }
  }

  @Test(arguments: ["F16", "BF16", "F64", "I64", "U8", "BOOL", "f32", ""]) func otherTypes(dtype: String) {
    let header = "{\"a\": {\"dtype\": \"\(dtype)\", \"shape\": [2], \"data_offsets\": [0, 8]}}"
    let error = #expect(throws: FileError.self) { try read(file(header: header, payload: 8)) }
    #expect(error?.problem == "tensor a: dtype \(dtype); only F32 is read")
  }

  /// Shapes and offsets that do not fit each other or the file of 64 bytes of numbers.
  @Test(arguments: [
    ("[1]", "[0, 8]"), ("[3]", "[0, 8]"), ("[1]", "[64, 68]"), ("[16]", "[4, 68]"), ("[1]", "[4, 0]"),
    ("[1]", "[-4, 0]"), ("[-1]", "[0, 4]"), ("[-1, -1]", "[0, 4]"), ("[-1]", "[4, 0]"), ("[0, -1]", "[0, 0]"),
    ("[4611686018427387904, 4]", "[0, 0]"), ("[9223372036854775807]", "[0, 4]"), ("[3037000500, 3037000500]", "[0, 4]"),
    ("[4294967296, 4294967296]", "[0, 0]"), ("[2147483648, 0]", "[0, 0]"), ("[0, 9223372036854775807]", "[0, 0]"),
    ("[2147483647, 2147483647, 2147483647]", "[0, 4]"), ("[1e30]", "[0, 4]"), ("[18446744073709551616]", "[0, 4]"),
    ("[1]", "[0, 1e30]"), ("[1]", "[9223372036854775803, 9223372036854775807]"),
    ("[1]", "[-9223372036854775808, 4]"), ("[1]", "[-9223372036854775808, 9223372036854775807]"),
    ("[1]", "[18446744073709551612, 18446744073709551616]"), ("[1, 1, 1, 1, 1, 1, 1]", "[0, 4]"), ("[1]", "[0.5, 4.5]"),
    ("[0]", "[65, 65]"), ("[]", "[0, 0]"),
  ]) func shapesAndOffsetsThatDoNotFit(shape: String, offsets: String) {
    let header = "{\"a\": {\"dtype\": \"F32\", \"shape\": \(shape), \"data_offsets\": \(offsets)}}"
    #expect(throws: FileError.self) { try read(file(header: header, payload: 64)) }
  }

  @Test(arguments: [0, 1, 1 << 20, 1 << 32, 1 << 62, UInt64(Int64.max), 1 << 63, .max - 7, .max] as [UInt64])
  func headerLengthsThatAreNotTrue(length: UInt64) throws {
    var damaged = try bytes(of: contents)
    var little = length.littleEndian
    damaged.replaceSubrange(0..<8, with: Data(bytes: &little, count: 8))
    #expect(throws: FileError.self) { try read(damaged) }
  }

  @Test func deepNestingIsAnError() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: FileError.self) { try read(file(header: deep, payload: 0)) }
    #expect(throws: FileError.self) { try read(file(header: "{\"a\":" + deep, payload: 0)) }
  }

  /// Any single byte changed: an error or other contents, never a trap.
  @Test func flippedBytesNeverTrap() throws {
    let whole = try bytes(of: contents)
    let random = RandomStream(seed: 1).uniform([600]).scalars
    for trial in 0..<300 {
      var damaged = whole
      damaged[Int(random[2 * trial] * Float(whole.count - 1))] = UInt8(random[2 * trial + 1] * 255)
      do { _ = try read(damaged) } catch { #expect(error is FileError) }
    }
  }

  @Test func noSuchFile() throws {
    try withTemporaryFolder { place in
      let missing = #expect(throws: FileError.self) { try Safetensors(contentsOf: "\(place)/none") }
      #expect(missing?.description == "\(place)/none: cannot read this file: not found")
      #expect(throws: FileError.self) { try Safetensors(contentsOf: place) }
    }
  }

  @Test func failedWritesLeaveNothing() throws {
    try withTemporaryFolder { place in
      #expect(throws: FileError.self) { try contents.write(to: "\(place)/no/folder.safetensors") }
      let left = try FileManager.default.contentsOfDirectory(atPath: place)
      #expect(left == [])
    }
  }

  @Test(.enabled(if: Python.withSafetensors != nil, "needs a python3 with safetensors and numpy"))
  func anIndependentReaderAgrees() throws {
    let python = try #require(Python.withSafetensors)
    try withTemporaryFolder { place in
      try contents.write(to: "\(place)/x.safetensors")
      let script = """
        import json, sys
        from safetensors import safe_open
        with safe_open(sys.argv[1], "np") as f:
            out = {name: [list(f.get_tensor(name).shape), str(f.get_tensor(name).dtype),
                          f.get_tensor(name).reshape(-1).view("uint32").tolist()] for name in f.keys()}
            print(json.dumps([out, f.metadata()]))
        """
      let output = try #require(Python.run(python, ["-c", script, "\(place)/x.safetensors"]))
      let parsed = try #require(JSONSerialization.jsonObject(with: output) as? [Any])
      #expect(parsed[1] as? [String: String] == contents.metadata)
      let tensors = try #require(parsed[0] as? [String: [Any]])
      #expect(tensors.count == contents.tensors.count)
      for (name, tensor) in contents.tensors {
        let entry = try #require(tensors[name])
        #expect(entry[0] as? [Int] == tensor.shape.array)
        #expect(entry[1] as? String == "float32")
        #expect(entry[2] as? [Int] == tensor.scalars.map { Int($0.bitPattern) })
      }
    }
  }

  @Test(.enabled(if: Python.withSafetensors != nil, "needs a python3 with safetensors and numpy"))
  func anIndependentWriterIsRead() throws {
    let python = try #require(Python.withSafetensors)
    try withTemporaryFolder { place in
      let script = """
        import sys, numpy
        from safetensors.numpy import save_file
        save_file({"w": numpy.arange(6, dtype="float32").reshape(2, 3), "s": numpy.array(7, dtype="float32")},
                  sys.argv[1], metadata={"who": "numpy"})
        """
      _ = try #require(Python.run(python, ["-c", script, "\(place)/x.safetensors"]))
      let found = try Safetensors(contentsOf: "\(place)/x.safetensors")
      #expect(found["w"] == Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3]))
      #expect(found["s"] == Tensor([7], shape: []))
      #expect(found.metadata == ["who": "numpy"])
    }
  }
}

/// A Python that can `import safetensors`: the one that VAE_TEST_PYTHON names, or python3 on the path.
private enum Python {
  static let withSafetensors: String? = {
    let environment = ProcessInfo.processInfo.environment
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    let candidates = [environment["VAE_TEST_PYTHON"]].compactMap { $0 } + folders.map { "\($0)/python3" }
    return candidates.first {
      FileManager.default.isExecutableFile(atPath: $0) && run($0, ["-c", "import safetensors, numpy"]) != nil
    }
  }()

  /// What the program printed, if it ended well.
  static func run(_ program: String, _ arguments: [String]) -> Data? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? output : nil
  }
}
