import ArgumentParser
import Autoencoders
import BitsBack
import Datasets
import Files
import Foundation
import Pictures

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
    let coded = try CompressedExamples(contentsOf: file)
    guard let model = model as? any BitsBackModel else {
      throw FileError(
        path: file, problem: "was compressed with another model than \(run.path), whose likelihood can't code")
    }
    try decompress(coded, model)
    Terminal.result(
      "\(out): \(Format.count(coded.count)) examples of \(Format.shape(coded.exampleShape)), as they were")
  }

  private func decompress<Model: BitsBackModel>(_ coded: CompressedExamples, _ model: Model) throws {
    let coder = BitsBackCoder(model)
    let clock = ProgressClock(total: coded.count, unit: "images")
    func decode(_ body: ([UInt8]) throws -> Void) throws {
      try coder.decode(coded, path: file, progress: { clock.show($0, prefix: "decompress") }, body)
    }
    let shape = coded.exampleShape
    if out.lowercased().hasSuffix(".png") {
      guard Picture.isPicture(shape: shape) else {
        throw ValidationError(
          "examples of shape \(Format.shape(shape)) are not pictures; give -o a path ending in .npy")
      }
      var pictures: [Picture] = []
      try decode { values in
        let bytes = coded.levels == 2 ? values.map { $0 * 255 } : values
        pictures.append(
          Picture(width: shape[1], height: shape[0], channels: shape.count == 3 ? shape[2] : 1, bytes: bytes))
      }
      guard !pictures.isEmpty else { throw FileError(path: file, problem: "holds no examples to show") }
      let columns = Int(Double(pictures.count).squareRoot().rounded(.up))
      try PictureGrid(columns: columns, zoom: 1, gutter: 0).picture(of: pictures).writePNG(to: out)
    } else {
      let header = try ArrayFile.byteHeader(shape: [coded.count] + shape, path: out)
      try AtomicFile.write(to: out) { handle in
        try handle.write(contentsOf: header)
        var block = Data()
        try decode { values in
          block.append(contentsOf: values)
          guard block.count >= 1 << 20 else { return }
          try handle.write(contentsOf: block)
          block.removeAll(keepingCapacity: true)
        }
        try handle.write(contentsOf: block)
      }
    }
  }
}
