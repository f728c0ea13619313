import Autoencoders
import DatasetCatalog
import Datasets
import Pictures
import Tensors

/// `digits-vae [SET] [EPOCHS] [PICTURE]`: trains on a set by name (`mnist` where it is found, else the drawn `digits`),
/// prints the held-out bound and writes a sheet of samples.
@main
enum Main {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst() + []
    let data = try words.first.map { try DataLocator().load($0) } ?? digits()
    guard let test = data.test else { return print("\(data.train.name) has no test examples") }

    var settings = TrainingSettings()
    settings.epochs = words.dropFirst().first.flatMap { Int($0) } ?? 5
    settings.threads = 2
    let model = DigitsVAE(
      inputSize: data.train.exampleSize, hidden: 400, latentSize: 20, stream: RandomStream(seed: 0))
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(Examples(data.train, binarization: .dynamic)) { _ in
      .go
    } onEpoch: { report, _ in
      print("epoch \(report.epoch): bound \(rounded(report.training.bound)) nats while training")
      return .go
    }

    let trained = trainer.evaluatedModel
    let report = Evaluator(threads: 2).bound(trained, on: Examples(test, binarization: .dynamic))
    print(
      "held-out bound, \(report.count) of \(test.name): \(rounded(report.bound)) ± \(rounded(report.standardError)) nats"
    )

    let z = RandomStream(seed: 1).normal([100, trained.latentSize])  // from the prior
    let pixels = trained.expectation(given: z)
    let pictures = (0..<100).map { Picture(values: pixels.rows($0..<$0 + 1).scalars, shape: test.exampleShape) }
    let path = words.dropFirst(2).first ?? "samples.png"
    try PictureGrid(columns: 10).picture(of: pictures).writePNG(to: path)
    print(path)
  }

  private static func rounded(_ x: Double) -> Double { (x * 100).rounded() / 100 }

  /// MNIST if it is on this machine, else digits that the library draws itself.
  private static func digits() throws -> DatasetSplits {
    var locator = DataLocator()
    locator.fetchesMissing = false
    return try (try? locator.load("mnist")) ?? locator.load("digits")
  }
}
