import Foundation
import Testing

/// The built `vae` as a person runs it: a process with arguments, two streams and a status.
struct VAEProgram {
  struct Result {
    /// The exit status; nil if a signal ended the process.
    var status: Int32?
    var output: String
    var errors: String
    /// The most memory it held at once, in bytes, as far as it was looked at.
    var peakMemory: Int

    /// Standard error by lines, without what is only said on the way.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

    /// Standard output as JSON.
    func json() throws -> [String: Any] {
      try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  /// Where the build put the program: beside the tests, whichever build system placed them.
  static let path: String? = {
    var places = [CommandLine.arguments[0], "/proc/self/exe"].map {
      URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
    }
    places.append(Bundle.main.bundleURL)
    for place in places {
      var folder = place
      for _ in 0..<4 {
        let candidate = folder.appendingPathComponent("vae").path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
          return candidate
        }
        folder.deleteLastPathComponent()
      }
    }
    return nil
  }()

  /// The one line in which `vae` says why it can't: it ends with a status that is not 0, and there is no trace of a stack.
  static func complaint(
    _ arguments: [String], environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try run(arguments, environment: environment)
    let status = try #require(
      result.status, "vae \(arguments) ended by a signal: \(result.errors)", sourceLocation: sourceLocation)
    #expect(status != 0, "vae \(arguments) succeeded", sourceLocation: sourceLocation)
    let lines = result.errorLines.filter { $0.hasPrefix("Error:") }
    // ArgumentParser adds how to use it; a set of which only a part is there says so.
    #expect(lines.count == 1 && result.errorLines.count <= 5, "\(result.errors)", sourceLocation: sourceLocation)
    return lines.first ?? ""
  }

  /// Runs `vae` to its end. `onStart` is called while it runs, with its process and its standard output's path.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], onStart: (pid_t, String) -> Void = { _, _ in }
  ) throws -> Result {
    let program = try #require(path, "no vae beside the tests: build the whole package")
    let folder = FileManager.default.temporaryDirectory.path
    let (out, err) = ("\(folder)/vae-\(UUID().uuidString).out", "\(folder)/vae-\(UUID().uuidString).err")
    defer {
      unlink(out)
      unlink(err)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // The threads that run tests block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let values = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var variables = values.map { strdup("\($0.key)=\($0.value)") } + [nil]
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { (variables + words).forEach { free($0) } }
    var process = pid_t()
    try #require(posix_spawn(&process, program, &actions, &attributes, &words, &variables) == 0)

    onStart(process, out)
    var (status, peak): (Int32, Int) = (0, 0)
    while true {
      // Not rusage: there, a child begins with its parent's peak.
      peak = max(peak, memoryPeak(of: process))
      if waitpid(process, &status, WNOHANG) == process { break }
      usleep(5000)
    }
    let signal = status & 0x7f
    return Result(
      status: signal == 0 ? (status >> 8) & 0xff : nil,
      output: (try? String(contentsOfFile: out, encoding: .utf8)) ?? "",
      errors: (try? String(contentsOfFile: err, encoding: .utf8)) ?? "", peakMemory: peak)
  }

  /// Runs `vae` and requires success.
  @discardableResult
  static func succeed(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Result {
    let result = try run(arguments)
    try #require(result.status == 0, "vae \(arguments): \(result.errors)", sourceLocation: sourceLocation)
    return result
  }

  private static func memoryPeak(of process: pid_t) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kilobytes * 1024
  }
}

/// A path as Foundation wants it.
func file(_ path: String) -> URL { URL(fileURLWithPath: path) }

/// A file's bytes.
func contents(_ path: String) throws -> Data { try Data(contentsOf: file(path)) }

/// A folder for a test's files, gone when the body returns.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("vae-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// A small run that tests of other commands look at and leave as it is.
enum SharedRun {
  private static let made: Result<String, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vae-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    removeAtExit(folder)
    try VAEProgram.succeed(
      [
        "train", "digits", "--limit", "600", "--epochs", "3", "--hidden", "48", "--latent", "2", "--batch-size", "40",
        "--learning-rate", "0.005", "--out", folder + "/run",
      ])
    return folder + "/run"
  }

  /// Its folder.
  static func path() throws -> String { try made.get() }

  /// A copy that a test may damage.
  static func copy(to folder: String) throws -> String {
    try FileManager.default.copyItem(atPath: path(), toPath: folder + "/run")
    return folder + "/run"
  }
}

nonisolated(unsafe) private var leftovers: [String] = []

/// Removes a folder when the tests are over.
private func removeAtExit(_ path: String) {
  leftovers.append(path)
  atexit { leftovers.forEach { try? FileManager.default.removeItem(atPath: $0) } }
}
