import ArgumentParser
import Autoencoders
import DatasetCatalog
import Datasets
import Experiments

/// What both comparisons take.
struct CompareOptions: ParsableArguments {
  @Argument(help: "A known set's name or a file's path.", completion: .file()) var data: String
  @Option(name: [.customShort("o"), .long], help: "The folder for curves and figure.", completion: .directory)
  var out: String
  @Option(help: "Training samples to evaluate in each curve.") var samples = 5e6
  @Option(help: "p(x|z) (default: bernoulli; gaussian for data outside [0, 1]).")
  var likelihood: LikelihoodSpecification.Name?
  @Option(help: "How grey becomes binary (default: dynamic for grey data under bernoulli).")
  var binarize: Binarization?
  @Option(help: "The algorithms: aevb, wake-sleep, mcem (default: those of the figure).") var algorithms: String?
  @Option(help: "Step sizes of Adagrad to choose from.") var rates = NumberList<Float>([0.01, 0.02, 0.1])
  @Option(help: "Training samples after which the step size is chosen.") var trialSamples = 1e5
  @Option(help: "Examples in a step.") var batchSize = 100
  @Option(help: "Examples of each split that a curve is judged by (default: 10000 for bounds, 1000 for likelihoods).")
  var judged: Int?
  @Option(help: "Seed of all that is random.") var seed: UInt64 = 0
  @Option(help: "Cores to use (default: all).") var threads: Int?
  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory) var dataDir: String?

  func validate() throws {
    guard batchSize > 0 && judged ?? 1 > 0 && threads ?? 1 > 0 else {
      throw ValidationError("--batch-size, --judged and --threads must be at least 1")
    }
    guard (1000...1e12).contains(samples), (1...1e12).contains(trialSamples) else {
      throw ValidationError("--samples must be from 1000 to 1e12, --trial-samples from 1")
    }
  }

  /// Different sizes from 1.
  static func sizes(_ list: NumberList<Int>, _ option: String) throws -> [Int] {
    let numbers = list.values
    guard numbers.allSatisfy({ 1...1_000_000 ~= $0 }), Set(numbers).count == numbers.count else {
      throw ValidationError("\(option) takes different numbers from 1, as in 3,20; got \(list)")
    }
    return numbers
  }

  /// The data read, the flags understood.
  func settings(defaults: [TrainingAlgorithm], hidden: Int) throws -> ComparisonSettings {
    let rates = self.rates.values
    guard !rates.isEmpty && rates.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ValidationError("--rates takes step sizes, as in 0.01,0.1; got \(self.rates)")
    }
    let algorithms = try self.algorithms.map {
      try $0.split(separator: ",").map { name in
        guard let algorithm = TrainingAlgorithm(rawValue: String(name)) else {
          throw ValidationError("--algorithms takes aevb, wake-sleep, mcem; got \(name)")
        }
        return algorithm
      }
    }
    guard algorithms.map({ !$0.isEmpty && Set($0).count == $0.count }) ?? true else {
      throw ValidationError("--algorithms takes each of aevb, wake-sleep, mcem once; got \(self.algorithms ?? "")")
    }
    guard 1...1_000_000 ~= hidden else { throw ValidationError("--hidden must be at least 1; got \(hidden)") }
    var settings = try ComparisonSettings(
      data: data, out: out, samples: Int(samples), algorithms: algorithms ?? defaults, rates: rates,
      trialSamples: Int(trialSamples), batchSize: batchSize, seed: seed, directory: dataDir, hidden: hidden,
      reporter: Terminal.reporter)
    (settings.likelihood, settings.binarization, settings.threads) = (likelihood, binarize, threads)
    return settings
  }

  /// Trains all curves, with progress; ends the program with status 130 where it is interrupted.
  func run(_ comparison: Comparison) throws {
    Interruption.catchSignals()
    let clock = WorkClock(total: comparison.work)
    let count = comparison.curves.count
    let isDone = try comparison.run(
      observe: { event in
        switch event {
        case .worked(let samples, now: true, let text, let number):
          clock.add(samples)
          clock.show("\(text)  curve \(number)/\(count)")
        case .worked(let samples, now: false, _, _): clock.skip(samples)
        case .point(let curve, let point, let number):
          Terminal.result(
            "\(curve.name)  \(Format.count(point.samples)) samples  \(comparison.measure.short) train "
              + "\(Format.fixed(point.train))  \(curve.data.heldOut.name) \(Format.fixed(point.heldOut))  "
              + "curve \(number)/\(count)  \(clock.left) left")
        }
      }, shouldStop: { Interruption.isRequested })
    guard isDone else {
      Terminal.endProgress()
      Terminal.note("interrupted and saved; go on with the same command")
      throw ExitCode(130)
    }
    Terminal.result("\(comparison.folder)/figure.svg, figure.md, points.csv")
  }
}
