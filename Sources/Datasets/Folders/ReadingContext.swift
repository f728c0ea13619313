/// What readers of many files need beside the files: where made things are kept, and whom to tell.
package struct ReadingContext: Sendable {
  package var cacheDirectory: String
  /// Called as reading goes on.
  package var report: @Sendable (ReadingProgress) -> Void
  /// Called with a line that a person should see.
  package var notice: @Sendable (String) -> Void

  /// Made things are kept below `cacheDirectory`.
  package init(
    cacheDirectory: String, report: @escaping @Sendable (ReadingProgress) -> Void = { _ in },
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.cacheDirectory, self.report, self.notice) = (cacheDirectory, report, notice)
  }

  /// Bytes that were made of files.
  var cache: ByteCache { ByteCache(folder: "\(cacheDirectory)/made") }

  /// Tells what could not be read: the first ten, and how many more.
  func note(_ problems: [ByteCache.Problem], of path: String) {
    for problem in problems.prefix(10) { notice("left out \(path)/\(problem.path): \(problem.reason)") }
    if problems.count > 10 { notice("left out \(problems.count - 10) more of \(path), \(problems.count) in all") }
  }
}
