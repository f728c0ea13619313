import Foundation
import Pictures

/// The pictures below a folder, in the order of their names, folder by folder. Links are followed, but each folder is gone
/// through once, so that a loop of links ends. What is hidden is passed over.
struct PictureFolder {
  /// The files that should be pictures, by their path below the folder.
  private(set) var files: [ByteCache.Stamp] = []
  /// Folders that can't be looked into.
  private(set) var problems: [ByteCache.Problem] = []

  private struct Identity: Hashable {
    var device: UInt64
    var number: UInt64
  }

  init(path: String) {
    var seen = Set<Identity>()
    visit(path, below: "", &seen)
  }

  private mutating func visit(_ folder: String, below prefix: String, _ seen: inout Set<Identity>) {
    var status = stat()
    guard stat(folder, &status) == 0,
      seen.insert(Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))).inserted
    else { return }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      let name = prefix.isEmpty ? "." : String(prefix.dropLast())
      return problems.append(.init(path: name, reason: "a folder that cannot be looked into"))
    }
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      let isThere = stat(path, &status) == 0
      if isThere, status.st_mode & S_IFMT == S_IFDIR {
        visit(path, below: "\(prefix)\(name)/", &seen)
      } else if Picture.isPicture(name: name) {
        files.append(
          ByteCache.Stamp(path, as: prefix + name) ?? ByteCache.Stamp(path: prefix + name, size: -1, modified: 0))
      }
    }
  }
}

extension [String] {
  /// The class of each path: the folder it lies in, below what all have in common. Nil where some lie in none, or all in the
  /// same. Classes are numbered in the order of their names.
  func folderLabels() -> (labels: [Int], names: [String])? {
    var parts = map { $0.split(separator: "/").map(String.init) }
    while let first = parts.first?.first, parts.allSatisfy({ $0.count > 1 && $0[0] == first }) {
      parts = parts.map { Array<String>($0.dropFirst()) }
    }
    guard !parts.isEmpty, parts.allSatisfy({ $0.count > 1 }) else { return nil }
    let names = Set(parts.map { $0[0] }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let number = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    return (parts.map { number[$0[0]]! }, names)
  }
}
