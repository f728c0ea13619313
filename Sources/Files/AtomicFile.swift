import Foundation

/// A file that could not be read or written, and why.
public struct FileError: Error, CustomStringConvertible {
  /// The file's path.
  public let path: String
  /// What went wrong and, where there is one, the remedy.
  public let problem: String

  /// A problem with the file at `path`.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// `path: problem`.
  public var description: String { "\(path): \(problem)" }
}

/// Files that are either whole or not there: written beside their place, flushed to the disk, then renamed into it.
public enum AtomicFile {
  /// Writes `bytes` to `path`, replacing what was there. Throws ``FileError`` and leaves nothing behind on failure.
  public static func write(_ bytes: Data, to path: String) throws {
    try write(to: path) { handle in try handle.write(contentsOf: bytes) }
  }

  /// Writes text to `path`, as UTF-8.
  public static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  /// Lets `body` write to a temporary file, which takes the place of `path` once it is whole.
  public static func write(to path: String, _ body: (FileHandle) throws -> Void) throws {
    let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).\(UInt32.random(in: 0 ... .max)).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, problem: "cannot write: \(lastError())") }
    do {
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
      try body(handle)
      guard fsync(descriptor) == 0 else { throw FileError(path: path, problem: "cannot write: \(lastError())") }
      close(descriptor)
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error is FileError ? error : FileError(path: path, problem: "cannot write: \(error)")
    }
    guard rename(temporary, path) == 0 else {
      let problem = "cannot write: \(lastError())"
      unlink(temporary)
      throw FileError(path: path, problem: problem)
    }
    flushFolder(of: path)
  }

  /// Makes a rename last through a power cut. Best effort: some file systems refuse.
  private static func flushFolder(of path: String) {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let folder = open(parent, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}

/// Folders.
public enum Folder {
  /// Makes a folder and those above it. Throws ``FileError``.
  public static func make(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: path, problem: "cannot make this folder: \(String(cString: strerror(errno)))")
    }
  }
}
