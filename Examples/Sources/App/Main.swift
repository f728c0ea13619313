import Autoencoders
import DatasetCatalog
import Datasets
import Experiments
import Foundation
import Pictures
import Tensors

/// `app RUN FOLDER`: what an application does with the library and no Python. It trains on arrays of its own and tells broken
/// machines by log p(x); then it opens RUN, which `vae train digits` made, serves codes of digits, and draws new ones.
@main
enum Main {
  static func main() async throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 2 else {
      throw ExperimentError("usage: app RUN FOLDER, where RUN is a folder that vae train digits --out RUN made")
    }
    try FileManager.default.createDirectory(atPath: words[1], withIntermediateDirectories: true)
    try learnReadings(in: words[1])
    try await useDigits(Run(opening: words[0]), folder: words[1])
  }

  /// Own arrays, trained, judged and scored.
  private static func learnReadings(in folder: String) throws {
    let healthy = DatasetSplits(train: Readings.examples(1000, isBroken: false, seed: 1))
    let plan = try RunPlan(healthy, named: "readings", overrides: ReadingsSettings(), reporter: Printer())
    let path = folder + "/readings"
    let run = try FileManager.default.fileExists(atPath: path + "/last") ? Run(opening: path) : trained(plan, path)

    func scores(isBroken: Bool) throws -> [Double] {
      let examples = try run.examples(Readings.examples(100, isBroken: isBroken, seed: 2), from: "new readings")
      return Evaluator(threads: 2).importanceEstimate(try run.model(), on: examples, samples: 50).values
    }
    let (good, bad) = (try scores(isBroken: false).sorted(), try scores(isBroken: true).sorted())
    let told = bad.count { $0 < good[5] }
    print("log p of new readings: healthy \(Int(good[50])) nats, broken \(Int(bad[50])) (medians)")
    print("\(told) of \(bad.count) broken machines are below the lowest twentieth of healthy ones")
    guard told > 90 else { throw ExperimentError("the model does not tell broken machines from healthy ones") }
  }

  private static func trained(_ plan: RunPlan, _ path: String) throws -> Run {
    let (run, end) = try TrainingSession.train(plan, in: path) { run, data in
      TrainingSession(
        run: run, data: data, reporter: Printer(),
        observe: { event in
          guard case .epoch(let summary) = event, summary.report.epoch % 10 == 0 else { return }
          print("epoch \(summary.report.epoch) of \(summary.epochs): loss \(Int(summary.report.training.loss)) nats")
        })
    }
    print("\(path): \(end)")
    return run
  }

  /// A run of the command: codes for many who ask at once, and a picture.
  private static func useDigits(_ run: Run, folder: String) async throws {
    let digits = try run.examples(of: "digits", split: .test)
    let service = try EncodingService(run: run)
    let all = digits.batch(Array(0..<20)[...], stream: RandomStream(seed: 0))
    let codes = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for index in 0..<20 {
        let numbers = all.rows(index..<index + 1).scalars
        group.addTask { (index, try await service.encode(numbers)) }
      }
      return try await group.reduce(into: [Int: [Float]]()) { $0[$1.0] = $1.1 }
    }
    print("\(await service.served) digits encoded, \(codes[0]?.count ?? 0) latents each")

    let showing = Showing(run: run, model: try run.model(), seed: 1)
    let pictures = try showing.pictures(showing.samples(64))
    let path = folder + "/digits.png"
    try PictureGrid(columns: 8).picture(of: pictures).writePNG(to: path)
    print(path)
  }
}

/// Prints what a person should know.
struct Printer: Reporter {
  func note(_ line: String) { print(line) }
  func warn(_ line: String) { print("warning: \(line)") }
}
