import TestSupport
import Autoencoders
import Experiments
import Foundation
import Testing

struct TotalCorrelationTests {
  /// Charges for total correlation are objectives like others: stored, continued to the same bits, begun from.
  @Test(arguments: [
    ["--objective", "btcvae", "--beta", "4"],
    ["--objective", "factor", "--gamma", "10", "--discriminator", "16,16", "--discriminator-rate", "0.001"],
  ])
  func objectivesAreTrainedAndContinued(_ objective: [String]) throws {
    let small = ["train", "digits", "--subset", "300", "--hidden", "24", "--latent", "3", "--threads", "2"]
    try withTemporaryFolder { folder in
      let (whole, parts) = (folder + "/whole", folder + "/parts")
      let said = try VAEProgram.succeed(small + objective + ["--epochs", "4", "--out", whole]).errors
      #expect(said.contains("285 to train on, 15 to validate"))
      let configuration = try Run(opening: whole).configuration
      let charge = try #require(configuration.training.objective.totalCorrelation)
      #expect(charge.weight == (objective[1] == "btcvae" ? 3 : 10) && configuration.training.objective.beta == 1)
      #expect(charge.discriminator?.hidden == (objective[1] == "btcvae" ? nil : [16, 16]))
      #expect(configuration.data.subset == 300)
      #expect(try VAEProgram.succeed(["info", whole]).output.contains("times the total correlation"))

      try VAEProgram.succeed(small + objective + ["--epochs", "2", "--out", parts])
      let file = parts + "/config.json"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try text.replacing("\"epochs\" : 2", with: "\"epochs\" : 4").write(
        toFile: file, atomically: true, encoding: .utf8)
      try VAEProgram.succeed(["train", "--resume", parts])
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: Run(opening: parts).checkpointPath(.last)))
          == Data(contentsOf: URL(fileURLWithPath: Run(opening: whole).checkpointPath(.last))))

      let more = folder + "/more"
      try VAEProgram.succeed(["train", "--from", whole, "--epochs", "1", "--out", more])
      #expect(try Run(opening: more).configuration.training.objective == configuration.training.objective)
    }
  }

  @Test(arguments: [
    (["--objective", "btcvae", "--gamma", "3"], "--gamma"), (["--gamma", "3"], "--objective factor"),
    (["--objective", "factor", "--gamma", "-1"], "--gamma"),
    (["--objective", "factor", "--discriminator", "9,x"], "widths"),
    (["--objective", "factor", "--discriminator-rate", "0"], "--discriminator-rate"),
    (["--objective", "btcvae", "--prior", "vamp"], "total correlation"),
    (["--objective", "factor", "--leapfrogs", "2"], "total correlation"),
    (["--objective", "btcvae", "--given", "left"], "total correlation"),
    (["--objective", "btcvae", "--algorithm", "wake-sleep"], "wake-sleep"),
    (["--objective", "iwae", "--divergence", "sampled"], "--divergence"), (["--subset", "0"], "--subset"),
  ])
  func whatMakesNoSenseIsSaid(_ flags: [String], _ word: String) throws {
    try withTemporaryFolder { folder in
      let result = try VAEProgram.run(["train", "digits", "--out", folder + "/run"] + flags)
      #expect(result.status != 0 && result.errors.contains(word), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }
  }
}
