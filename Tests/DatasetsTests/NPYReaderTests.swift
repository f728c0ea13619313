import Foundation
import TestSupport
import Testing

@testable import Datasets

struct NPYReaderTests {
  private func floats(_ bytes: [UInt8], limit: Int? = nil) throws -> (shape: [Int], values: [Float]) {
    let folder = try TemporaryFolder()
    let array = try NPYReader.read(path: folder.file("a.npy", bytes), limit: limit)
    if case .floats(let values) = array.values { return (array.shape, values) }
    return (array.shape, array.values.withBytes { $0.map(Float.init) } ?? [])
  }

  @Test func readsEveryType() throws {
    let cases: [(String, [UInt8])] = [
      ("|u1", [1, 2]), ("|i1", [1, 2]), ("|b1", [1, 0]), ("<u2", [1, 0, 2, 0]), (">i2", [0, 1, 0, 2]),
      ("<i4", [1, 0, 0, 0, 2, 0, 0, 0]), (">i8", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]),
      ("<f2", [0x00, 0x3c, 0x00, 0x40]), ("<f4", [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]),
      (">f8", [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]),
    ]
    for (descriptor, values) in cases {
      for version: UInt8 in 1...3 {
        let array = try floats(Bytes.npy(descriptor, shape: "(2,)", version: version, values))
        #expect(array.shape == [2])
        #expect(array.values == (descriptor == "|b1" ? [1, 0] : [1, 2]), "\(descriptor)")
      }
    }
  }

  @Test func readsHalves() {
    #expect(Float(halfBits: 0x3555) == 0.333251953125)
    #expect(Float(halfBits: 0x8001) == -5.9604644775390625e-08)
    #expect(Float(halfBits: 0x7bff) == 65504)
    #expect(Float(halfBits: 0xfc00) == -.infinity)
    #expect(Float(halfBits: 0x7e00).isNaN)
  }

  @Test func turnsFortranOrder() throws {
    let values: [UInt8] = [0, 3, 1, 4, 2, 5]
    let array = try floats(Bytes.npy("|u1", shape: "(2, 3)", isFortran: true, values))
    #expect(array.values == [0, 1, 2, 3, 4, 5])
    let first = try floats(Bytes.npy("|u1", shape: "(2, 3)", isFortran: true, values), limit: 1)
    #expect(first.shape == [1, 3])
    #expect(first.values == [0, 1, 2])
    var deep: [UInt8] = []
    for k in 0..<4 {
      for j in 0..<3 {
        for i in 0..<2 { deep.append(UInt8(i * 12 + j * 4 + k)) }
      }
    }
    #expect(try floats(Bytes.npy("|u1", shape: "(2, 3, 4)", isFortran: true, deep)).values == (0..<24).map(Float.init))
  }

  @Test func bitsBecomeFullScale() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("bits.npy", Bytes.npy("|b1", shape: "(2, 2)", [0, 1, 1, 0]))
    guard case .bytes(let values) = try DataFile(path: path).read().values else {
      return #expect(Bool(false), "not bytes")
    }
    #expect(values == [0, 255, 255, 0])
  }

  @Test func damageIsNamed() throws {
    let bytes = Bytes.npy("<f4", shape: "(3, 2)", [UInt8](repeating: 1, count: 24))
    try expectOnlyDataErrors(bytes, "a.npy") { _ = try NPYReader.read(path: $0) }
    let fortran = Bytes.npy("<f8", shape: "(2, 3, 2)", isFortran: true, [UInt8](repeating: 1, count: 96))
    try expectOnlyDataErrors(fortran, "f.npy") { _ = try NPYReader.read(path: $0, limit: 1) }
  }

  @Test func hugeClaimsAndPicklesAreRefused() throws {
    for shape in ["(9223372036854775807,)", "(4294967296, 4294967296)", "(-1, 2)", "(100000000000,)", "(0, 3)", "()"] {
      #expect(dataError { _ = try floats(Bytes.npy("<f8", shape: shape, [1, 2, 3])) } != nil, "\(shape)")
    }
    for descriptor in ["|O", "<U3", "<c8", "<f16", "<M8[ns]", ""] {
      #expect(dataError { _ = try floats(Bytes.npy(descriptor, shape: "(1,)", [1, 2, 3])) } != nil, "\(descriptor)")
    }
  }
}

struct NPZReaderTests {
  private let members: [(String, [UInt8])] = [
    ("meta.npy", Bytes.npy("|O", shape: "()", [1, 2, 3])),
    ("imgs.npy", Bytes.npy("|u1", shape: "(3, 2, 2)", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
    (
      "labels.npy",
      Bytes.npy("<i8", shape: "(3,)", [5] + [UInt8](repeating: 0, count: 7) + Bytes.little(6, 8) + Bytes.little(7, 8))
    ),
  ]

  @Test(arguments: [true, false]) func readsMembers(isDeflated: Bool) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.npz", Bytes.zip(members, isDeflated: isDeflated, in: folder))
    #expect(try NPZReader.variables(path: path).map(\.name) == ["meta", "imgs", "labels"])
    let data = try DataFile(path: path).read(limit: 2)
    #expect(data.exampleShape == [2, 2])
    #expect(data.count == 2)
    #expect(data.labels == [5, 6])
    let chosen = try DataFile(path: path).read(variable: "labels")
    #expect(chosen.count == 3)
    let error = dataError { _ = try DataFile(path: path).read(variable: "nothing") }
    #expect(error?.found == "meta, imgs, labels")
  }

  @Test func damageIsNamed() throws {
    let folder = try TemporaryFolder()
    for isDeflated in [true, false] {
      let bytes = try Bytes.zip(members, isDeflated: isDeflated, in: folder)
      try expectOnlyDataErrors(bytes, "a.npz", mayPassWhenCut: true) { _ = try DataFile(path: $0).read() }
    }
  }
}
