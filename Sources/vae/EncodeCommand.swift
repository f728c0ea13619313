import ArgumentParser
import Autoencoders
import Datasets
import Experiments
import Tensors

/// `vae encode`
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Posterior means and deviations of examples: an embedding, with its uncertainty.",
    discussion: """
      A .csv has a row for each example: mean_0 ..., deviation_0 ..., and the label where there is one. A .npy has shape \
      [examples, 2, latents]: means, then deviations.

      Examples:
        vae encode runs/digits -o codes.npy
        vae encode runs/digits --data new.npy -o new-codes.csv
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @Option(name: .shortAndLong, help: "Where to write: a path ending in .npy or .csv.", completion: .file()) var out:
    String

  func run() throws {
    let (run, model) = try options.openAny()
    let (_, examples) = try source.load(run)
    let stream = RandomStream(seed: options.seed)["encode"]
    let (means, deviations) = Inference.encode(model, examples, positions: Array(0..<examples.count), stream: stream)
    let units = model.latentSize
    if out.lowercased().hasSuffix(".csv") {
      var columns = (0..<units).map { "mean_\($0)" } + (0..<units).map { "deviation_\($0)" }
      var table = means.joined(with: deviations)
      if let labels = examples.labels {
        columns.append("label")
        table = table.joined(with: Tensor(labels.map(Float.init), shape: [labels.count, 1]))
      }
      try ArrayFile.write(table.scalars, shape: table.shape.array, columns: columns, to: out)
    } else {
      try ArrayFile.write(means.joined(with: deviations).scalars, shape: [examples.count, 2, units], to: out)
    }
    Terminal.result("\(out): \(Format.count(examples.count)) examples, \(units) latents")
  }
}
