import Datasets
import Digests
import Files
import Foundation
import Pictures
import Tensors

/// Photographs and what is seen on them, pixel by pixel. The examples are the masks; `NAME:photos` are the photographs,
/// in the same parts and order.
extension Catalog {
  static let horses = CatalogEntry(
    name: "weizmann-horses", title: "Weizmann horses, masks; weizmann-horses:photos are the photographs",
    exampleShape: [64, 64], counts: .init(train: 264, test: 64), hasLabels: false,
    terms: "research; published without a stated licence",
    citation: """
      E. Borenstein, S. Ullman, "Class-specific, top-down segmentation", ECCV 2002; E. Borenstein, E. Sharon, S. Ullman, \
      "Combining top-down and bottom-up segmentation", CVPR workshop 2004
      """,
    files: ["rgb", "figure_ground"].flatMap { folder in
      (1...328).map { "\(folder)/horse\(String(1000 + $0).dropFirst()).jpg" }
    },
    sources: [
      .archive("https://www.msri.org/people/members/eranb/weizmann_horse_db.tar.gz", folder: "weizmann_horse_db/")
    ],
    layout: .masks(photographs: "rgb", masks: "figure_ground"),
    check: .folders([
      "rgb": "4d72c004e7b0e7523e3ca51f73cae72cb6f9de753b9bc791678959c9df405c2e",
      "figure_ground": "65630c5cca1ba27d64a861adb01180812dc04974c3efcfd651671a0eec20cd1f",
    ]))

  static let membranes = CatalogEntry(
    name: "isbi2012-em", title: "ISBI 2012 membranes, tiles; isbi2012-em:photos are the micrographs",
    exampleShape: [64, 64], counts: .init(train: 320, validation: 64, test: 96), hasLabels: false,
    terms: "research; citation asked for",
    citation: """
      A. Cardona et al., "An integrated micro- and macroarchitectural analysis of the Drosophila brain by \
      computer-assisted serial section electron microscopy", PLoS Biology 8(10), 2010; I. Arganda-Carreras et al., \
      "Crowdsourcing the creation of image segmentation algorithms for connectomics", Frontiers in Neuroanatomy 9:142, 2015
      """,
    files: ["image", "label"].flatMap { folder in (0..<30).map { "\(folder)/\($0).png" } }, sources: [],
    byHand: """
      get train-volume.tif and train-labels.tif from https://imagej.net/events/isbi-2012-segmentation-challenge, save \
      their sections as image/0.png to 29.png and label/0.png to 29.png in DIR/isbi2012-em, and give --data-dir DIR
      """,
    layout: .sections(photographs: "image", masks: "label"),
    check: .folders([
      "image": "c9e52d554473ad3e0a9c1996561b152886d36cc243d1699ca463498be9930844",
      "label": "b073864d97b94fe4b3c636f69d5aa05f4a41ef887c0a747e6015c462903346a0",
    ]))
}

extension CatalogEntry {
  /// What the photographs of a set of masks are called: `NAME:photos`.
  public static let photographs = "photos"

  /// Whether its examples are masks of photographs.
  public var holdsMasks: Bool {
    switch layout {
    case .masks, .sections: true
    default: false
    }
  }

  /// The side of the square of a photograph that is an example, in its pixels, where that is not all of it.
  public var tileSide: Int? { if case .sections = layout { Self.tile } else { nil } }

  private static let tile = 128

  /// Masks, or their photographs, in the size that is asked for or the entry's.
  func masks(_ folder: String, photographs: Bool, _ pictures: PictureOptions, _ context: ReadingContext) throws
    -> DatasetSplits
  {
    var options = pictures
    options.size = options.size ?? .init(height: exampleShape[0], width: exampleShape[1])
    switch layout {
    case .masks(let photos, let masks):
      if !photographs { options.channels = 1 }
      let set = try PictureSet(path: "\(folder)/\(photographs ? photos : masks)", options: options, context: context)
        .read()
      let test = counts.test ?? 0
      guard set.count == counts.train + test else {
        throw DataError(
          file: folder, expected: "\(counts.train + test) pictures", found: "\(set.count) that can be read",
          remedy: "fetch the set again")
      }
      // The last ones: some neighbours are one photograph twice.
      return DatasetSplits(train: set.part(0..<counts.train), test: set.part(counts.train..<set.count))
    case .sections(let photos, let labels): return try sections(folder, photographs ? photos : labels, options)
    default: fatalError("\(name) holds no masks")
    }
  }

  /// Square tiles of sections. Neighbouring sections are alike, so parts are whole sections: the first to train on, those
  /// behind them to validate, the last to test, away from the first.
  private func sections(_ folder: String, _ kind: String, _ options: PictureOptions) throws -> DatasetSplits {
    let count = files.count / 2
    let tiles = try Parallel.map(count) { section in
      Result { () throws -> [Picture] in
        let path = "\(folder)/\(kind)/\(section).png"
        let picture = try Picture(reading: path)
        guard [picture.width, picture.height, picture.channels] == [512, 512, 1] else {
          throw wrongShape([picture.height, picture.width, picture.channels], file: path)
        }
        let corners = Array(stride(from: 0, to: 512, by: Self.tile))
        return corners.flatMap { y in
          corners.map { x in options.apply(to: picture.cropped((x, y, Self.tile, Self.tile))) }
        }
      }
    }.map { try $0.get() }
    // Published labels are white where a cell is; what is looked for are the membranes between.
    let isLabel = kind == "label"
    func part(_ sections: Range<Int>) -> Dataset {
      let bytes = tiles[sections].joined().flatMap(\.bytes)
      return Dataset(
        name: name, exampleShape: tiles[0][0].exampleShape, values: .bytes(isLabel ? bytes.map { 255 - $0 } : bytes))
    }
    return DatasetSplits(train: part(0..<20), validation: part(20..<24), test: part(24..<count))
  }

  /// Checks folders by the digest of the lines "digest  set/file" of their files in order, as `sha256sum` prints them.
  func verifyFolders(_ digests: [String: String], in folder: String) throws {
    let under = name.replacing("-", with: "_")
    for (part, expected) in digests {
      let names = files.filter { $0.hasPrefix("\(part)/") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let lines = try Parallel.map(names.count) { index in
        Result {
          let digest = try FileStream(path: "\(folder)/\(names[index])").digest(.sha256)
          return "\(digest)  \(under)/\(names[index])\n"
        }
      }.map { try $0.get() }
      let found = Digest.sha256(of: lines.joined().utf8).hexadecimal
      if found != expected { throw mismatch("\(folder)/\(part)", expected: expected, found: found) }
    }
  }
}

extension Dataset {
  /// Some of a set's pictures, held in memory.
  fileprivate func part(_ range: Range<Int>) -> Dataset {
    let places = range.lowerBound * exampleSize..<range.upperBound * exampleSize
    return Dataset(name: name, exampleShape: exampleShape, values: .bytes(values.withBytes { Array($0[places]) } ?? []))
  }
}
