import Files
import Foundation
import TestSupport
import Testing

struct AtomicFileTests {
  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func writesTheWholeFile() throws {
    try withTemporaryFolder { place in
      let bytes = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      try AtomicFile.write(bytes, to: "\(place)/data")
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(place)/data")) == bytes)
      try AtomicFile.write("naïve", to: "\(place)/text")
      #expect(try String(contentsOfFile: "\(place)/text", encoding: .utf8) == "naïve")
      #expect(try names(in: place) == ["data", "text"])
    }
  }

  @Test func replacesTheWholeFile() throws {
    try withTemporaryFolder { place in
      try AtomicFile.write("a long first version", to: "\(place)/file")
      try AtomicFile.write("short", to: "\(place)/file")
      #expect(try String(contentsOfFile: "\(place)/file", encoding: .utf8) == "short")
      #expect(try names(in: place) == ["file"])
    }
  }

  /// Until the body returns, readers see the old file.
  @Test func oldFileStaysUntilTheNewIsWhole() throws {
    try withTemporaryFolder { place in
      try AtomicFile.write("old", to: "\(place)/file")
      try AtomicFile.write(to: "\(place)/file") { handle in
        try handle.write(contentsOf: Data("new".utf8))
        #expect(try String(contentsOfFile: "\(place)/file", encoding: .utf8) == "old")
        #expect(try names(in: place).count == 2)
      }
      #expect(try String(contentsOfFile: "\(place)/file", encoding: .utf8) == "new")
    }
  }

  @Test func failureLeavesNothingBehind() throws {
    struct Trouble: Error {}
    try withTemporaryFolder { place in
      try AtomicFile.write("old", to: "\(place)/file")
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write(to: "\(place)/file") { handle in
          try handle.write(contentsOf: Data("half".utf8))
          throw Trouble()
        }
      }
      #expect(error?.path == "\(place)/file")
      #expect(error?.problem.contains("Trouble") == true)
      #expect(try String(contentsOfFile: "\(place)/file", encoding: .utf8) == "old")
      #expect(try names(in: place) == ["file"])
    }
  }

  @Test func fileErrorsPassUnchanged() throws {
    try withTemporaryFolder { place in
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write(to: "\(place)/file") { _ in throw FileError(path: "elsewhere", problem: "full") }
      }
      #expect(error?.description == "elsewhere: full")
      let left = try names(in: place)
      #expect(left == [])
    }
  }

  @Test func namesWhatCannotBeWritten() throws {
    try withTemporaryFolder { place in
      let missing = #expect(throws: FileError.self) { try AtomicFile.write("x", to: "\(place)/no/such/folder") }
      #expect(missing?.description == "\(place)/no/such/folder: cannot write: No such file or directory")
      // A folder that is not empty cannot be replaced by a file.
      try Folder.make("\(place)/folder/inside")
      let folder = #expect(throws: FileError.self) { try AtomicFile.write("x", to: "\(place)/folder") }
      #expect(folder?.path == "\(place)/folder")
      #expect(try names(in: place) == ["folder"])
    }
  }

  @Test func makesFoldersAndThoseAbove() throws {
    try withTemporaryFolder { place in
      try Folder.make("\(place)/a/b/c")
      try Folder.make("\(place)/a/b/c")
      #expect(try names(in: "\(place)/a/b") == ["c"])
      try AtomicFile.write("x", to: "\(place)/file")
      #expect(throws: FileError.self) { try Folder.make("\(place)/file/below") }
    }
  }
}
