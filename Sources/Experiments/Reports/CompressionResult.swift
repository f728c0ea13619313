import Autoencoders
import BitsBack
import Datasets
import Foundation
import Pictures
import Tensors

/// What coding examples came to. Sizes in bytes.
package struct CompressionResult: Codable {
  var file: String
  var source: String
  var count: Int
  var exampleShape: [Int]
  var levels: Int
  var binarization: Binarization
  var bytes: Int
  var initialBytes: Int
  var negativeBoundBytes: Double
  var plainBytes: Int
  var gzipBytes: Int?
  var bzip2Bytes: Int?
  var pngSheetBytes: Int?
  var pngFilesBytes: Int?

  /// All of it as a table.
  package var text: String {
    let kind =
      levels == 256 && binarization == Binarization.none
      ? "8-bit values"
      : binarization == Binarization.none ? "zeros and ones" : "zeros and ones (binarization \(binarization.rawValue))"
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

extension Run {
  /// Codes examples without loss by bits-back coding, in about as many bits as the bound says.
  /// - Throws: ``ExperimentError`` where the likelihood can't code, or a value is none of those that it codes.
  package func compress(
    _ examples: Examples, named name: String, by model: any LatentVariableModel, to path: String, seed: UInt64,
    reporter: any Reporter
  ) throws -> CompressionResult {
    if let model = model as? any BitsBackModel {
      return try compress(model, examples, name, to: path, seed: seed, reporter)
    }
    guard model.hasPosteriorDensity else {
      throw ExperimentError("\(self.path): data are coded by log q(z|x), which leapfrogs leave unknown; train without")
    }
    let likelihood = configuration.model.likelihood
    let reason =
      likelihood?.couplesChannels == true
      ? "a mixture likelihood's channels depend on each other, which the coder does not know of"
      : "a \(likelihood?.name.rawValue ?? "") likelihood is a density, and data have no probability under it to code "
        + "them by"
    throw ExperimentError(
      "\(self.path): \(reason); train with --likelihood logistic (8-bit grey) or bernoulli (binary)")
  }

  private func compress<Model: BitsBackModel>(
    _ model: Model, _ examples: Examples, _ name: String, to out: String, seed: UInt64, _ reporter: any Reporter
  ) throws -> CompressionResult {
    let coder = BitsBackCoder(model)
    let values = try values(coder, examples, seed)
    // Zeros and ones stay what they are, whatever is done to grey.
    let isBinary = DataProfile(examples.dataset).isBinary
    let shape = examples.dataset.exampleShape
    let clock = ReportedTask(reporter, total: examples.count, unit: "images")
    let stream = RandomStream(seed: seed)["compress"]
    let (coded, initialBytes) = coder.encode(values, exampleShape: shape, initialBits: stream["initial bits"]) {
      clock.show($0, prefix: "compress")
    }
    try coded.write(to: out)
    let plain = PlainImages(values, levels: coder.levels, exampleShape: shape)
    return CompressionResult(
      file: out, source: name, count: examples.count, exampleShape: shape, levels: coder.levels,
      binarization: isBinary ? .none : examples.binarization, bytes: coded.size,
      initialBytes: initialBytes,
      negativeBoundBytes: -coder.bound(of: values, stream: stream["bound"]) / (8 * log(2)),
      plainBytes: plain.packed.count, gzipBytes: plain.gzipSize(), bzip2Bytes: plain.bzip2Size(),
      pngSheetBytes: plain.pngSize(), pngFilesBytes: plain.pngSizeOfEach())
  }

  /// The examples as the values that are coded.
  private func values<Model: BitsBackModel>(_ coder: BitsBackCoder<Model>, _ examples: Examples, _ seed: UInt64) throws
    -> [UInt8]
  {
    let stream = Evaluator(seed: seed).dataStream
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
        throw ExperimentError("\(examples.dataset.name): a value of \(wrong) \(remedy)")
      }
      all += values
    }
    return all
  }
}
