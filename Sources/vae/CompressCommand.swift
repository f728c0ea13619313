import ArgumentParser
import Autoencoders
import Datasets
import Experiments
import Foundation

/// `vae compress`
struct CompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress", abstract: "Code examples without loss, in about as many bits as the bound says.",
    discussion: """
      Bits-back coding with asymmetric numeral systems (Townsend et al. 2019). Takes FILES, or a split of the run's own \
      data. What is coded is what the model is a likelihood of: under bernoulli zeros and ones, under logistic 8-bit grey. \
      Grey values under bernoulli are binarized first as `vae evaluate` does, by the run's setting or --binarize, and the \
      zeros and ones are what comes back. A Gaussian is a density and can't code: train with --likelihood logistic.

      The file can be read with the same checkpoint only, on a machine that computes the same numbers to the last bit; it \
      says so itself if not.

      Examples:
        vae compress runs/digits -o digits.vae
        vae compress runs/digits mine.npy more.png -o mine.vae
        vae compress runs/digits --split test --limit 1000 --binarize threshold -o part.vae --json
      """)

  @OptionGroup var options: RunOptions
  @Argument(help: "Files of examples; by default the run's own data.", completion: .file()) var files: [String] = []
  @OptionGroup var source: ExampleOptions
  @Option(help: "How grey becomes binary (default: as in training).") var binarize: Binarization?
  @Option(help: "Only the first so many examples.") var limit: Int?
  @Option(name: .shortAndLong, help: "The file to write.", completion: .file()) var out: String
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("--limit must be at least 1") }
    guard files.isEmpty || (source.data == nil && source.split == nil) else {
      throw ValidationError("give FILES, or --split or --data for others; not both")
    }
  }

  func run() throws {
    let (run, model) = try options.open()
    let (name, examples) = try examples(run)
    let result = try run.compress(
      examples.prefix(limit), named: name, by: model, to: out, seed: options.seed, reporter: Terminal.reporter)
    Terminal.result(json ? try Format.json(result) : result.text)
  }

  private func examples(_ run: Run) throws -> (name: String, examples: Examples) {
    var (name, examples) = try files.isEmpty ? source.load(run) : source.load(run, files: files)
    examples = Examples(
      examples.dataset, indices: examples.indices, binarization: binarize ?? examples.binarization)
    if !files.isEmpty { name = files.count == 1 ? files[0] : "\(files.count) files" }
    return (name, examples)
  }
}
