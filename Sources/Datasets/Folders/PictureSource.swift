import Files
import Foundation
import Pictures

/// Where many pictures come from, one after the other.
protocol PictureSource {
  /// The state of the files; what a cache of the pictures depends on.
  var stamps: [ByteCache.Stamp] { get }
  /// How many there are; nil where that shows only at the end.
  var total: Int? { get }
  /// The part that has been handed out, 0 to 1.
  var fraction: Double { get }
  /// The next few, at most `count`; none at the end.
  mutating func next(_ count: Int) throws -> [PictureItem]
}

/// A picture's file: its name, and how its bytes are had, which may be done on any thread.
struct PictureItem: @unchecked Sendable {
  var name: String
  var bytes: () throws -> [UInt8]
}

/// Pictures that are files below a folder.
struct FolderSource: PictureSource {
  let path: String
  let stamps: [ByteCache.Stamp]
  private var done = 0

  init(path: String, folder: PictureFolder) { (self.path, stamps) = (path, folder.files) }

  var total: Int? { stamps.count }
  var fraction: Double { Double(done) / Double(max(1, stamps.count)) }

  mutating func next(_ count: Int) -> [PictureItem] {
    let part = stamps.dropFirst(done).prefix(count)
    done += part.count
    return part.map { [path] stamp in
      PictureItem(name: stamp.path) { try ReadableFile(path: "\(path)/\(stamp.path)").rest() }
    }
  }
}

/// Pictures in a zip or tar.
struct ArchiveSource: PictureSource {
  let stamps: [ByteCache.Stamp]
  private let archive: ArchiveReader

  init(path: String) throws {
    stamps = [ByteCache.Stamp(path, as: "")].compactMap { $0 }
    archive = try ArchiveReader(path: path)
  }

  var total: Int? { nil }
  var fraction: Double { archive.fraction }

  mutating func next(_ count: Int) throws -> [PictureItem] {
    var items: [PictureItem] = []
    while items.count < count, let member = try archive.next() {
      guard Picture.isPicture(name: member.member) else { continue }
      // What one member hides is said of that one; an archive that is cut short shows at the next.
      let bytes = Result { try member.rest() }
      items.append(PictureItem(name: member.member) { try bytes.get() })
    }
    return items
  }

  /// Whether a name is one of a zip or tar.
  static func isArchive(name: String) -> Bool {
    [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".zip"].contains { name.lowercased().hasSuffix($0) }
  }
}
