import Foundation

/// What may hold many pictures.
package enum PictureContainer: String {
  /// A folder, with all below it.
  case folder
  /// A zip or tar.
  case archive

  /// What is at `path`; nil where it is nothing or one file, an archive of arrays among them.
  package init?(at path: String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    if isFolder.boolValue {
      self = .folder
    } else if ArchiveSource.isArchive(name: path) {
      self = .archive
    } else {
      return nil
    }
  }
}
