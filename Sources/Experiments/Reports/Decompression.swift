import Autoencoders
import BitsBack
import Datasets
import Files
import Foundation
import Pictures

extension Run {
  /// Brings back what ``compress(_:named:by:to:seed:reporter:)`` coded, exactly, as a .npy, .idx or .png by the path's ending.
  /// Throws `FileError` where the file is of another model or damaged.
  package func decompress(
    _ file: String, by model: any LatentVariableModel, to out: String, reporter: any Reporter
  ) throws -> CompressedExamples {
    let coded = try CompressedExamples(contentsOf: file)
    guard let model = model as? any BitsBackModel else {
      throw FileError(
        path: file, problem: "was compressed with another model than \(path), whose likelihood can't code")
    }
    try decompress(coded, model, file, to: out, reporter)
    return coded
  }

  private func decompress<Model: BitsBackModel>(
    _ coded: CompressedExamples, _ model: Model, _ file: String, to out: String, _ reporter: any Reporter
  ) throws {
    let coder = BitsBackCoder(model)
    let clock = ReportedTask(reporter, total: coded.count, unit: "images")
    func decode(_ body: ([UInt8]) throws -> Void) throws {
      try coder.decode(coded, path: file, progress: { clock.show($0, prefix: "decompress") }, body)
    }
    let shape = coded.exampleShape
    if out.lowercased().hasSuffix(".png") {
      guard Picture.isPicture(shape: shape) else {
        throw ExperimentError(
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
