import Datasets
import Foundation
import Pictures
import TestSupport
import Testing

@testable import DatasetCatalog

struct DataLocatorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var locator: DataLocator { DataLocator(environment: ["HOME": folder.path]) }

  @Test func oneFileIsOneExample() throws {
    let small = Picture(width: 4, height: 3, bytes: [UInt8](repeating: 1, count: 12))
    let png = try folder.file("a.png", pngBytes(small, in: folder))
    let jpeg = try folder.file("b.jpeg", Bytes.jpeg(smoothPicture(width: 9, height: 5, channels: 3)))
    #expect(try locator.load(png).train.exampleShape == [3, 4])
    let data = try locator.load(jpeg, pictures: PictureOptions(size: .init(height: 4, width: 4), channels: 1)).train
    #expect(data.exampleShape == [4, 4] && data.count == 1)
    #expect(try locator.inspect(jpeg).format == "jpeg")
  }

  @Test func foldersAndArchivesAreSets() throws {
    let pictures = (0..<3).map { Picture(width: 2, height: 2, bytes: [UInt8](repeating: $0, count: 4)) }
    let members = try pictures.enumerated().map { ("\($0).png", try pngBytes($1, in: folder)) }
    let tar = try folder.file("p.tar", Bytes.tar(members))
    for (name, content) in members { try folder.file("p/\(name)", content) }
    for (path, format) in [(tar, "archive"), (folder.path + "/p", "folder")] {
      let data = try locator.load(path).train
      #expect(data.count == 3 && data.values.withBytes { Array($0) } == pictures.flatMap(\.bytes))
      #expect(try locator.inspect(path).format == format)
    }
  }

  @Test func aVariableIsChosenBehindAColon() throws {
    let members = [
      ("images.npy", Bytes.npy("|u1", shape: "(2, 2, 2)", [1, 2, 3, 4, 5, 6, 7, 8])),
      ("labels.npy", Bytes.npy("|u1", shape: "(3,)", [5, 6, 7])),
    ]
    let path = try folder.file("a.npz", Bytes.zip(members, isDeflated: true, in: folder))
    #expect(try locator.load("\(path):labels").train.count == 3)
    #expect(try locator.load("\(path):images").train.exampleShape == [2, 2])
  }

  @Test func madeSetsAreKnownByTheirNames() throws {
    let cars = try locator.load("scenes:car", limit: 3)
    #expect(cars.train.count == 3 && cars.train.labelNames?[cars.train.labels![0]] == "car")
    #expect(dataError { _ = try locator.load("scenes:cat") }?.remedy.contains("car, duck") == true)
  }
}
