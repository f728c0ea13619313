import Datasets
import Files
import Foundation
import Pictures
import Tensors

/// Photographs with known causes: faces under known lights, and objects on a turntable.
extension Catalog {
  static let yaleFaces = CatalogEntry(
    name: "yale-b", title: "Extended Yale B, cropped: 38 faces under 64 lights, reduced to 48x42",
    exampleShape: [48, 42], counts: .init(train: 1902, test: 512), hasLabels: true,
    terms: "research only; citation asked for",
    citation: """
      A. Georghiades, P. Belhumeur, D. Kriegman, "From few to many: illumination cone models for face recognition under \
      variable lighting and pose", PAMI 23(6), 2001; K.-C. Lee, J. Ho, D. Kriegman, "Acquiring linear subspaces for face \
      recognition under variable lighting", PAMI 27(5), 2005
      """,
    files: ["yaleb_cropped_48x42.npz"], sources: [],
    byHand: """
      get CroppedYale.zip from http://vision.ucsd.edu/~leekc/ExtYaleDatabase/ExtYaleB.html, take the mean of 4x4 pixels of \
      each picture but the ambient and the bad ones, save images [2414, 48, 42], subject, azimuth and elevation as \
      DIR/yale-b/yaleb_cropped_48x42.npz, and give --data-dir DIR
      """,
    folders: ["yaleb_cropped"], factors: ["subject", "azimuth", "elevation"], layout: .lights,
    check: .files(["yaleb_cropped_48x42.npz": "82118b2333d3c64b058488437d84966f29e4bf15fb3ea17b7e76f4632e10a47b"]))

  static let coil100 = CatalogEntry(
    name: "coil100", title: "COIL-100, 100 objects on a turntable, 128x128", exampleShape: [128, 128, 3],
    counts: .init(train: 7200), hasLabels: true, terms: "research, non-commercial",
    citation: """
      S. Nene, S. Nayar, H. Murase, "Columbia object image library (COIL-100)", technical report CUCS-006-96, Columbia \
      University, 1996
      """,
    files: ["coil-100.zip"],
    sources: [.files("http://www.cs.columbia.edu/CAVE/databases/SLAM_coil-20_coil-100/coil-100/")],
    partial: ["coil100_17obj_36poses.tar.gz"], folders: ["coil100_part"], factors: ["object", "azimuth"],
    layout: .turntable,
    check: .files([
      "coil100_17obj_36poses.tar.gz": "c4a8779b33e2d59642881f8c44a7e230d7a9bc7d019bce1d2e36898f1e2bbc35"
    ]))
}

extension CatalogEntry {
  /// Faces by who they are and where the light is. The last eight people are the test part; the publisher states none.
  ///
  /// A positive azimuth lights the left of the picture.
  func lights(_ folder: String, limit: Int?) throws -> DatasetSplits {
    let path = try file(0, in: folder)
    let images = try checked(NPZReader.read(path: path, variable: "images"), shape: exampleShape, file: path)
    let count = images.shape[0]
    func column(_ name: String) throws -> [Float] {
      let values = try NPZReader.read(path: path, variable: name)
      guard values.shape == [count] else { throw wrongShape(values.shape, file: path) }
      if case .floats(let floats) = values.values { return floats }
      return values.values.withBytes { $0.map { Float($0) } } ?? []
    }
    let (subject, azimuth, elevation) = (try column("subject"), try column("azimuth"), try column("elevation"))
    let people = Set(subject).sorted()
    let number = Dictionary(uniqueKeysWithValues: zip(people, 0...))
    let bytes = images.values.withBytes { Array($0) } ?? []
    let size = exampleShape.reduce(1, *)
    func part(_ isWanted: (Int) -> Bool) -> Dataset {
      let chosen = (0..<count).filter { isWanted(number[subject[$0]]!) }.prefix(limit ?? .max)
      return Dataset(
        name: name, exampleShape: exampleShape,
        values: .bytes(chosen.flatMap { bytes[$0 * size..<($0 + 1) * size] }),
        labels: chosen.map { number[subject[$0]]! },
        factors: .init(
          names: factors, values: chosen.flatMap { [subject[$0], azimuth[$0], elevation[$0]] }, identity: ["subject"]),
        labelNames: people.map { "yaleB\($0 < 10 ? "0" : "")\(Int($0))" })
    }
    return DatasetSplits(train: part { $0 < people.count - 8 }, test: part { $0 >= people.count - 8 })
  }

  /// Objects by the table's angle: a zip or tar of `objN__A.png`.
  func turntable(_ folder: String, limit: Int?) throws -> Dataset {
    let path = try found(files + partial, in: folder).first ?? file(0, in: folder)
    let archive = try ArchiveReader(path: path)
    var members: [(object: Int, angle: Int, name: String, bytes: [UInt8])] = []
    while let member = try archive.next() {
      let stem = member.member.split(separator: "/").last?.dropLast(4) ?? ""
      guard member.member.hasSuffix(".png"), stem.hasPrefix("obj") else { continue }
      let numbers = stem.dropFirst(3).split(separator: "_").map { Int($0) }
      guard numbers.count == 2, let object = numbers[0], let angle = numbers[1] else {
        throw DataError(
          file: member.name, expected: "a name such as obj14__35.png", found: String(stem),
          remedy: "fetch the set again")
      }
      members.append((object, angle, member.name, try member.rest()))
    }
    members.sort { ($0.object, $0.angle) < ($1.object, $1.angle) }
    let chosen = Array(members.prefix(limit ?? .max))
    let pictures = try Parallel.map(chosen.count) { index in
      Result { try Picture.png(chosen[index].bytes, path: chosen[index].name) }
    }.map { try $0.get() }
    if let wrong = pictures.first(where: { $0.exampleShape != exampleShape }) {
      throw wrongShape(wrong.exampleShape, file: path)
    }
    let objects = Set(members.map(\.object)).sorted()
    let number = Dictionary(uniqueKeysWithValues: zip(objects, 0...))
    return Dataset(
      name: name, exampleShape: exampleShape, values: .bytes(pictures.flatMap(\.bytes)),
      labels: chosen.map { number[$0.object]! },
      factors: .turntable(chosen.map { (Float($0.object), Float($0.angle)) }), labelNames: objects.map { "obj\($0)" })
  }
}

extension Dataset.Factors {
  /// Objects and the angles of the table they stand on, in degrees.
  static func turntable(_ views: [(object: Float, azimuth: Float)]) -> Dataset.Factors {
    .init(
      names: ["object", "azimuth"], values: views.flatMap { [$0.object, $0.azimuth] }, identity: ["object"],
      periods: ["azimuth": 360])
  }
}
