import Autoencoders
import Files
import Foundation
import Networks
import Tensors

/// A folder with all there is to a training run.
///
/// `config.json`, `checkpoint-*.safetensors`, `last` and `best` (each holds the name of a checkpoint) and
/// `metrics.jsonl`.
public struct Run: Sendable {
  /// The folder.
  public let path: String
  /// What `config.json` says.
  public let configuration: RunConfiguration

  /// Which checkpoint of a run.
  public enum Choice: String, CaseIterable, Sendable {
    /// The best on validation data, or the last where there was none.
    case best
    /// The last.
    case last
  }

  /// Makes a new run's folder. Throws `FileError` if it already holds a run, `SettingError` if
  /// the configuration could not be read back.
  public init(creating path: String, _ configuration: RunConfiguration) throws {
    if FileManager.default.fileExists(atPath: path + "/config.json") {
      throw FileError(
        path: path, problem: "holds a run already; continue it with --resume, or choose another --out")
    }
    let json = try configuration.json()
    try Folder.make(path)
    try AtomicFile.write(json, to: path + "/config.json")
    self.path = path
    self.configuration = configuration
  }

  /// Takes back what was made of a run that failed before its first checkpoint: nothing could go on from there.
  public func discardIfUnsaved() {
    let files = FileManager.default
    guard !files.fileExists(atPath: path + "/last"), !files.fileExists(atPath: featuresPath + "/last") else { return }
    for file in ["config.json", "metrics.jsonl"] { try? files.removeItem(atPath: "\(path)/\(file)") }
    if let rest = try? files.contentsOfDirectory(atPath: path), rest.isEmpty { try? files.removeItem(atPath: path) }
  }

  /// Opens a run. Throws `FileError`.
  public init(opening path: String) throws {
    let file = path + "/config.json"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw FileError(path: file, problem: "not found; is \(path) a folder that `vae train --out` made?")
    }
    self.path = path
    configuration = try RunConfiguration(json: data, path: file)
  }

  // MARK: Checkpoints

  /// The path of a checkpoint. Throws `FileError` if there is none yet.
  public func checkpointPath(_ choice: Choice) throws -> String {
    for name in choice == .best ? ["best", "last"] : ["last"] {
      if let data = FileManager.default.contents(atPath: "\(path)/\(name)"),
        let file = String(data: data, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines)
      {
        return "\(path)/\(file)"
      }
    }
    throw FileError(path: path, problem: "has no checkpoint yet; it was stopped before the first was saved")
  }

  /// Saves a checkpoint, points `last` (and `best`) at it, and removes those that nothing points at any more.
  public func save(_ checkpoint: Safetensors, step: Int, isBest: Bool) throws {
    let name = "checkpoint-\(String(repeating: "0", count: max(0, 8 - "\(step)".count)))\(step).safetensors"
    try checkpoint.write(to: "\(path)/\(name)")
    try AtomicFile.write(name + "\n", to: path + "/last")
    if isBest { try AtomicFile.write(name + "\n", to: path + "/best") }
    let kept = try Set(Choice.allCases.map { URL(fileURLWithPath: try checkpointPath($0)).lastPathComponent })
    for file in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where file.hasPrefix("checkpoint-") && !kept.contains(file) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(file)")
    }
  }

  /// Steps that the last checkpoint has seen. Throws `FileError` if there is none.
  public func savedStep() throws -> Int {
    Int(try Safetensors(contentsOf: checkpointPath(.last)).metadata["step"] ?? "") ?? 0
  }

  /// The trained model.
  public func model(_ choice: Choice = .best) throws -> any LatentVariableModel {
    func load<Model: LatentVariableModel>(_ model: Model) throws -> any LatentVariableModel {
      let file = try checkpointPath(choice)
      return try model.loadingWeights(Safetensors(contentsOf: file), path: file)
    }
    return try load(untrainedModel())
  }

  /// The model as its training begins. That of another's latents needs the run of the other, inside this one.
  public func untrainedModel() throws -> any LatentVariableModel {
    let stream = RandomStream(seed: configuration.training.seed)["model"]
    let (specification, form) = (configuration.model.base, configuration.examples)
    guard let staged = specification as? any StagedSpecification else {
      return specification.makeModel(for: form, stream)
    }
    do { return try staged.makeModel(on: Run(opening: featuresPath).model(), for: form, stream) } catch let error
      as SettingError
    {
      throw FileError(path: featuresPath, problem: error.problem)
    }
  }

  /// Where the run lies whose latents this one's model is of.
  public var featuresPath: String { path + "/m1" }

  // MARK: Metrics

  /// Adds a line to `metrics.jsonl`.
  public func append(_ metrics: EpochMetrics) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = try encoder.encode(metrics) + Data("\n".utf8)
    let file = path + "/metrics.jsonl"
    if !FileManager.default.fileExists(atPath: file) { try AtomicFile.write(Data(), to: file) }
    guard let handle = FileHandle(forWritingAtPath: file) else {
      throw FileError(path: file, problem: "cannot write")
    }
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: line)
  }

  /// The lines of `metrics.jsonl`; one that was cut short is left out.
  public func metrics() -> [EpochMetrics] {
    let data = FileManager.default.contents(atPath: path + "/metrics.jsonl") ?? Data()
    return data.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(EpochMetrics.self, from: $0)
    }
  }

  /// Drops lines of steps that a resumed run will take again, and one that was cut short.
  public func rewindMetrics(toStep step: Int) throws {
    let kept = metrics().filter { $0.step <= step }
    guard let data = FileManager.default.contents(atPath: path + "/metrics.jsonl") else { return }
    let newline = UInt8(ascii: "\n")
    guard kept.count < data.split(separator: newline).count || data.last ?? newline != newline else { return }
    try AtomicFile.write(Data(), to: path + "/metrics.jsonl")
    for line in kept { try append(line) }
  }
}
