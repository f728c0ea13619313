import ArgumentParser
import Datasets

/// What becomes of pictures as they are read.
struct PictureFlags: ParsableArguments {
  @Option(
    help: """
      Bring pictures to this size: 64 for 64x64, or 64x48 for 64 rows of 48 pixels. The middle of each that has the shape \
      is taken; means of areas where it shrinks.
      """)
  var size: String?
  @Flag(help: "Turn colour into grey.") var grey = false

  var isGiven: Bool { size != nil || grey }

  /// The flags over what a configuration says.
  func options(over base: PictureOptions = PictureOptions()) throws -> PictureOptions {
    var options = base
    if grey { options.channels = 1 }
    guard let size else { return options }
    let sides = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard (1...2).contains(sides.count), sides.allSatisfy({ (1...16_384) ~= $0 }) else {
      throw ValidationError("--size takes pixels as in 64, or rows x columns as in 64x48; got \(size)")
    }
    options.size = .init(height: sides[0], width: sides[sides.count - 1])
    return options
  }
}
