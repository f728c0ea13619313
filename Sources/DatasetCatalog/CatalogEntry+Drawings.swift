import Datasets
import Files
import Pictures

extension CatalogEntry {
  /// OMNIGLOT's characters, each once however many zips hold it, ink on black, reduced to the entry's shape. The last four
  /// of the twenty who drew each character are the test part; the publisher states none. Labels number the characters.
  func drawings(_ folder: String, limit: Int?) throws -> DatasetSplits {
    var drawings: [(character: String, drawer: Int, picture: Picture)] = []
    var seen = Set<String>()
    for index in files.indices {
      let archive = try ArchiveReader(path: try file(index, in: folder))
      while let member = try archive.next() {
        let parts = member.member.split(separator: "/").map(String.init)
        guard parts.count == 4, parts[3].hasSuffix(".png") else { continue }
        guard let drawer = Int(parts[3].dropLast(4).suffix(2)) else {
          throw DataError(
            file: member.name, expected: "a name such as 0108_01.png", found: parts[3], remedy: "fetch the set again")
        }
        let character = "\(parts[1])/\(parts[2])"
        guard seen.insert("\(character)/\(drawer)").inserted else { continue }
        let ink = try Picture.png(member.rest(), path: member.name).inverted
        guard ink.channels == 1, ink.width >= exampleShape[1], ink.height >= exampleShape[0] else {
          throw wrongShape([ink.height, ink.width, ink.channels], file: member.name)
        }
        drawings.append((character, drawer, ink.reduced(toWidth: exampleShape[1], height: exampleShape[0])))
      }
    }
    drawings.sort { ($0.character, $0.drawer) < ($1.character, $1.drawer) }
    let characters = Set(drawings.map(\.character)).sorted()
    let number = Dictionary(uniqueKeysWithValues: zip(characters, 0...))
    func part(_ isWanted: (Int) -> Bool) -> Dataset {
      let chosen = drawings.filter { isWanted($0.drawer) }.prefix(limit ?? .max)
      return Dataset(
        name: name, exampleShape: exampleShape, values: .bytes(chosen.flatMap(\.picture.bytes)),
        labels: chosen.map { number[$0.character]! })
    }
    return DatasetSplits(train: part { $0 <= 16 }, test: part { $0 > 16 })
  }
}

extension Picture {
  /// White for black and black for white.
  fileprivate var inverted: Picture {
    Picture(width: width, height: height, channels: channels, bytes: bytes.map { 255 - $0 })
  }
}
