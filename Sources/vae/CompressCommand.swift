import ArgumentParser
import Autoencoders
import BitsBack
import Datasets
import Foundation
import Pictures
import Tensors

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
    guard let model = model as? any BitsBackModel else {
      if run.configuration.model.isHamiltonian {
        throw ValidationError("\(run.path): data are coded by log q(z|x), which leapfrogs leave unknown; train without")
      }
      let likelihood = run.configuration.model.likelihood
      let reason =
        likelihood == .mixture
        ? "a mixture likelihood's channels depend on each other, which the coder does not know of"
        : "a \(likelihood.rawValue) likelihood is a density, and data have no probability under it to code them by"
      throw ValidationError(
        "\(run.path): \(reason); train with --likelihood logistic (8-bit grey) or bernoulli (binary)")
    }
    let (name, examples) = try examples(run)
    let result = try compress(model, examples.prefix(limit), name)
    Terminal.result(json ? try Format.json(result) : result.text)
  }

  private func examples(_ run: Run) throws -> (name: String, examples: Examples) {
    var (name, examples) = try files.isEmpty ? source.load(run) : source.load(run, files: files)
    examples = Examples(
      examples.dataset, indices: examples.indices, binarization: binarize ?? examples.binarization)
    if !files.isEmpty { name = files.count == 1 ? files[0] : "\(files.count) files" }
    return (name, examples)
  }

  private func compress<Model: BitsBackModel>(
    _ model: Model, _ examples: Examples, _ name: String
  ) throws -> CompressionResult {
    let coder = BitsBackCoder(model)
    let values = try values(coder, examples)
    // Zeros and ones stay what they are, whatever is done to grey.
    let isBinary = DataProfile(examples.dataset).isBinary
    let shape = examples.dataset.exampleShape
    let clock = ProgressClock(total: examples.count, unit: "images")
    let stream = RandomStream(seed: options.seed)["compress"]
    let (coded, initialBytes) = coder.encode(values, exampleShape: shape, initialBits: stream["initial bits"]) {
      clock.show($0, prefix: "compress")
    }
    try coded.write(to: out)
    let plain = PlainImages(values, levels: coder.levels, exampleShape: shape)
    return CompressionResult(
      file: out, source: name, count: examples.count, exampleShape: shape, levels: coder.levels,
      binarization: isBinary ? Binarization.none.rawValue : examples.binarization.rawValue, bytes: coded.size,
      initialBytes: initialBytes,
      negativeBoundBytes: -coder.bound(of: values, stream: stream["bound"]) / (8 * log(2)),
      plainBytes: plain.packed.count, gzipBytes: plain.gzipSize(), bzip2Bytes: plain.bzip2Size(),
      pngSheetBytes: plain.pngSize(), pngFilesBytes: plain.pngSizeOfEach())
  }

  /// The examples as the values that are coded.
  private func values<Model: BitsBackModel>(_ coder: BitsBackCoder<Model>, _ examples: Examples) throws -> [UInt8] {
    let stream = Evaluator(seed: options.seed).dataStream
    var all: [UInt8] = []
    all.reserveCapacity(examples.count * examples.exampleSize)
    for first in stride(from: 0, to: examples.count, by: 256) {
      let block = Array(first..<min(first + 256, examples.count))
      let (values, wrong) = coder.values(of: examples.batch(block[...], stream: stream))
      if let wrong {
        let remedy =
          coder.levels == 2
          ? "is neither 0 nor 1: say how grey becomes binary with --binarize threshold, dynamic or fixed"
          : "is no 8-bit value (a multiple of 1/255 in [0, 1])"
        throw ValidationError("\(examples.dataset.name): a value of \(wrong) \(remedy)")
      }
      all += values
    }
    return all
  }
}

/// What `vae compress` did. Sizes in bytes.
struct CompressionResult: Codable {
  var file: String
  var source: String
  var count: Int
  var exampleShape: [Int]
  var levels: Int
  var binarization: String
  var bytes: Int
  var initialBytes: Int
  var negativeBoundBytes: Double
  var plainBytes: Int
  var gzipBytes: Int?
  var bzip2Bytes: Int?
  var pngSheetBytes: Int?
  var pngFilesBytes: Int?

  /// All of it as a table.
  var text: String {
    let kind =
      levels == 256 && binarization == Binarization.none.rawValue
      ? "8-bit values"
      : binarization == Binarization.none.rawValue ? "zeros and ones" : "zeros and ones (binarization \(binarization))"
    var lines = [
      "\(file): \(Format.count(count)) examples of \(Format.shape(exampleShape)) from \(source), \(kind)", "",
      row("", "bytes", "bits per dimension"), line("this file", bytes),
      line("negative bound (-ELBO)", Int(negativeBoundBytes.rounded())),
    ]
    let others: [(String, Int?)] = [
      ("bzip2 -9", bzip2Bytes), ("gzip -9", gzipBytes), ("PNG, all in one", pngSheetBytes),
      ("PNG, a file each", pngFilesBytes), ("plain", plainBytes),
    ]
    lines += others.map { name, size in
      size.map { line(name, $0) } ?? row(name, "not measured: no library, or no pictures", "")
    }
    let ratio = Format.fixed(Double(bytes) / negativeBoundBytes, 4)
    lines += ["", "\(ratio) of the negative bound; \(initialBytes) bytes of the file are initial bits"]
    return lines.joined(separator: "\n")
  }

  private func line(_ name: String, _ size: Int) -> String {
    let dimensions = Double(count * exampleShape.reduce(1, *))
    return row(name, Format.count(size), Format.fixed(8 * Double(size) / dimensions, 4))
  }

  private func row(_ name: String, _ size: String, _ bits: String) -> String {
    func left(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return name + left(size, 38 - name.count) + (bits.isEmpty ? "" : left(bits, 22))
  }
}
