import ArgumentParser
import Experiments

/// `vae decompress`
struct DecompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decompress", abstract: "Bring back what `vae compress` coded, exactly.",
    discussion: """
      Writes bytes: zeros and ones, or 8-bit grey. A path ending in .npy or .idx keeps every number as it was; one ending \
      in .png shows all pictures on a sheet. The data's SHA-256 is checked before the file appears.

      Examples:
        vae decompress runs/digits digits.vae -o digits.npy
        vae decompress runs/digits digits.vae -o digits.idx
        vae decompress runs/digits digits.vae -o digits.png
      """)

  @OptionGroup var options: RunOptions
  @Argument(help: "What `vae compress` wrote.", completion: .file()) var file: String
  @Option(name: .shortAndLong, help: "Where to write: a path ending in .npy, .idx or .png.", completion: .file())
  var out: String

  func run() throws {
    let (run, model) = try options.open()
    let coded = try run.decompress(file, by: model, to: out, reporter: Terminal.reporter)
    Terminal.result(
      "\(out): \(Format.count(coded.count)) examples of \(Format.shape(coded.exampleShape)), as they were")
  }
}
