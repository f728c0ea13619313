import Autoencoders
import Datasets
import Foundation
import Pictures

/// Picture files that are named, or lie in named folders.
package struct PictureFiles {
  package let paths: [String]
  /// Whether one file was named, and not a folder.
  package let isSingle: Bool

  private static let endings = ["png", "jpg", "jpeg", "pgm"]

  /// Throws where there is nothing of a name, or no picture in a folder.
  package init(_ names: [String]) throws {
    let files = FileManager.default
    var (paths, hasFolder) = ([String](), false)
    for name in names {
      var isFolder: ObjCBool = false
      guard files.fileExists(atPath: name, isDirectory: &isFolder) else {
        throw ExperimentError("\(name): no such file or folder")
      }
      guard isFolder.boolValue else {
        paths.append(name)
        continue
      }
      hasFolder = true
      let found = try files.contentsOfDirectory(atPath: name).filter {
        !$0.hasPrefix(".") && Self.endings.contains(($0 as NSString).pathExtension.lowercased())
      }.sorted()
      guard !found.isEmpty else { throw ExperimentError("\(name): no pictures in it (png, jpg, jpeg, pgm)") }
      paths += found.map { "\(name)/\($0)" }
    }
    (self.paths, isSingle) = (paths, paths.count == 1 && !hasFolder)
  }

  /// The name without folder and ending.
  package static func stem(_ path: String) -> String {
    ((path as NSString).lastPathComponent as NSString).deletingPathExtension
  }

  /// The true mask of a picture, in its size. Throws unless there is one of its name.
  package static func mask(of path: String, in folder: String, _ picture: Picture) throws -> Picture {
    let name = stem(path)
    guard let found = endings.map({ "\(folder)/\(name).\($0)" }).first(where: FileManager.default.fileExists) else {
      throw SettingError("truth", "\(folder): no mask of the name \(name), for \(path)")
    }
    return try Picture(reading: found).grey.resized(toWidth: picture.width, height: picture.height)
  }
}

/// Where masks go.
package struct MaskFiles {
  /// Without ending.
  package let paths: [String]
  package let isFolder: Bool
  package let folder: String

  /// A file for a single picture where `out` ends in .png, else a folder, which is made.
  package init(_ out: String, _ files: PictureFiles, isFolder: Bool = false) throws {
    let isPNG = out.lowercased().hasSuffix(".png")
    guard files.isSingle && !isFolder && isPNG else {
      guard !isPNG else { throw SettingError("out", "\(out): a folder is needed for the masks of several pictures") }
      let stems = files.paths.map(PictureFiles.stem)
      if let twice = stems.first(where: { stem in stems.count { $0 == stem } > 1 }) {
        throw ExperimentError("two pictures have the name \(twice); their masks would be one file")
      }
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      (paths, self.isFolder, folder) = (stems.map { "\(out)/\($0)" }, true, out)
      return
    }
    (paths, self.isFolder, folder) = ([String(out.dropLast(4))], false, "")
  }
}
