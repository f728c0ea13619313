import Files
import Foundation
import Networks
import Tensors

/// A folder with all there is to a training run.
///
/// `config.json`, `checkpoint-*.safetensors`, `last` and `best` (each holds the name of a checkpoint) and
/// `metrics.jsonl`.
public struct Run {
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

  /// Makes a new run's folder. Throws `FileError` if it already holds a run.
  public init(creating path: String, _ configuration: RunConfiguration) throws {
    if FileManager.default.fileExists(atPath: path + "/config.json") {
      throw FileError(
        path: path, problem: "holds a run already; continue it with --resume, or choose another --out")
    }
    try Folder.make(path)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(try encoder.encode(configuration) + Data("\n".utf8), to: path + "/config.json")
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
    configuration = try Self.parse(data, path: file)
  }

  /// A configuration from its JSON. Throws `FileError` that names the key at fault.
  public static func parse(_ data: Data, path: String) throws -> RunConfiguration {
    struct Version: Codable { var version: Int }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      let version = try decoder.decode(Version.self, from: data).version
      guard version == RunConfiguration.currentVersion else {
        throw FileError(
          path: path, problem: "version \(version); this program reads version \(RunConfiguration.currentVersion)")
      }
      let configuration = try decoder.decode(RunConfiguration.self, from: data)
      if let problem = configuration.problem { throw FileError(path: path, problem: problem) }
      return configuration
    } catch let error as DecodingError {
      throw FileError(path: path, problem: error.inOneLine)
    }
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
    guard configuration.model.family == .m1m2 else { return configuration.model.makeModel(stream) }
    guard let model = configuration.model.makeModel(on: try Run(opening: featuresPath).model(), stream) else {
      throw FileError(path: featuresPath, problem: "its q(z|x) is no diagonal Gaussian under N(0, I)")
    }
    return model
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

/// One line of `metrics.jsonl`. Nats per example; absent where there is none.
public struct EpochMetrics: Codable, Sendable {
  /// From 1.
  public var epoch: Int
  /// Steps taken.
  public var step: Int
  /// Mean of what was minimised.
  public var loss: Double
  /// Mean log-likelihood on the training batches.
  public var logLikelihood: Double
  /// Mean divergence on the training batches.
  public var divergence: Double
  /// The bound on the validation examples.
  public var validationBound: Double?
  /// Its standard error.
  public var validationStandardError: Double?
  /// The part of the validation examples whose class is guessed wrong.
  public var validationError: Double?
  /// Latent units in use.
  public var activeUnits: Int?
  /// The step size.
  public var learningRate: Double
  /// Examples trained on per second.
  public var examplesPerSecond: Double
  /// Steps of the run that were not taken because their gradient was too long; absent if there were none.
  public var skippedSteps: Int?

  /// The metrics of an epoch.
  public init(_ report: EpochReport, validationError: Double? = nil) {
    self.validationError = validationError
    epoch = report.epoch
    step = report.step
    loss = report.training.loss
    logLikelihood = report.training.logLikelihood
    divergence = report.training.divergence
    validationBound = report.validation?.bound
    validationStandardError = report.validation?.standardError
    activeUnits = report.validation?.activeUnits
    learningRate = Double(report.rate)
    examplesPerSecond = Double(report.training.count) / max(report.seconds, 1e-9)
    skippedSteps = report.skippedSteps > 0 ? report.skippedSteps : nil
  }

  enum CodingKeys: String, CodingKey {
    case epoch, step
    case loss = "loss_nats"
    case logLikelihood = "log_likelihood_nats"
    case divergence = "kl_nats"
    case validationBound = "validation_bound_nats"
    case validationStandardError = "validation_standard_error"
    case validationError = "validation_error"
    case activeUnits = "active_units"
    case learningRate = "learning_rate"
    case examplesPerSecond = "examples_per_second"
    case skippedSteps = "skipped_steps"
  }
}

extension DecodingError {
  fileprivate var inOneLine: String {
    // The decoder speaks of properties, the file has snake case.
    func name(_ path: [any CodingKey]) -> String {
      path.map(\.stringValue).joined(separator: ".")
        .reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
    switch self {
    case .keyNotFound(let key, let context): return "key \(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      let place = name(context.codingPath)
      return place.isEmpty ? "not valid JSON" : "key \(place): \(context.debugDescription)"
    @unknown default: return "\(self)"
    }
  }
}
