import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors

/// Flags that describe the data.
struct DataOptions: ParsableArguments {
  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory) var dataDir: String?
  @Option(help: "The variable inside a .npz or .mat file.") var variable: String?
  @Option(help: "Shape of one example, for files that hold flat rows: 28x28 or 32x32x3.") var shape: String?
  @OptionGroup var pictures: PictureFlags
  @Option(help: "Only the first so many training examples.") var limit: Int?
  @Option(help: "Only so many training examples, chosen by the seed.") var subset: Int?
  @Option(help: "Part of the training examples kept for validation, 0 to below 1 (default: 0.05).")
  var validation: Double?
  @Option(
    help: """
      How grey becomes binary (default: dynamic for grey data under bernoulli); or dequantize, which adds noise to 8-bit \
      values, so that a gaussian's density bounds their probability.
      """)
  var binarize: Binarization?
  @Flag(
    inversion: .prefixedNo, help: "Show half of the training pictures, others at every epoch, mirrored left to right.")
  var mirror: Bool?

  @Option(
    help: """
      Take so large a part of the pixels, or of a table's numbers, away from training and validation examples, 0 to below \
      1: data with holes, for experiments.
      """)
  var missing: Double?

  @Option(
    help: """
      Model the rest of each example given a part of it, quadrants:1 to 3 (bottom left, top left, bottom right), column \
      or column:WIDTH (the middle), left, right, top, bottom, rectangle:TOP,LEFT,HEIGHT,WIDTH or file:MASK; or all of it \
      given its class, or pictures:FOLDER, the picture of the same number there. See vae complete.
      """)
  var given: String?

  @Option(
    help: """
      DATA are photographs, and this is a folder of their masks, of the same names: model the masks given the \
      photographs. White is where the object is. See vae segment.
      """, completion: .directory)
  var masks: String?
  @Option(help: "Standard deviation of noise added to given pictures in training, others at every epoch.")
  var conditionNoise: Double?
  @Option(
    help: "Blank a rectangle of given pictures in training, its sides up to such a part of the picture's, 0 to 1.")
  var conditionHoles: Double?

  var isGivenBeyondDirectory: Bool {
    pictures.isGiven || variable != nil || shape != nil || limit != nil || subset != nil || validation != nil
      || binarize != nil
      || mirror != nil || missing != nil || given != nil || masks != nil || conditionNoise != nil
      || conditionHoles != nil
  }

  func apply(to data: inout DataConfiguration) throws {
    if let shape {
      let sizes = shape.split(separator: "x").map { Int($0) ?? 0 }
      guard sizes.allSatisfy({ $0 > 0 }), sizes.reduce(1, *) == data.exampleShape.reduce(1, *) else {
        throw ValidationError(
          "--shape \(shape): examples of \(data.source) have \(data.exampleShape.reduce(1, *)) numbers; "
            + "give sizes with that product, as in 28x28")
      }
      data.exampleShape = sizes
    }
    if let limit {
      guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
      data.limit = limit
    }
    if let subset {
      guard subset > 0 else { throw ValidationError("--subset must be at least 1") }
      data.subset = subset
    }
    if let validation {
      guard validation >= 0 && validation < 1 else { throw ValidationError("--validation must be in [0, 1)") }
      data.validationFraction = validation
    }
    if let binarize { data.binarization = binarize.rawValue }
    if let missing {
      guard missing >= 0 && missing < 1 else { throw ValidationError("--missing must be in [0, 1); got \(missing)") }
      data.missing = missing > 0 ? missing : nil
    }
    if let given {
      data.given = try GivenOption(given).description
      (data.classes, data.conditionNoise, data.conditionHoles) = (nil, nil, nil)
    }
    try applyNoise(to: &data)
    if mirror == true {
      guard 2...3 ~= data.exampleShape.count else {
        throw ValidationError(
          "--mirror is for pictures; \(data.source) has rows of \(Format.shape(data.exampleShape)) numbers")
      }
    }
    if let mirror { data.mirror = mirror ? true : nil }
  }
}
