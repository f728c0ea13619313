import Datasets
import TestSupport
import Testing

@testable import DatasetCatalog

struct PartsOfSetsTests {
  /// A part is used where it is, and said to be one; other content is refused.
  @Test func aPartIsSaidToBeOne() throws {
    let folder = try TemporaryFolder()
    let log = Log()
    var locator = DataLocator(dataDirectory: folder.path, environment: ["HOME": folder.path])
    locator.fetchesMissing = false
    locator.notice = { log.add($0) }
    try folder.file("cifar10/data_batch_2.bin", [2] + [UInt8](repeating: 0, count: 3072))
    let entry = try Catalog.known("cifar10")
    let place = try #require(try locator.folder(of: entry))
    #expect(entry.filesOfPart(in: place) == ["data_batch_2.bin"] && !entry.isComplete(in: place))
    #expect(dataError { _ = try locator.load("cifar10") }?.expected.hasPrefix("the published cifar10") == true)
    // A whole set elsewhere is preferred, though looked at later.
    for file in entry.files { try folder.file(".cache/swift-vae/cifar10/\(file)", [1]) }
    #expect(try locator.folder(of: entry)?.hasSuffix(".cache/swift-vae/cifar10") == true)
    #expect(entry.filesOfPart(in: folder.path + "/.cache/swift-vae/cifar10") == nil)
  }

  @Test(arguments: [("cifar10", 50_000), ("svhn", 50), ("lfw-faces", 5749)])
  func partsOfPublishedSets(name: String, count: Int) throws {
    try TestData.need(file: name.replacing("-", with: "_"))
    let folder = try TemporaryFolder()
    let log = Log()
    var locator = DataLocator(dataDirectory: sharedData, environment: ["HOME": folder.path])
    locator.notice = { log.add($0) }
    let entry = try Catalog.known(name)
    let splits = try locator.load(name)
    #expect(splits.train.count == count && splits.train.exampleShape == entry.exampleShape)
    #expect(log.lines.count == 1 && log.lines[0].contains("\(count) of \(entry.counts.train)"))
    #expect((splits.train.labels != nil) == entry.hasLabels)
    #expect(splits.train.labels?.allSatisfy { 0...9 ~= $0 } ?? true)
    #expect(splits.test?.count == (name == "cifar10" ? 1000 : nil))
    #expect(try locator.load(name, limit: 7).train.count == 7)
    let small = try locator.load(
      name, limit: 5, pictures: PictureOptions(size: .init(height: 16, width: 16), channels: 1))
    #expect(small.train.exampleShape == [16, 16])
  }

  @Test(.needs("dsprites")) func streamsGigabytes() throws {
    let splits = try TestData.locator.load("dsprites", limit: 500)
    #expect(splits.train.count == 500)
    #expect(splits.train.exampleShape == [64, 64])
    #expect(splits.train.factors?.names.count == 6)
  }
}
