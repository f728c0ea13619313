import TestSupport
import Autoencoders
import DatasetCatalog
import Datasets
import Experiments
import Foundation
import Pictures
import Testing

/// A folder of pictures as a data set, from the command line.
struct PicturesTests {
  private func makePhotos(_ folder: String) throws -> String {
    for index in 0..<60 {
      let (width, height) = (20 + index % 3 * 4, 18 + index % 2 * 6)
      let place = "\(folder)/photos/\(index < 30 ? "dark" : "light")"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      let level = index < 30 ? 60 : 190
      let bytes = (0..<width * height * 3).map { UInt8(level + ($0 / 3 % width) * 2 + index % 5) }
      try Picture(width: width, height: height, channels: 3, bytes: bytes).writePNG(to: "\(place)/\(index).png")
    }
    try Data("broken".utf8).write(to: file("\(folder)/photos/dark/broken.jpg"))
    return folder + "/photos"
  }

  @Test func aFolderIsInspectedAndTrainedOn() throws {
    try withTemporaryFolder { folder in
      let photos = try makePhotos(folder)
      let home = ["XDG_CACHE_HOME": folder + "/cache"]
      let mixed = try VAEProgram.run(["data", "inspect", photos], environment: home)
      #expect(mixed.status != 0 && mixed.errors.contains("--size 64"))

      let seen = try VAEProgram.run(["data", "inspect", photos, "--size", "12x16"], environment: home)
      #expect(seen.status == 0, "\(seen.errors)")
      #expect(seen.output.contains("60 examples of 12x16x3") && seen.output.contains("0 dark: 30, 1 light: 30"))
      #expect(seen.errors.contains("left out \(photos)/dark/broken.jpg"))

      let run = folder + "/run"
      let trained = try VAEProgram.run(
        [
          "train", photos, "--size", "16", "--grey", "--epochs", "1", "--hidden", "16", "--latent", "2", "--validation",
          "0.2", "--out", run,
        ], environment: home)
      #expect(trained.status == 0, "\(trained.errors)")
      let configuration = try Run(opening: run).configuration
      #expect(configuration.data.size == [16, 16] && configuration.data.grey == true)
      #expect(configuration.examples.shape == [16, 16])

      // Reconstructions are of the same pictures, in the same size, without a flag.
      let shown = try VAEProgram.run(["reconstruct", run, "--count", "4", "--columns", "4"], environment: home)
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(try Picture(readingPNG: run + "/reconstructions.png").channels == 1)
      let numbers = folder + "/r.npy"
      let other = try VAEProgram.run(
        ["reconstruct", run, "--data", photos + "/light", "--count", "5", "-o", numbers], environment: home)
      #expect(other.status == 0, "\(other.errors)")
      #expect(try DataLocator().load(numbers).train.exampleShape == [16, 16])
      let judged = try VAEProgram.run(["evaluate", run, "--samples", "5", "--json"], environment: home)
      #expect(try judged.json()["count"] as? Int == 12)
      let again = try VAEProgram.run(["train", "--resume", run], environment: home)
      #expect(again.status == 0 && again.errors.contains("is finished"), "\(again.errors)")
    }
  }

  @Test func colourIsTrainedOnAndShown() throws {
    try withTemporaryFolder { folder in
      let photos = try makePhotos(folder)
      let home = ["XDG_CACHE_HOME": folder + "/cache"]
      let run = folder + "/run"
      let trained = try VAEProgram.run(
        [
          "train", photos, "--size", "8", "--likelihood", "gaussian", "--epochs", "1", "--hidden", "16", "--latent",
          "2",
          "--out", run,
        ], environment: home)
      #expect(trained.status == 0, "\(trained.errors)")
      let sampled = try VAEProgram.run(["sample", run, "--count", "6"], environment: home)
      #expect(sampled.status == 0, "\(sampled.errors)")
      #expect(try Picture(readingPNG: run + "/samples.png").channels == 3)
    }
  }

  @Test(arguments: ["0", "x", "64x", "x64", "8x8x8", "-4", "100000"]) func badSizesAreNamed(_ size: String) throws {
    try withTemporaryFolder { folder in
      let result = try VAEProgram.run(["train", "digits", "--size=\(size)", "--out", folder + "/run"])
      #expect(result.status != nil && result.status != 0)
      #expect(result.errors.contains("--size"), "\(result.errors)")
    }
  }

  @Test func knownSetsHaveSizesToo() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try VAEProgram.succeed([
        "train", "digits", "--limit", "200", "--size", "14", "--epochs", "1", "--hidden", "8", "--latent", "2", "--out",
        run,
      ])
      #expect(try Run(opening: run).configuration.examples.size == 196)
      try VAEProgram.succeed(["evaluate", run, "--samples", "0", "--limit", "50"])
    }
  }
}
