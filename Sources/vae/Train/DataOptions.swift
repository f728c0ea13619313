import ArgumentParser
import Datasets
import Experiments

extension Binarization: ExpressibleByArgument {}

/// Flags that describe the data.
struct DataOptions: ParsableArguments {
  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory) var dataDir: String?
  @Option(help: "The variable inside a .npz or .mat file.") var variable: String?
  @Option(help: "Shape of one example, for files that hold flat rows: 28x28 or 32x32x3.") var shape: ShapeArgument?
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

  /// Whether a flag says which examples there are or what is given of them.
  var isAboutExamples: Bool { shape != nil || variable != nil || given != nil || masks != nil }

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("--limit must be at least 1") }
    guard subset ?? 1 > 0 else { throw ValidationError("--subset must be at least 1") }
    guard (0..<1).contains(validation ?? 0) else { throw ValidationError("--validation must be in [0, 1)") }
    guard (0..<1).contains(missing ?? 0) else {
      throw ValidationError("--missing must be in [0, 1); got \(missing!)")
    }
    guard masks == nil || given == nil else { throw ValidationError("--masks are given DATA; leave --given out") }
    guard 0...100 ~= conditionNoise ?? 0 else {
      throw ValidationError("--condition-noise takes a deviation, 0 to 100; got \(conditionNoise!)")
    }
    guard 0...1 ~= conditionHoles ?? 0 else {
      throw ValidationError("--condition-holes takes a part of a picture's sides, 0 to 1; got \(conditionHoles!)")
    }
  }

  func apply(to data: inout DataConfiguration, shape: [Int]) throws {
    data.limit = limit ?? data.limit
    data.subset = subset ?? data.subset
    data.validationFraction = validation ?? data.validationFraction
    data.binarization = binarize ?? data.binarization
    if let missing { data.missing = missing > 0 ? missing : nil }
    if let conditionNoise { data.conditionNoise = conditionNoise > 0 ? conditionNoise : nil }
    if let conditionHoles { data.conditionHoles = conditionHoles > 0 ? conditionHoles : nil }
    guard data.conditionNoise == nil && data.conditionHoles == nil || data.given?.hasPrefix("pictures:") == true else {
      throw ValidationError(
        "--condition-noise and --condition-holes are for given pictures (--masks, --given pictures)")
    }
    guard mirror != true || 2...3 ~= shape.count else {
      throw ValidationError(
        "--mirror is for pictures; \(data.source) has rows of \(Format.shape(shape)) numbers")
    }
    if let mirror { data.mirror = mirror ? true : nil }
  }
}

/// Sizes joined by x, as in 28x28.
struct ShapeArgument: ExpressibleByArgument {
  let sizes: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard parts.allSatisfy({ $0 > 0 }) else { return nil }
    sizes = parts
  }
}
