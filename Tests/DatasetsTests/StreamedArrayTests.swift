import Foundation
import TestSupport
import Testing

@testable import Datasets

struct StreamedArrayTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ path: String, _ report: @escaping @Sendable (ReadingProgress) -> Void = { _ in }) throws
    -> Dataset
  {
    let context = ReadingContext(cacheDirectory: folder.path + "/cache", report: report)
    return try StreamedArray(path: path, variable: "imgs", exampleShape: [2, 3], context: context).read()
  }

  private func file(_ bits: [UInt8], shape: String, type: String = "|u1") throws -> String {
    let other = ("a.npy", Bytes.npy("|u1", shape: "(2,)", [1, 1]))
    let images = ("imgs.npy", Bytes.npy(type, shape: shape, bits))
    return try folder.file("d.npz", Bytes.zip([other, images], isDeflated: true, in: folder))
  }

  @Test func bitsComeFromTheCacheTheSecondTime() throws {
    let bits = (0..<6 * 700).map { UInt8($0 % 5 == 0 || $0 % 7 == 3 ? 1 : 0) }
    let path = try file(bits, shape: "(700, 2, 3)")
    let log = Log()
    let first = try read(path) { log.add("\($0)") }
    #expect(first.count == 700 && first.values.withBytes { $0.elementsEqual(bits.map { $0 * 255 }) } == true)
    #expect(log.lines.count == 3 && log.lines[2].contains("700 of 700 examples, 100%"))
    let second = try read(path) { log.add("\($0)") }
    #expect(second.contentDigest == first.contentDigest && log.lines.count == 3)
  }

  @Test func anythingElseIsRefusedAndLeavesNothing() throws {
    _ = try file([0, 1, 1, 0, 0, 0], shape: "(1, 3, 2)")
    #expect(dataError { _ = try read(folder.path + "/d.npz") } != nil)
    _ = try file([0, 1, 2, 0, 0, 0], shape: "(1, 2, 3)")
    #expect(dataError { _ = try read(folder.path + "/d.npz") }?.expected == "bits, 0 or 1")
    _ = try file([0, 1, 1, 0, 0], shape: "(1, 2, 3)")
    #expect(dataError { _ = try read(folder.path + "/d.npz") } != nil)
    _ = try file([UInt8](repeating: 0, count: 48), shape: "(1, 2, 3)", type: "<f8")
    #expect(dataError { _ = try read(folder.path + "/d.npz") } != nil)
    let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache/made")) ?? []
    #expect(left == [])
  }
}
