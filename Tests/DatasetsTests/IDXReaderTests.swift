import TestSupport
import Testing

@testable import Datasets

struct IDXReaderTests {
  private let pixels = (0..<24).map { UInt8($0 * 10) }

  @Test func readsBytesPlainAndCompressed() throws {
    let folder = try TemporaryFolder()
    let bytes = Bytes.idx(shape: [2, 3, 4], pixels)
    for (name, content) in [("x-ubyte", bytes), ("x-ubyte.gz", try folder.gzip(bytes))] {
      let array = try IDXReader.read(path: folder.file(name, content))
      #expect(array.shape == [2, 3, 4])
      guard case .bytes(let values) = array.values else { return #expect(Bool(false), "not bytes") }
      #expect(values == pixels)
    }
  }

  @Test func readsOtherTypesAsFloats() throws {
    let folder = try TemporaryFolder()
    let values: [UInt8] = [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]
    let array = try IDXReader.read(path: folder.file("f.idx", Bytes.idx(type: 0x0d, shape: [2], values)))
    guard case .floats(let floats) = array.values else { return #expect(Bool(false), "not floats") }
    #expect(floats == [1, -2])
  }

  @Test func limitKeepsTheFirstExamples() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x-ubyte", Bytes.idx(shape: [2, 3, 4], pixels))
    let array = try IDXReader.read(path: path, limit: 1)
    #expect(array.shape == [1, 3, 4])
    #expect(array.values.count == 12)
  }

  @Test func labelsComeFromTheSibling() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("train-images-idx3-ubyte", Bytes.idx(shape: [2, 3, 4], pixels))
    try folder.file("train-labels-idx1-ubyte", Bytes.idx(shape: [2], [7, 3]))
    let data = try DataFile(path: path).read()
    #expect(data.labels == [7, 3])
    #expect(data.exampleShape == [3, 4])
  }

  @Test func damageIsNamed() throws {
    let folder = try TemporaryFolder()
    let bytes = Bytes.idx(shape: [2, 3, 4], pixels)
    let read: (String) throws -> Void = { _ = try IDXReader.read(path: $0) }
    try expectOnlyDataErrors(bytes, "x-ubyte", read)
    try expectOnlyDataErrors(try folder.gzip(bytes), "x-ubyte.gz", read)
    let path = try folder.file("cut-ubyte", Array(bytes.dropLast(4)))
    let error = dataError { try read(path) }
    #expect(error?.position == .offset(16))
    #expect(error?.expected == "24 bytes of values of shape [2, 3, 4]")
    #expect(error?.found == "20")
  }

  @Test func hugeClaimsAreRefusedBeforeAllocation() throws {
    let folder = try TemporaryFolder()
    let most = 0xffff_ffff
    for shape in [[most, most, most], [most, 28, 28], [most], [1 << 20, 1 << 12]] {
      for type: UInt8 in [8, 14] {
        let bytes = Bytes.idx(type: type, shape: shape, pixels)
        for (name, content) in [("x-ubyte", bytes), ("x-ubyte.gz", try folder.gzip(bytes))] {
          #expect(dataError { _ = try IDXReader.read(path: folder.file(name, content)) } != nil, "\(shape)")
        }
      }
    }
  }

  @Test func aBombIsNotInflated() throws {
    let folder = try TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: 64 << 20)
    let path = try folder.file("bomb-ubyte.gz", folder.gzip(Bytes.idx(shape: [2, 2], zeros)))
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(dataError { _ = try IDXReader.read(path: path) }?.found == "more bytes")
    }
    #expect(time < .milliseconds(50))
  }
}
