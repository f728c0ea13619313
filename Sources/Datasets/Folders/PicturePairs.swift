import Files
import Pictures
import Tensors

/// Photographs and masks, or other pictures, of which each belongs to one of the same name.
public enum PicturePairs {
  private struct Found {
    var file: String
    var stem: String
    var width: Int
    var height: Int
    var brightest: UInt8
  }

  /// Throws `DataError` naming the first picture that cannot be read, has no other of its name, or another shape than that;
  /// with `masks`, also where nothing is white in any of `others`. Looks at every picture, so it takes a while.
  ///
  /// Sizes may differ, but for a hundredth the sides' ratio may not: what belongs together is brought to one size later.
  public static func check(_ pictures: String, _ others: String, masks: Bool) throws {
    let (first, second) = (try list(pictures), try list(others))
    let (firstNames, secondNames) = (Set(first.map(\.stem)), Set(second.map(\.stem)))
    for (list, names, path, other) in [(first, secondNames, pictures, others), (second, firstNames, others, pictures)] {
      if let alone = list.first(where: { !names.contains($0.stem) }) {
        throw DataError(
          file: "\(path)/\(alone.file)", expected: "a picture of the same name in \(other)", found: "none",
          remedy: "add \(alone.stem).png there, or take this one away")
      }
      for (one, next) in zip(list, list.dropFirst()) where one.stem == next.stem {
        throw DataError(
          file: "\(path)/\(next.file)", expected: "one picture of that name", found: "\(one.file) too",
          remedy: "remove one of them")
      }
    }
    for (one, other) in zip(first, second) {
      guard one.stem == other.stem else {
        throw DataError(
          file: "\(others)/\(other.file)", expected: "the same order as in \(pictures), where \(one.file) comes here",
          found: "another", remedy: "give all files of a folder the same ending")
      }
      let (a, b) = (Double(one.width * other.height), Double(one.height * other.width))
      guard abs(a - b) <= 0.01 * max(a, b) else {
        throw DataError(
          file: "\(others)/\(other.file)", expected: "the shape of \(one.file), \(one.width) x \(one.height)",
          found: "\(other.width) x \(other.height)", remedy: "cut both to the same part")
      }
    }
    if masks, let one = second.first, second.map(\.brightest).max()! < 128 {
      throw DataError(
        file: "\(others)/\(one.file)", expected: "white (128 to 255) where the object is",
        found: "nothing above \(second.map(\.brightest).max()!) in this or any other mask",
        remedy: "make masks of 0 and 255")
    }
  }

  private static func list(_ path: String) throws -> [Found] {
    guard PictureContainer(at: path) != nil else {
      throw DataError(
        file: path, expected: "a folder, zip or tar of pictures", found: "none", remedy: "check the path")
    }
    if ArchiveSource.isArchive(name: path) { return try list(ArchiveSource(path: path), path) }
    return try list(FolderSource(path: path, folder: PictureFolder(path: path)), path)
  }

  private static func list(_ source: some PictureSource, _ path: String) throws -> [Found] {
    var (source, found) = (source, [Found]())
    while case let items = try source.next(64), !items.isEmpty {
      found += try Parallel.map(items.count) { index in
        let item = items[index]
        return Result {
          let picture = try Picture.decode(item.bytes(), path: "\(path)/\(item.name)")
          return Found(
            file: item.name, stem: String(item.name.prefix(upTo: item.name.lastIndex(of: ".") ?? item.name.endIndex)),
            width: picture.width, height: picture.height, brightest: picture.grey.bytes.max() ?? 0)
        }
      }.map { try $0.get() }
    }
    return found
  }
}
