import Foundation
import Pictures
import TestSupport
import Testing

@testable import Datasets

struct CIFARReaderTests {
  /// A record whose planes are constant but for the first pixel.
  private func record(_ label: UInt8, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> [UInt8] {
    [label] + [red, green, blue].flatMap { [$0 &+ 1] + [UInt8](repeating: $0, count: 1023) }
  }

  private func start(_ data: Dataset, _ example: Int) -> [UInt8] {
    Array(Picture(data, at: example)!.bytes.prefix(6))
  }

  @Test func planesBecomePixels() throws {
    let folder = try TemporaryFolder()
    let bytes = record(3, 10, 20, 30) + record(9, 40, 50, 60)
    for content in [bytes, try folder.gzip(bytes)] {
      let data = try DataFile(path: folder.file("data_batch_1.bin", content)).read()
      #expect(data.exampleShape == [32, 32, 3] && data.labels == [3, 9])
      #expect(start(data, 0) == [11, 21, 31, 10, 20, 30] && start(data, 1) == [41, 51, 61, 40, 50, 60])
    }
    let few = try CIFARReader.read(path: folder.file("x.bin", bytes), limit: 1)
    #expect(few.labels == [3] && few.pixels.shape == [1, 32, 32, 3])
  }

  @Test func damageIsNamed() throws {
    let folder = try TemporaryFolder()
    let bytes = record(3, 10, 20, 30) + record(9, 40, 50, 60)
    for content in [bytes, try folder.gzip(bytes)] {
      // A cut between two records leaves a whole file.
      try expectOnlyDataErrors(content, "data_batch_1.bin", cuts: 100, flips: 200, mayPassWhenCut: true) {
        let data = try CIFARReader.read(path: $0)
        #expect(data.pixels.values.count == data.labels.count * 3072)
      }
    }
    let path = try folder.file("bad.bin", bytes + record(10, 1, 2, 3))
    let error = try #require(dataError { _ = try CIFARReader.read(path: path) })
    #expect(error.position == .offset(6146) && error.found == "label 10")
  }

  @Test func batchesOfAFolderFollowEachOther() throws {
    let folder = try TemporaryFolder()
    try folder.file("c/data_batch_2.bin", record(2, 0, 0, 0))
    try folder.file("c/data_batch_1.bin.gz", folder.gzip(record(1, 0, 0, 0)))
    try folder.file("c/batches.meta.txt", [65])
    let splits = try #require(try CIFARReader.splits(at: folder.path + "/c", limit: nil))
    #expect(splits.train.labels == [1, 2] && splits.test == nil)
    try folder.file("c/test_batch.bin", record(5, 0, 0, 0))
    #expect(try CIFARReader.splits(at: folder.path + "/c", limit: nil)?.test?.labels == [5])
    let members =
      [("cifar-10-batches-bin/test_batch.bin", record(4, 0, 0, 0))]
      + [3, 1].map { ("cifar-10-batches-bin/data_batch_\($0).bin", record(UInt8($0), 0, 0, 0)) }
    let tar = try folder.file("cifar-10-binary.tar.gz", folder.gzip(Bytes.tar(members)))
    let unpacked = try #require(try CIFARReader.splits(at: tar, limit: nil))
    #expect(unpacked.train.labels == [1, 3] && unpacked.test?.labels == [4])
    #expect(unpacked.train.labelNames?[3] == "cat")
  }

  /// Digits are narrow, so a pixel is more like the one below it than like the one beside it: rows are not taken for columns.
  @Test(.needs(file: "svhn/svhn_50_32x32.mat")) func houseNumbersArePictures() throws {
    let data = try DataFile(path: sharedData! + "/svhn/svhn_50_32x32.mat").read()
    #expect(data.labels?.filter { $0 == 10 }.count == 6)
    var (beside, below) = (0, 0)
    for index in 0..<data.count {
      let bytes = Picture(data, at: index)!.bytes.map(Int.init)
      for i in 0..<bytes.count - 96 {
        beside += abs(bytes[i] - bytes[i + 3])
        below += abs(bytes[i] - bytes[i + 96])
      }
    }
    let pairs = data.count * (3072 - 96)
    #expect(below < 7 * pairs && beside < 12 * pairs && below < beside)
  }
}
