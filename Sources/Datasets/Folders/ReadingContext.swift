/// What readers of many files need beside the files: where made things are kept, and whom to tell.
struct ReadingContext: Sendable {
  var cacheDirectory: String
  /// Called as reading goes on.
  var report: @Sendable (ReadingProgress) -> Void = { _ in }
  /// Called with a line that a person should see.
  var notice: @Sendable (String) -> Void = { _ in }

  /// Bytes that were made of files.
  var cache: ByteCache { ByteCache(folder: "\(cacheDirectory)/made") }

  /// Tells what could not be read: the first ten, and how many more.
  func note(_ problems: [ByteCache.Problem], of path: String) {
    for problem in problems.prefix(10) { notice("left out \(path)/\(problem.path): \(problem.reason)") }
    if problems.count > 10 { notice("left out \(problems.count - 10) more of \(path), \(problems.count) in all") }
  }
}
