import Foundation
import TestSupport
import Testing

@testable import Datasets

struct MATLABReaderTests {
  private let matrix = Bytes.matlab("X", kind: 9, stored: 2, shape: [2, 3], [0, 30, 10, 40, 20, 250])
  private let labels = Bytes.matlab("labels", kind: 6, stored: 2, shape: [2, 1], [8, 9])

  @Test func readsRowsOfAMatrix() throws {
    let folder = try TemporaryFolder()
    for elements in [matrix + labels, try Bytes.compressed(matrix, in: folder) + Bytes.compressed(labels, in: folder)] {
      let path = try folder.file("a.mat", Bytes.matlabHeader() + elements)
      let variables = try MATLABReader.variables(path: path)
      #expect(variables.map(\.name) == ["X", "labels"])
      #expect(variables.map(\.type) == [.uint8, .float64])
      let data = try DataFile(path: path).read()
      #expect(data.exampleShape == [3])
      #expect(data.labels == [8, 9])
      guard case .bytes(let values) = data.values else { return #expect(Bool(false), "not bytes") }
      #expect(values == [0, 10, 20, 30, 40, 250])
    }
  }

  @Test func labelsTellColumnsFromRows() throws {
    let folder = try TemporaryFolder()
    let columns = Bytes.matlab("y", kind: 6, stored: 2, shape: [1, 3], [1, 2, 3])
    let data = try DataFile(path: folder.file("a.mat", Bytes.matlabHeader() + matrix + columns)).read()
    #expect(data.count == 3)
    #expect(data.labels == [1, 2, 3])
  }

  @Test func readsDoubles() throws {
    let folder = try TemporaryFolder()
    let values = [0.5, -1, 2, 4].flatMap { Bytes.little(Int(bitPattern: UInt($0.bitPattern)), 8) }
    let element = Bytes.matlab("x", kind: 6, stored: 9, shape: [2, 2], values)
    let array = try MATLABReader.read(path: folder.file("d.mat", Bytes.matlabHeader() + element), variable: "x")
    guard case .floats(let floats) = array.values else { return #expect(Bool(false), "not floats") }
    #expect(floats == [0.5, 2, -1, 4])
  }

  @Test func damageIsNamed() throws {
    let folder = try TemporaryFolder()
    let read: (String) throws -> Void = { _ = try MATLABReader.read(path: $0, variable: "labels") }
    try expectOnlyDataErrors(Bytes.matlabHeader() + labels, "a.mat", flips: 600, read)
    let compressed = try Bytes.compressed(labels, in: folder)
    try expectOnlyDataErrors(Bytes.matlabHeader() + compressed, "c.mat", flips: 600, read)
    try expectOnlyDataErrors(Bytes.matlabHeader() + matrix + labels, "l.mat", flips: 600, mayPassWhenCut: true) {
      _ = try MATLABReader.variables(path: $0)
    }
  }

  @Test func hugeClaimsAreRefused() throws {
    let folder = try TemporaryFolder()
    for shape in [[1 << 30, 1 << 30], [1 << 30, 1 << 30, 1 << 30], [0xffff_ffff, 2], [2, 0]] {
      let element = Bytes.matlab("X", kind: 9, stored: 2, shape: shape, [1, 2, 3, 4])
      for content in [element, try Bytes.compressed(element, in: folder)] {
        let path = try folder.file("a.mat", Bytes.matlabHeader() + content)
        #expect(dataError { _ = try MATLABReader.read(path: path, variable: "X") } != nil)
      }
    }
  }

  @Test func hdfIsNamed() throws {
    let folder = try TemporaryFolder()
    let text = Array("MATLAB 7.3 MAT-file".utf8)
    let path = try folder.file("h.mat", text + [UInt8](repeating: 0, count: 600))
    #expect(dataError { _ = try DataFile(path: path).read() }?.remedy.contains("-v7") == true)
  }

  @Test(
    .needs(file: "olivetti/olivettifaces.mat"), .needs(file: "frey_faces/frey_rawface.mat"),
    arguments: ["olivetti/olivettifaces", "frey_faces/frey_rawface"])
  func realFilesCutAndDamaged(name: String) throws {
    let url = URL(fileURLWithPath: "\(sharedData ?? "")/\(name).mat")
    let bytes = Array(try Data(contentsOf: url))
    let isCompressed = name.hasPrefix("olivetti")
    try expectOnlyDataErrors(bytes, "real.mat", cuts: 30, flips: 60) { path in
      let data = try DataFile(path: path).read()
      // A checksum guards compressed arrays: what passes is what was written, unless only a name changed.
      if isCompressed { #expect(data.values.count == 400 * 4096) }
    }
  }
}
