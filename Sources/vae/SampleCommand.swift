import ArgumentParser
import Autoencoders
import Datasets
import Experiments
import Foundation
import Pictures
import Tensors

/// `vae sample`
struct SampleCommand: ParsableCommand {
  /// What latents are drawn from.
  enum Prior: String, ExpressibleByArgument, CaseIterable {
    case standard, aggregate
  }

  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Make new examples: draw latents from the prior and decode them.",
    discussion: """
      Where the prior has latents that no example is encoded to, the decoder makes them up. --prior aggregate fits a \
      mixture of Gaussians to the encoded training data and draws from that.

      Examples:
        vae sample runs/digits                            a sheet of 100, runs/digits/samples.png
        vae sample runs/digits --count 25 --temperature 0.7 -o few.png
        vae sample runs/digits --count 10 --temperature 0.5,0.7,0.85,1    the same latents, row by row
        vae sample runs/digits --prior aggregate --components 50
        vae sample runs/digits --count 20 --neighbours    each with the nearest training example below it
        vae sample runs/m1m2 --class 3                    of a model that knows classes (--model m2, m1m2)
        vae sample runs/table --count 1000 --draw -o new-rows.csv
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many.") var count = 100
  @Option(help: "What latents are drawn from: standard, N(0, I), or aggregate, fitted to the encoded training data.")
  var prior = Prior.standard
  @Option(help: "Gaussians in the mixture that is fitted to the encoded training data.") var components = 50
  @Option(
    help: "Where to look for the training data first, for --prior aggregate and --neighbours (as DIR/NAME/).",
    completion: .directory)
  var dataDir: String?
  @Option(
    help: """
      Standard deviation of the latents, or a factor to the mixture's; below 1, nearer to the typical. Several, as in \
      0.5,0.7,1, show the same latents at each.
      """)
  var temperature = NumberList([1.0])
  @Option(help: "Pictures in a row.") var columns = 10
  @Option(
    name: .customLong("class"), help: "Only of this class, of a model that knows classes (default: each in turn).")
  var label: String?
  @Flag(help: "Draw from p(x|z) instead of showing its mean.") var draw = false
  @Flag(help: "Show below each sample the training example nearest to it, so that one sees whether it is repeated.")
  var neighbours = false

  func validate() throws {
    guard count > 0 && columns > 0 else { throw ValidationError("--count and --columns must be at least 1") }
    guard components > 0 else { throw ValidationError("--components must be at least 1") }
    let temperatures = temperature.values
    guard temperatures.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw ValidationError("--temperature takes numbers from 0, as in 0.7 or 0.5,0.7,1; got \(temperature)")
    }
    guard !neighbours || temperatures.count == 1 else {
      throw ValidationError("--neighbours goes with one --temperature")
    }
  }

  func run() throws {
    let (run, model) = try options.open()
    let showing = Showing(run: run, model: model, seed: options.seed)
    let prior = try fitted(run, model)
    let temperatures = temperature.values
    let label = try label.map { try run.classNumber($0) }
    let samples = Tensor.stacked(
      temperatures.map { showing.samples(count, prior: prior, temperature: $0, drawn: draw, label: label) })
    let columns = min(columns, count)
    try write(samples, exampleShape: run.configuration.examples.shape, to: output.path(in: run, "samples.png")) {
      if neighbours {
        let train = try run.data(directory: dataDir, reporter: Terminal.reporter).train
        let (sheet, distances) = try showing.neighbours(of: samples, in: train, columns: columns)
        Terminal.note(
          "distance to the nearest of \(Format.count(train.count)) training examples: median "
            + "\(Format.fixed(Double(distances[distances.count / 2]))), least \(Format.fixed(Double(distances[0])))")
        return sheet
      }
      let pictures = try showing.pictures(samples)
      guard temperatures.count > 1 else { return PictureGrid(columns: columns).picture(of: pictures) }
      return PictureGrid.groups(
        stride(from: 0, to: pictures.count, by: count).map { Array(pictures[$0..<$0 + count]) }, columns: columns)
    }
  }

  private func fitted(_ run: Run, _ model: any LatentVariableModel) throws -> GaussianMixture? {
    guard prior == .aggregate else { return nil }
    let evaluator = Evaluator(threads: ProcessInfo.processInfo.activeProcessorCount, seed: options.seed)
    let found = try AggregateFit(
      run, model, components: components, evaluator: evaluator, directory: dataDir, reporter: Terminal.reporter)
    Terminal.note(
      "prior: \(found.fit.mixture.count) Gaussians fitted to \(Format.count(found.examples)) encoded training examples in "
        + "\(found.fit.logLikelihoods.count - 1) iterations")
    return found.fit.mixture
  }
}
