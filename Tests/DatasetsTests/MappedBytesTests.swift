import Foundation
import Pictures
import Tensors
import TestSupport
import Testing

@testable import Datasets

struct MappedBytesTests {
  private let bytes = (0..<2400).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 / 7) }

  @Test(arguments: Binarization.allCases) func batchesAreThoseOfMemory(binarization: Binarization) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("set.bytes", bytes)
    let labels = (0..<200).map { $0 % 3 }
    let held = Dataset(name: "s", exampleShape: [3, 4], values: .bytes(bytes), labels: labels)
    let mapped = Dataset(name: "s", exampleShape: [3, 4], values: .mapped(try MappedBytes(path: path)), labels: labels)
    // The name may go; what is mapped stays.
    try FileManager.default.removeItem(atPath: path)
    let indices = (0..<200).filter { $0 % 7 != 0 }.reversed().map { $0 }
    let positions = [0, 5, 170, 3, 3]
    let batches = [held, mapped].map { set in
      Examples(set, indices: indices, binarization: binarization)
        .batch(positions[...], stream: RandomStream(seed: 3)["batch"]).scalars
    }
    #expect(batches[0] == batches[1])
    #expect(held.contentDigest == mapped.contentDigest)
    #expect(DataSummary(held) == DataSummary(mapped))
    #expect(Picture(mapped, at: 7) == Picture(held, at: 7))
    #expect(Dataset.joining([mapped, held]).contentDigest == Dataset.joining([held, held]).contentDigest)
    #expect(mapped.prefix(11).contentDigest == held.prefix(11).contentDigest)
    #expect(mapped.prefix(11).count == 11 && mapped.prefix(11).labels?.count == 11)
  }

  @Test func whatCannotBeMappedIsSaid() throws {
    let folder = try TemporaryFolder()
    #expect(dataError { _ = try MappedBytes(path: folder.path + "/none") } != nil)
    let path = try folder.file("empty", [])
    #expect(dataError { _ = try MappedBytes(path: path) }?.found == "an empty file")
    #expect(dataError { _ = try MappedBytes(path: folder.path) } != nil)
  }
}
