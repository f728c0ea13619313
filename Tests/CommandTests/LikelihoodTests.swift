import TestSupport
import Autoencoders
import Datasets
import Experiments
import Foundation
import Testing

/// Likelihoods of 8-bit images through the program, and the bits they are compared by.
struct LikelihoodTests {
  private let small = ["digits", "--limit", "300", "--hidden", "16", "--latent", "3", "--batch-size", "40"]

  private func evaluate(_ run: String) throws -> [String: Any] {
    try VAEProgram.succeed(["evaluate", run, "--limit", "50", "--samples", "5", "--json"]).json()
  }

  private func number(_ json: [String: Any], _ key: String) throws -> Double {
    try #require(json[key] as? Double, "\(key)")
  }

  @Test(.tags(.slow)) func mixtureOfGreyTrainsAndIsUsed() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      let trained = try VAEProgram.succeed(
        ["train"] + small + ["--likelihood", "mixture", "--components", "3", "--epochs", "2", "--out", run])
      #expect(trained.output.contains("bits/dim") && trained.errors.contains("mixture likelihood, 3 components"))
      let json = try evaluate(run)
      let (bits, nats) = (try number(json, "bound_bits_per_dimension"), try number(json, "bound_nats"))
      #expect(abs(bits + nats / (784 * log(2))) < 1e-9 && bits > 0 && bits < 8)
      let text = try VAEProgram.succeed(["evaluate", run, "--limit", "20", "--samples", "5"]).output
      let lines = text.split(separator: "\n").filter { $0.hasSuffix("(bound)") || $0.hasSuffix("(estimate)") }
      #expect(lines.count == 2 && lines[0].hasPrefix("bits per dimension"))
      try VAEProgram.succeed(["sample", run, "--count", "4", "--draw", "-o", folder + "/s.npy"])
      let drawn = try DataFile(path: folder + "/s.npy").read()
      #expect(drawn.exampleShape == [28, 28] && drawn.count == 4)
      try VAEProgram.succeed(["reconstruct", run, "--count", "4", "-o", folder + "/r.png"])
      #expect(try VAEProgram.complaint(["compress", run, "-o", folder + "/c.vae"]).contains("mixture"))
      // Goes on from what was saved.
      #expect(try VAEProgram.succeed(["train", "--resume", run]).errors.contains("is finished"))
    }
  }

  @Test func mixtureOfColoursTrains() throws {
    try withTemporaryFolder { folder in
      let values: [Float] = (0..<3600).map { index in Float(index * 37 % 256) / 255 }
      try ArrayFile.write(values, shape: [60, 5, 4, 3], to: folder + "/colours.npy")
      let run = folder + "/run"
      try VAEProgram.succeed([
        "train", folder + "/colours.npy", "--likelihood", "mixture", "--components", "2", "--hidden", "8", "--latent",
        "2",
        "--epochs", "2", "--out", run,
      ])
      let opened = try Run(opening: run).configuration
      #expect(opened.examples.shape == [5, 4, 3] && opened.model.likelihood == .mixture(components: 2))
      let bits = try number(try evaluate(run), "bound_bits_per_dimension")
      #expect(bits > 1 && bits < 12)
      // Flat rows are pictures once their shape is said.
      try ArrayFile.write(values, shape: [60, 60], to: folder + "/flat.npy")
      try VAEProgram.succeed([
        "train", folder + "/flat.npy", "--shape", "5x4x3", "--likelihood", "mixture", "--hidden", "8", "--latent", "2",
        "--epochs", "1", "--out", folder + "/flat",
      ])
      #expect(try Run(opening: folder + "/flat").configuration.examples.channels == 3)
      #expect(
        try VAEProgram.complaint(["train", folder + "/flat.npy", "--likelihood", "mixture", "--out", folder + "/no"])
          .contains("--shape"))
    }
  }

  @Test(.tags(.slow)) func densityOfDequantizedValuesBoundsBits() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      let trained = try VAEProgram.succeed(
        ["train"] + small + ["--likelihood", "gaussian", "--binarize", "dequantize", "--epochs", "3", "--out", run])
      #expect(!trained.errors.contains("--binarize dequantize") && trained.output.contains("bits/dim"))
      #expect(try Run(opening: run).configuration.model.likelihood?.scale?.leastDeviation == 0.001)
      let json = try evaluate(run)
      let (bits, nats) = (try number(json, "bound_bits_per_dimension"), try number(json, "bound_nats"))
      #expect(abs(bits - 8 + nats / (784 * log(2))) < 1e-9 && bits > 0 && bits < 16)
      let text = try VAEProgram.succeed(["evaluate", run, "--limit", "20", "--samples", "5"]).output
      #expect(text.contains("(bound, by dequantization)"))
      #expect(text.contains("(estimate, of the bound by dequantization)"))
      #expect(try VAEProgram.complaint(["compress", run, "-o", folder + "/c.vae"]).contains("density"))

      let plain = try VAEProgram.succeed(
        ["train"] + small + ["--likelihood", "gaussian", "--epochs", "1", "--out", folder + "/plain"])
      #expect(plain.errors.contains("--binarize dequantize") && !plain.output.contains("bits/dim"))
      #expect(try evaluate(folder + "/plain")["bound_bits_per_dimension"] == nil)
    }
  }

  @Test func whatDoesNotFitIsSaidInALine() throws {
    try withTemporaryFolder { folder in
      let out = ["--out", folder + "/run"]
      let thirds = folder + "/thirds.npy"
      try ArrayFile.write([Float](repeating: 0.3, count: 8 * 16), shape: [8, 4, 4], to: thirds)
      try ArrayFile.write([Float](repeating: 1 / 255, count: 8 * 32), shape: [8, 4, 4, 2], to: folder + "/two.npy")
      func train(_ data: String, _ flags: String...) throws -> String {
        try VAEProgram.complaint(["train", data] + flags + out)
      }
      #expect(try train(thirds, "--likelihood", "mixture").contains("8 bits"))
      #expect(try train(thirds, "--likelihood", "gaussian", "--binarize", "dequantize").contains("8 bits"))
      #expect(try train(folder + "/two.npy", "--likelihood", "mixture").contains("4x4x2"))
      #expect(try train("digits", "--likelihood", "mixture", "--binarize", "dequantize").contains("dequantize"))
      #expect(try train("digits", "--binarize", "dequantize").contains("--likelihood gaussian"))
      #expect(try train("digits", "--components", "3").contains("--likelihood mixture"))
      #expect(try train("digits", "--likelihood", "mixture", "--components", "65").contains("--components"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["thirds.npy", "two.npy"])
    }
  }

  @Test func numbersThatCannotBeAreRefused() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try VAEProgram.succeed(
        ["train"] + small + ["--likelihood", "mixture", "--components", "3", "--epochs", "1", "--out", run])
      let whole = try String(contentsOfFile: run + "/config.json", encoding: .utf8)
      for (old, new, key) in [
        ("\"components\" : 3", "\"components\" : 0", "model.components"),
        ("\"components\" : 3", "\"components\" : 4", "output.pixels"),
      ] {
        #expect(whole.contains(old))
        try Data(whole.replacingOccurrences(of: old, with: new).utf8).write(to: file(run + "/config.json"))
        #expect(try VAEProgram.complaint(["evaluate", run, "--limit", "5"]).contains(key))
      }
    }
  }
}
