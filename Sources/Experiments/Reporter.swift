/// What a person is told while something is done: what the library decided or found, and how far a task is.
///
/// All of it may be called from several threads at once. By default nothing happens.
public protocol Reporter: Sendable {
  /// Something that a person should know.
  func note(_ line: String)
  /// Something that is likely a mistake.
  func warn(_ line: String)
  /// How far a task is; called often.
  func progress(_ progress: TaskProgress)
  /// The task is done, or something else is about to be said.
  func endProgress()
}

extension Reporter {
  /// Nothing.
  public func note(_ line: String) {}
  /// Nothing.
  public func warn(_ line: String) {}
  /// Nothing.
  public func progress(_ progress: TaskProgress) {}
  /// Nothing.
  public func endProgress() {}
}

/// Says nothing.
public struct SilentReporter: Reporter {
  /// A reporter that says nothing.
  public init() {}
}

/// How far a task is.
public struct TaskProgress: Sendable, Equatable {
  /// What is done.
  public var name: String
  /// Parts that are done; nil where that is not counted.
  public var done: Int?
  /// Parts in all.
  public var total: Int
  /// What a part is: examples, steps.
  public var unit: String

  /// A task so far.
  public init(_ name: String, done: Int? = nil, of total: Int = 0, unit: String = "") {
    (self.name, self.done, self.total, self.unit) = (name, done, total, unit)
  }
}

/// A task of so many parts whose progress is reported.
struct ReportedTask: Sendable {
  let reporter: any Reporter
  let total: Int
  let unit: String

  init(_ reporter: any Reporter, total: Int, unit: String) {
    (self.reporter, self.total, self.unit) = (reporter, total, unit)
  }

  /// Says how many parts are done.
  func show(_ done: Int, prefix: String) {
    reporter.progress(TaskProgress(prefix, done: done, of: total, unit: unit))
  }
}
