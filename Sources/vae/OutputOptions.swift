import ArgumentParser
import Datasets
import Experiments
import Pictures
import Tensors

/// Where a command puts what it made, and in which form.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long], help: "Where to write; by default a picture in the run's folder.",
    completion: .file())
  var out: String?

  /// The path asked for, or `name` in the run's folder.
  func path(in run: Run, _ name: String) -> String { out ?? "\(run.path)/\(name)" }
}

/// Writes numbers or, if the path says so, a picture; says where.
func write(_ values: Tensor, exampleShape: [Int], to path: String, picture: () throws -> Picture) throws {
  if path.lowercased().hasSuffix(".png") {
    try picture().writePNG(to: path)
  } else {
    try ArrayFile.write(values.scalars, shape: [values.shape[0]] + exampleShape, to: path)
  }
  Terminal.result(path)
}
