import Datasets
import Files
import Foundation
import Pictures
import TestSupport
import Testing

@testable import DatasetCatalog

struct CatalogTests {
  /// A folder that is called as a set is, such as a run's, is not taken for it.
  @Test func knownNamesStayNames() throws {
    let here = FileManager.default.currentDirectoryPath
    for name in ["mnist", "scenes:car", "scenes", "scattered-digits:2", "moving-digits"] {
      #expect(try DataLocator.lasting(name) { _ in true } == name)
    }
    #expect(try DataLocator.lasting("data.csv") { _ in true } == here + "/data.csv")
    #expect(try DataLocator.lasting("data.csv") { _ in false } == "data.csv")
    #expect(throws: DataError.self) { try DataLocator.lasting("scattered-digits:0") }
  }

  @Test func namesAreForgiving() {
    #expect(Catalog.entry(named: "frey_faces")?.name == "frey-faces")
    #expect(Catalog.entry(named: "MNIST")?.name == "mnist")
    #expect(Catalog.names(near: "mnits").first == "mnist")
    #expect(Catalog.names(near: "fashon-mnist").first == "fashion-mnist")
    #expect(Catalog.names(near: "frey").contains("frey-faces"))
    #expect(Catalog.names(near: "zzzzzzzzzzzz").isEmpty)
    #expect(Set(Catalog.all.map(\.name)).count == Catalog.all.count)
  }

  @Test func unknownNamesGetAdvice() {
    let near = dataError { _ = try DataLocator().load("minst") }
    #expect(near?.remedy == "did you mean mnist?")
    let far = dataError { _ = try DataLocator().load("no/such/file.bin") }
    #expect(far?.remedy.contains("fashion-mnist") == true)
    #expect(dataError { _ = try DataLocator().load("digits", limit: 0) } != nil)
  }

  @Test func digitsNeedNoFile() throws {
    let splits = try DataLocator().load("digits", limit: 20)
    #expect(splits.train.count == 20)
    #expect(splits.test?.count == 20)
    #expect(splits.train.labels?.count == 20)
    #expect(splits.train.factors != nil)
  }

  @Test func placesAreLookedAtInOrder() throws {
    let folder = try TemporaryFolder()
    var locator = DataLocator(
      dataDirectory: "\(folder.path)/a", environment: ["VAE_DATA_DIR": "\(folder.path)/b", "HOME": folder.path])
    locator.fetchesMissing = false
    try folder.file("a/other", [])
    let entry = try Catalog.known("frey-faces")
    #expect(try locator.folder(of: entry) == nil)
    #expect(dataError { _ = try locator.load("frey-faces") }?.remedy.contains("vae data get") == true)
    for place in [".cache/swift-vae/frey-faces", "b/frey_faces", "b/frey-faces", "a/frey_faces"] {
      try folder.file("\(place)/frey_rawface.mat", [1])
      #expect(try locator.folder(of: entry) == "\(folder.path)/\(place)")
    }
    locator.dataDirectory = "\(folder.path)/nowhere"
    #expect(dataError { _ = try locator.folder(of: entry) }?.remedy == "check --data-dir")
  }

  @Test func changedContentIsRefused() throws {
    let folder = try TemporaryFolder()
    let images = Bytes.idx(shape: [2, 28, 28], [UInt8](repeating: 3, count: 2 * 784))
    for part in ["train", "t10k"] {
      try folder.file("mnist/\(part)-images-idx3-ubyte", images)
      try folder.file("mnist/\(part)-labels-idx1-ubyte", Bytes.idx(shape: [2], [1, 2]))
    }
    let locator = DataLocator(dataDirectory: folder.path, environment: ["HOME": folder.path])
    let error = dataError { _ = try locator.load("mnist") }
    #expect(error?.expected.hasPrefix("the published mnist") == true)
    // By path the same file is anyone's data.
    #expect(try locator.load("\(folder.path)/mnist/train-images-idx3-ubyte").train.labels == [1, 2])
  }

  @Test(
    arguments: [
      "mnist", "frey-faces", "orl-faces", "olivetti", "caltech101-silhouettes", "coil20", "omniglot", "yale-b",
    ])
  func publishedSetsAreWhole(name: String) throws {
    try TestData.need(name)
    let entry = try Catalog.known(name)
    let splits = try TestData.locator.load(name)
    #expect(splits.train.count == entry.counts.train)
    #expect(splits.test?.count == entry.counts.test)
    #expect(splits.train.exampleShape == entry.exampleShape)
    #expect((splits.train.labels != nil) == entry.hasLabels)
    #expect(splits.train.isOrdered == (name == "frey-faces"))
    #expect(splits.train.name == name)
    let few = try TestData.locator.load(name, limit: 7)
    #expect(few.train.count == 7)
    #expect(few.train.labels == splits.train.labels.map { Array($0.prefix(7)) })
  }

  /// What the catalog says of factors, and where they can be checked: the light's side, a table that turns.
  @Test(arguments: ["yale-b", "coil20", "coil100", "dsprites", "digits"])
  func factorsAreThoseOfTheCatalog(name: String) throws {
    try TestData.need(name)
    let limit = name == "dsprites" || name == "digits" ? 200 : nil
    let set = try TestData.locator.load(name, limit: limit).train
    let factors = try #require(set.factors)
    #expect(try Catalog.known(name).factors == factors.names)
    #expect(factors.values.count == set.count * factors.names.count && factors.identity.count < factors.names.count)
    #expect(
      factors.identity.allSatisfy(factors.names.contains) && factors.periods.keys.allSatisfy(factors.names.contains))
    guard name == "coil20" || name == "coil100" else { return }
    let turns = FactorGroups(factors, varying: ["azimuth"])
    let steps = name == "coil20" ? 72 : 36
    #expect(turns.count == (name == "coil20" ? 20 : 17) && turns[3].count == steps)
    #expect(Set(turns[3].map { factors.value("azimuth", of: $0) }) == Set((0..<steps).map { Float($0 * 360 / steps) }))
  }

  /// A positive azimuth lights the left of a face, and no person of the test part is in the other.
  @Test(.needs("yale-b")) func facesAreLitFromWhereTheFactorsSay() throws {
    let splits = try TestData.locator.load("yale-b")
    let (faces, test) = (splits.train, try #require(splits.test))
    #expect(Set(faces.labels!).isDisjoint(with: test.labels!) && Set(test.labels!).count == 8)
    var sums: [Bool: Int] = [:]
    for index in 0..<faces.count where abs(faces.factors!.value("azimuth", of: index)) >= 50 {
      let bytes = Picture(faces, at: index)!.bytes
      let left = bytes.indices.reduce(0) { $0 + ($1 % 42 < 21 ? Int(bytes[$1]) : -Int(bytes[$1])) }
      sums[faces.factors!.value("azimuth", of: index) > 0, default: 0] += left
    }
    #expect(sums[true]! > 1_000_000 && sums[false]! < -1_000_000)
  }

  @Test(.needs("binarized-mnist")) func fixedBinarizationIsWhole() throws {
    let splits = try TestData.locator.load("binarized-mnist")
    #expect([splits.train.count, splits.validation?.count, splits.test?.count] == [50_000, 10_000, 10_000])
  }

  @Test(.needs(file: "/usr/share/datasets/fashion-mnist"))
  func debiansFashionMNISTIsFound() throws {
    let splits = try DataLocator(environment: ["HOME": "/nonexistent"]).load("fashion-mnist")
    #expect(splits.train.count == 60_000)
    #expect(splits.test?.labels?.count == 10_000)
  }

  /// Ink is bright, a character's drawings follow each other, and nobody in the test part drew for the training part.
  @Test(.needs("omniglot")) func omniglotIsCharactersByDrawer() throws {
    let splits = try TestData.locator.load("omniglot")
    let test = try #require(splits.test)
    #expect(splits.train.labels == (0..<242).flatMap { [Int](repeating: $0, count: 16) })
    #expect(test.labels == (0..<242).flatMap { [Int](repeating: $0, count: 4) })
    guard case .bytes(let bytes) = splits.train.values else { return #expect(Bool(false), "expected bytes") }
    let mean = bytes.reduce(0.0) { $0 + Double($1) } / Double(bytes.count)
    #expect(mean > 8 && mean < 40, "thin strokes on black; got a mean of \(mean)")
  }

  @Test(arguments: [("weizmann-horses", 3), ("isbi2012-em", 1)])
  func masksHaveTheirPhotographs(name: String, channels: Int) throws {
    try TestData.need(name)
    let entry = try Catalog.known(name)
    let locator = TestData.locator
    let size = PictureOptions(size: .init(height: 24, width: 24))
    let (masks, photographs) = (
      try locator.load(name, pictures: size), try locator.load("\(name):photos", pictures: size)
    )
    #expect(masks.train.exampleShape == [24, 24])
    #expect(photographs.train.exampleShape == (channels == 1 ? [24, 24] : [24, 24, 3]))
    for splits in [masks, photographs] {
      #expect(splits.train.count == entry.counts.train && splits.test?.count == entry.counts.test)
      #expect(splits.validation?.count == entry.counts.validation)
    }
    #expect(try locator.load(name).train.exampleShape == entry.exampleShape)
    // Horses are darker or lighter than their ground, and membranes are dark.
    guard case .bytes(let mask) = masks.train.values, case .bytes(let photograph) = photographs.train.values else {
      return #expect(Bool(false), "expected bytes")
    }
    let white = mask.count { $0 > 127 }
    #expect((0.15...0.45).contains(Double(white) / Double(mask.count)))
    if channels == 1 {
      func mean(_ isWhite: Bool) -> Double {
        let chosen = zip(mask, photograph).filter { ($0.0 > 127) == isWhite }.map { Double($0.1) }
        return chosen.reduce(0, +) / Double(chosen.count)
      }
      #expect(mean(true) + 40 < mean(false))
    }
  }

  @Test func whatCannotBeFetchedIsSaid() throws {
    let folder = try TemporaryFolder()
    let locator = DataLocator(environment: ["HOME": folder.path])
    #expect(dataError { _ = try locator.load("isbi2012-em") }?.remedy.contains("train-volume.tif") == true)
  }

  @Test func inspectionCounts() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("train-images-idx3-ubyte", Bytes.idx(shape: [2, 1, 2], [0, 10, 20, 250]))
    try folder.file("train-labels-idx1-ubyte", Bytes.idx(shape: [2], [4, 4]))
    let found = try DataLocator().inspect(path)
    #expect(found.format == "idx")
    #expect(found.variables == [.init(name: "", shape: [2, 1, 2], type: "uint8")])
    let summary = try #require(found.parts["train"])
    #expect(summary.mean == 70)
    #expect(summary.maximum == 250)
    #expect(summary.labels == ["4": 2])
    #expect(DataSummary(Dataset(name: "x", exampleShape: [2], values: .floats([.nan, 3]))).mean == 3)
  }
}
