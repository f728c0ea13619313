import ArgumentParser
import Datasets
import Experiments
import Foundation
import Pictures

/// `vae data show`.
struct DataShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Pictures of a set on one sheet.",
    discussion: """
      Some examples, chosen by the seed; or, with --vary, rows in which one known factor changes and all others stay.

      Examples:
        vae data show mnist -o digits.png
        vae data show scenes --vary azimuth -o turning.png
        vae data show yale-b --vary azimuth --count 5 -o light.png
      """)

  @Argument(help: "A path, or the name of a known set.", completion: .file()) var path: String
  @Option(name: [.customShort("o"), .long], help: "The picture's path, .png.", completion: .file()) var out: String
  @Option(name: .shortAndLong, help: "How many pictures; with --vary, rows (default: 100; 8 rows).") var count: Int?
  @Option(help: "A factor of the set that changes along each row.") var vary: String?
  @Option(help: "Which part: train, validation or test.") var split = Split.train
  @Option(help: "Seed of the choice.") var seed: UInt64 = 0
  @OptionGroup var pictures: PictureFlags
  @OptionGroup var place: DataPlaceOptions

  func validate() throws {
    guard count ?? 1 > 0 else { throw ValidationError("--count must be at least 1") }
  }

  func run() throws {
    let splits = try place.locator().load(path, pictures: pictures.options())
    let parts = [Split.train: splits.train, .validation: splits.validation, .test: splits.test]
    guard let data = parts[split] ?? nil else { throw ValidationError("\(path) has no \(split.rawValue) part") }
    guard Picture.isPicture(shape: data.exampleShape) else {
      throw ValidationError("examples of \(path) are no pictures but of shape \(Format.shape(data.exampleShape))")
    }
    let rows = try vary.map { try varied($0, data) } ?? [someOf(data.count, count: count ?? 100, seed: seed)]
    let columns = vary == nil ? 10 : rows.map(\.count).max() ?? 1
    let groups = rows.map { $0.map { Picture(data, at: $0)! } }
    // Rows that lack a picture end with background.
    let blank = groups[0][0].blank
    let cells = vary == nil ? groups[0] : groups.flatMap { $0 + Array(repeating: blank, count: columns - $0.count) }
    try PictureGrid(columns: columns).picture(of: cells).writePNG(to: out)
    Terminal.result(out)
  }

  /// Rows of examples that differ in one factor, in its order.
  private func varied(_ name: String, _ data: Dataset) throws -> [[Int]] {
    let factors = try data.known(vary: name)
    let groups = FactorGroups(factors, varying: [name])
    return someOf(groups.count, count: count ?? 8, seed: seed).map { row in
      groups[row].sorted { factors.value(name, of: $0) < factors.value(name, of: $1) }
    }
  }
}

extension Dataset {
  /// The set's factors. Throws unless `name` is one.
  fileprivate func known(vary name: String) throws -> Factors {
    guard let factors, factors.names.contains(name) else {
      throw ValidationError(
        "--vary \(name): \(self.name) has \(factors.map { "the factors \($0.names.joined(separator: ", "))" } ?? "no factors")"
      )
    }
    return factors
  }
}

extension Picture {
  /// White, of the same size.
  fileprivate var blank: Picture {
    Picture(width: width, height: height, channels: channels, bytes: [UInt8](repeating: 255, count: bytes.count))
  }
}
