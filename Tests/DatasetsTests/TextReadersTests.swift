import TestSupport
import Testing

@testable import Datasets

struct TextReadersTests {
  private func table(_ text: String, limit: Int? = nil) throws -> CSVReader.Table {
    let folder = try TemporaryFolder()
    return try CSVReader.read(path: folder.file("t.csv", Array(text.utf8)), limit: limit)
  }

  private func floats(_ values: Dataset.Values) -> [Float] {
    if case .floats(let floats) = values { return floats }
    return values.withBytes { $0.map(Float.init) } ?? []
  }

  @Test func readsCommaBlankTabAndSemicolon() throws {
    for text in [
      "1,2.5\n-3,4e1\n", "1 2.5\n-3   40", "1\t2.5\r\n-3\t40\r\n", "1;2.5\n\n-3;40\n", "\"1\",\"2.5\"\n-3,40",
    ] {
      let array = try table(text).array
      #expect(array.shape == [2, 2])
      #expect(floats(array.values) == [1, 2.5, -3, 40], "\(text)")
    }
  }

  @Test func readsHeadersAndClasses() throws {
    let found = try table("a,label,\"b c\"\n1,7,2\n3,9,4\n")
    #expect(found.header == ["a", "label", "b c"])
    #expect(found.labels == [7, 9])
    #expect(floats(found.array.values) == [1, 2, 3, 4])
  }

  @Test func emptyFieldsAreMissing() throws {
    for text in ["1,,2\n3,4,5\n", "1;;2\n3;4;5\n", "a,b,c\n1,NA,2\n3,4,5", "1,?,2\r\n3,4,5\r\n", "1, nan, 2\n3,4,5\n"] {
      let values = floats(try table(text).array.values)
      #expect(values.count == 6 && values[1].isNaN, "\(text)")
      #expect(values[0] == 1 && Array(values[2...]) == [2, 3, 4, 5], "\(text)")
    }
    // At the end of a line where a field is wanted, and only there.
    for text in ["a,b\n1,2\n3,\n", "1,2\n3,", "1,2,\n3,,\n"] {
      let values = floats(try table(text).array.values)
      #expect(values.count == 4 && Array(values.prefix(3)) == [1, 2, 3] && values[3].isNaN, "\(text)")
    }
    #expect(floats(try table("1,2,\n3,4,\n").array.values) == [1, 2, 3, 4])
    #expect(try table("a,,c\n1,2,3\n").header == ["a", "", "c"])
    #expect(dataError { _ = try table("a,label\n1,\n") }?.position == .line(2), "a class can't be missing")
  }

  @Test func wholeNumbersOfPicturesStayBytes() throws {
    if case .floats = try table("0,255\n128,3\n").array.values { #expect(Bool(false), "pictures should be bytes") }
    if case .bytes = try table("0,1\n1,3\n").array.values { #expect(Bool(false), "counts should be floats") }
    if case .bytes = try table("0,255\n0.5,3\n").array.values { #expect(Bool(false), "fractions should be floats") }
  }

  @Test func errorsNameTheLine() throws {
    let cases = [("1,2\n3\n", 2), ("1,2\n\n3,x\n", 3), ("1,x,2\n", 1), ("a,b\n1,2\n1,2,3\n", 3)]
    for (text, line) in cases {
      #expect(dataError { _ = try table(text) }?.position == .line(line), "\(text)")
    }
    #expect(dataError { _ = try table("") } != nil)
    #expect(dataError { _ = try table("\n\n") } != nil)
    #expect(dataError { _ = try table("a,b\n") } != nil)
    #expect(dataError { _ = try table(String(repeating: "1", count: 100_000)) } != nil)
  }

  @Test func damagedTextIsNamed() throws {
    let text = Array("label,a,b\n1,2,3\n4,5,6.5\n7,8,255\n".utf8)
    try expectOnlyDataErrors(text, "t.csv", flips: 1000, mayPassWhenCut: true) { _ = try CSVReader.read(path: $0) }
    let bits = Array("0 1 1\n1 0 0\n1 1 1\n".utf8)
    try expectOnlyDataErrors(bits, "b.amat", flips: 1000, mayPassWhenCut: true) { _ = try AMATReader.read(path: $0) }
  }

  @Test func readsBits() throws {
    let folder = try TemporaryFolder()
    let text = Array("0 1 1\n1 0 0\n".utf8)
    for content in [text, try folder.gzip(text), Array(text.dropLast())] {
      let array = try AMATReader.read(path: folder.file("b.amat", content))
      #expect(array.shape == [2, 3])
      #expect(floats(array.values) == [0, 1, 1, 1, 0, 0])
    }
    let path = try folder.file("b.amat", Array("0 1 1\n1 0\n".utf8))
    #expect(dataError { _ = try AMATReader.read(path: path) }?.position == .line(2))
    #expect(try AMATReader.read(path: path, limit: 1).shape == [1, 3])
  }

  @Test func readsPictures() throws {
    let folder = try TemporaryFolder()
    let header = Array("P5\n# a comment 3\n3 2\n255\n".utf8)
    let array = try PGMReader.read(path: folder.file("p.pgm", header + [1, 2, 10, 13, 10, 255]))
    #expect(array.shape == [2, 3])
    #expect(floats(array.values) == [1, 2, 10, 13, 10, 255])
    let text = Array("P5\r\n3 2\r\n255\r\n".utf8)
    let repaired = try PGMReader.read(path: folder.file("p.pgm", text + [1, 2, 13, 10, 13, 13, 10, 255]))
    #expect(floats(repaired.values) == [1, 2, 10, 13, 10, 255])
    try expectOnlyDataErrors(header + [1, 2, 10, 13, 10, 255], "p.pgm") { _ = try PGMReader.read(path: $0) }
    for size in ["999999999 999999999", "0 3", "99999999999999999999 1"] {
      let path = try folder.file("p.pgm", Array("P5 \(size) 255\n123".utf8))
      #expect(dataError { _ = try PGMReader.read(path: path) } != nil)
    }
  }
}
