import Foundation
import Pictures
import TestSupport
import Testing

@testable import Datasets

struct PictureSetTests {
  private let folder: TemporaryFolder
  private let log = Log()
  private let reads = Log()

  init() throws { folder = try TemporaryFolder() }

  private var photos: String { folder.path + "/photos" }

  private var context: ReadingContext {
    ReadingContext(
      cacheDirectory: folder.path + "/cache", report: { [reads] in reads.add("\($0)") },
      notice: { [log] in log.add($0) })
  }

  private func read(
    _ path: String, limit: Int? = nil, pictures: PictureOptions = PictureOptions()
  ) throws -> Dataset {
    try PictureSet(path: path, options: pictures, context: context).read(limit: limit)
  }

  private func grey(_ value: UInt8, width: Int = 4, height: Int = 3) -> Picture {
    Picture(width: width, height: height, bytes: [UInt8](repeating: value, count: width * height))
  }

  private func add(_ name: String, _ picture: Picture) throws {
    try folder.file("photos/\(name)", pngBytes(picture, in: folder))
  }

  private func bytes(_ data: Dataset) -> [UInt8] { data.values.withBytes { Array($0) } ?? [] }

  /// The first number of each example.
  private func firsts(_ data: Dataset) -> [UInt8] {
    let all = bytes(data)
    return stride(from: 0, to: all.count, by: data.exampleSize).map { all[$0] }
  }

  @Test func foldersAreClassesInTheOrderOfTheirNames() throws {
    try add("dogs/a.png", grey(3))
    try add("cats/deep/er/z.png", grey(2))
    try add("cats/b.PNG", grey(1))
    try add("cats/.hidden.png", grey(9))
    try folder.file("photos/birds/readme.txt", [1])
    let data = try read(photos)
    #expect(data.exampleShape == [3, 4] && data.name == "photos" && !data.isOrdered)
    #expect(firsts(data) == [1, 2, 3])
    #expect(data.labels == [0, 0, 1] && data.labelNames == ["cats", "dogs"])
    // Beside the folders lies one without a class: then there are no classes.
    try add("loose.png", grey(4))
    #expect(try read(photos).labels == nil)
    #expect(log.lines.isEmpty)
  }

  @Test func whatAllHaveInCommonIsNoClass() {
    #expect(["a/x.png", "a/y.png"].folderLabels() == nil)
    #expect(["top/b/x.png", "top/a/y.png"].folderLabels()?.labels == [1, 0])
    #expect(["x.png"].folderLabels() == nil)
    #expect([String]().folderLabels() == nil)
  }

  @Test func sizesMustAgreeOrBeChosen() throws {
    try add("a.png", grey(10, width: 8, height: 4))
    try add("b.png", grey(20, width: 5, height: 9))
    let error = try #require(dataError { _ = try read(photos) })
    #expect(error.found.contains("a.png of 4x8 and b.png of 9x5"))
    #expect(error.remedy.contains("--size 64x48"))
    let data = try read(photos, pictures: PictureOptions(size: .init(height: 2, width: 6)))
    #expect(data.exampleShape == [2, 6] && firsts(data) == [10, 20])
  }

  @Test func kindsMix() throws {
    try add("a.png", grey(10))
    let colour = Picture(width: 4, height: 3, channels: 3, bytes: (0..<36).map { UInt8($0) })
    try add("b.png", colour)
    try folder.file("photos/c.jpg", Bytes.jpeg(grey(200), quality: 100))
    try folder.file("photos/d.pgm", Array("P5 4 3 255\n".utf8) + [UInt8](repeating: 50, count: 12))
    let data = try read(photos)
    #expect(data.exampleShape == [3, 4, 3])
    #expect(firsts(data) == [10, 0, 200, 50])
    #expect(Array(bytes(data)[36..<72]) == colour.bytes)
    let plain = try read(photos, pictures: PictureOptions(channels: 1))
    #expect(plain.exampleShape == [3, 4])
    #expect(Array(bytes(plain)[12..<24]) == colour.grey.bytes)
  }

  @Test func damagedPicturesAreLeftOutAndNamed() throws {
    for index in 0..<14 { try folder.file("photos/bad\(10 + index).png", Array("no picture".utf8)) }
    let png = try pngBytes(grey(5), in: folder)
    try folder.file("photos/cut.png", Array(png.prefix(png.count - 20)))
    try FileManager.default.createSymbolicLink(atPath: photos + "/gone.jpg", withDestinationPath: "/nonexistent/x.jpg")
    try add("good.png", grey(7))
    let data = try read(photos)
    #expect(firsts(data) == [7])
    #expect(log.lines.count == 11)
    #expect(log.lines[0].contains("bad10.png: another format"))
    #expect(log.lines[10].contains("6 more") && log.lines[10].contains("16 in all"))
    // The cache remembers them.
    _ = try read(photos)
    #expect(log.lines.count == 22)
  }

  @Test func nothingToReadIsSaid() throws {
    try FileManager.default.createDirectory(atPath: photos + "/empty", withIntermediateDirectories: true)
    #expect(dataError { _ = try read(photos) }?.found == "none")
    try folder.file("photos/a.png", [1, 2, 3])
    let error = try #require(dataError { _ = try read(photos) })
    #expect(error.found.contains("none that can be read, of 1 (a.png"))
    #expect(error.remedy.contains("pictures"))
  }

  @Test(.timeLimit(.minutes(1))) func loopsOfLinksEnd() throws {
    try add("a/one.png", grey(1))
    let files = FileManager.default
    try files.createSymbolicLink(atPath: photos + "/a/up", withDestinationPath: photos)
    try files.createSymbolicLink(atPath: photos + "/b", withDestinationPath: photos + "/a")
    try files.createSymbolicLink(atPath: photos + "/c.png", withDestinationPath: photos + "/c.png")
    let data = try read(photos)
    #expect(firsts(data) == [1])
    // A link to a folder elsewhere is followed.
    try folder.file("elsewhere/two.png", pngBytes(grey(2), in: folder))
    try files.createSymbolicLink(atPath: photos + "/d", withDestinationPath: folder.path + "/elsewhere")
    #expect(try firsts(read(photos)) == [1, 2])
  }

  @Test func theCacheIsUsedUntilSomethingChanges() throws {
    try add("a.png", grey(1))
    try add("b.png", grey(2))
    func load() throws -> (values: [UInt8], wasRead: Bool) {
      let before = reads.lines.count
      let values = try firsts(read(photos))
      return (values, reads.lines.count > before)
    }
    #expect(try load() == ([1, 2], true))
    #expect(try load() == ([1, 2], false))
    try add("c.png", grey(3))
    #expect(try load() == ([1, 2, 3], true))
    try add("a.png", grey(9))
    #expect(try load() == ([9, 2, 3], true))
    try FileManager.default.removeItem(atPath: photos + "/b.png")
    #expect(try load() == ([9, 3], true))
    // Content changes with the time only.
    var times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
    utimensat(AT_FDCWD, photos + "/a.png", &times, 0)
    #expect(try load().wasRead)
    #expect(try !load().wasRead)
    let cache = context.cacheDirectory + "/made"
    let names = try FileManager.default.contentsOfDirectory(atPath: cache)
    #expect(names.count == 2, "a manifest and its bytes, nothing of before: \(names)")
    // Damage counts as not there.
    for name in names { try Data([1, 2]).write(to: URL(fileURLWithPath: "\(cache)/\(name)")) }
    #expect(try load() == ([9, 3], true))
    let bytes = try #require(
      try FileManager.default.contentsOfDirectory(atPath: cache).first { $0.hasSuffix(".bytes") })
    try FileManager.default.removeItem(atPath: "\(cache)/\(bytes)")
    #expect(try load() == ([9, 3], true))
  }

  @Test func aPartIsNotKept() throws {
    for index in 0..<5 { try add("\(index).png", grey(UInt8(index))) }
    #expect(try firsts(read(photos, limit: 2)) == [0, 1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: context.cacheDirectory + "/made") == [])
    #expect(try firsts(read(photos)) == [0, 1, 2, 3, 4])
    #expect(try firsts(read(photos, limit: 3)) == [0, 1, 2])
  }

  @Test func archivesAreReadLikeFolders() throws {
    let pictures = try (0..<3).map {
      ("top/\($0 < 2 ? "a" : "b")/\($0).png", try pngBytes(grey(UInt8($0)), in: folder))
    }
    let members = [("top/readme", [1, 2, 3] as [UInt8])] + pictures + [("top/b/bad.jpg", [0xff, 0xd8, 0xff, 1])]
    let tar = Bytes.tar(members)
    for (name, content) in [
      ("p.tar", tar), ("p.tar.gz", try folder.gzip(tar)), ("p.tgz", try folder.gzip(tar)),
      ("p.zip", try Bytes.zip(members, isDeflated: true, in: folder)),
    ] {
      let path = try folder.file(name, content)
      let data = try read(path)
      #expect(firsts(data) == [0, 1, 2] && data.labels == [0, 0, 1] && data.labelNames == ["a", "b"], "\(name)")
    }
    let notes = log.lines
    #expect(notes.allSatisfy { $0.contains("bad.jpg") } && notes.count == 4)
    let none = try folder.file("none.tar", Bytes.tar([("x", [1])]))
    #expect(dataError { _ = try read(none) }?.expected.contains("pictures") == true)
    let cut = try folder.file("cut.tar.gz", Array(try folder.gzip(tar).dropLast(40)))
    #expect(dataError { _ = try read(cut) } != nil)
  }

  /// The 48 x 42 version was made by others as means of 4 x 4 pixels.
  @Test(.needs(file: "yaleb_cropped/yaleb_cropped_38x16.tar.gz")) func reductionIsAsPublished() throws {
    let shared = sharedData! + "/yaleb_cropped/"
    let options = PictureOptions(size: .init(height: 48, width: 42))
    let ours = try read(shared + "yaleb_cropped_38x16.tar.gz", pictures: options)
    let theirs = try DataFile(path: shared + "yaleb_cropped_48x42.npz").read(variable: "images")
    #expect(ours.count == 608 && theirs.count == 2414)
    let known = Set((0..<theirs.count).map { Picture(theirs, at: $0)!.bytes })
    #expect((0..<ours.count).allSatisfy { known.contains(Picture(ours, at: $0)!.bytes) })
  }

  @Test(.needs(file: "weizmann_horses/rgb")) func photographsOfAnySizeAreASet() throws {
    let options = PictureOptions(size: .init(height: 64, width: 64))
    let data = try read(sharedData! + "/weizmann_horses/rgb", pictures: options)
    #expect(data.count == 328 && data.exampleShape == [64, 64, 3])
    #expect(log.lines.isEmpty)
  }
}
