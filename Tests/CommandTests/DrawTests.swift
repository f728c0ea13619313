import TestSupport
import Autoencoders
import Datasets
import Experiments
import Foundation
import Pictures
import Testing

/// A model that draws, from the command line.
struct DrawTests {
  @Test func digitsAreDrawnStepByStep() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try VAEProgram.succeed([
        "train", "digits", "--limit", "300", "--model", "draw", "--glimpses", "6", "--hidden", "16", "--latent", "4",
        "--checkpoint-steps", "2", "--epochs", "1", "--out", run,
      ])
      let settings = try Run(opening: run).configuration.model.base as? DRAWSpecification
      #expect(settings?.glimpses == 6 && settings?.read == 2 && settings?.write == 5 && settings?.checkpointSteps == 2)
      let drawn = try VAEProgram.succeed(["draw", run, "--count", "3", "--columns", "4"])
      #expect(drawn.output.contains("drawing.png") && drawn.output.contains("drawing-moving.png"))
      let sheet = try Picture(readingPNG: run + "/drawing.png")
      #expect(sheet.channels == 3 && sheet.width == 2 + 4 * (112 + 2) && sheet.height == 2 + 3 * (112 + 2))
      #expect(isRed(sheet), "where it writes is shown")

      // Held-out examples come first in their row, and without frames there is no colour.
      let plain = folder + "/plain.png"
      try VAEProgram.succeed(["draw", run, "--examples", "--count", "2", "--columns", "3", "--no-frames", "-o", plain])
      let examples = try Picture(readingPNG: plain)
      #expect(examples.width == 2 + 4 * (112 + 2) && !isRed(examples))
      let judged = try VAEProgram.succeed(["evaluate", run, "--samples", "3", "--limit", "20"]).output
      #expect(judged.contains("KL by layer, in turn"))

      // The same weights draw in more glimpses, and its curve goes on where the other stood.
      let more = folder + "/more"
      try VAEProgram.succeed([
        "train", "--from", run, "--glimpses", "9", "--kl-start", "3", "--kl-warm-up", "0.5", "--epochs", "2", "--out",
        more,
      ])
      let longer = try Run(opening: more).configuration
      let drawing = try #require(longer.model.base as? DRAWSpecification)
      #expect(drawing.glimpses == 9 && drawing.read == 2 && drawing.write == 5 && drawing.checkpointSteps == 2)
      #expect(longer.training.objective.firstBeta == 3)
      let chart = folder + "/curves.svg"
      try VAEProgram.succeed(["curves", more, "--level", "a bound = of=-80", "--against", "epochs", "-o", chart])
      let text = try String(contentsOfFile: chart, encoding: .utf8)
      #expect(text.contains(">more<") && text.contains(">a bound = of<") && text.contains("epoch"))
    }
  }

  private func isRed(_ picture: Picture) -> Bool {
    stride(from: 0, to: picture.bytes.count, by: 3).contains {
      Int(picture.bytes[$0]) > Int(picture.bytes[$0 + 1]) + 100
    }
  }

  @Test func whatCannotBeDrawnIsSaidInALine() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try VAEProgram.succeed([
        "train", "digits", "--limit", "100", "--hidden", "8", "--latent", "2", "--epochs", "1", "--out", run,
      ])
      let wrong: [([String], String)] = [
        (["draw", run], "--model draw"),
        (["train", "--from", run, "--read", "4", "--out", folder + "/a"], "--read goes with --model draw"),
        (["train", "digits", "--glimpses", "4", "--out", folder + "/a"], "--glimpses goes with --model draw"),
        (["train", "digits", "--model", "draw", "--likelihood", "mixture", "--out", folder + "/a"], "--likelihood"),
        (["train", "digits", "--model", "draw", "--hidden", "8,8", "--out", folder + "/a"], "--hidden"),
        (["train", "digits", "--model", "draw", "--glimpses", "0", "--out", folder + "/a"], "--glimpses"),
        (["train", "--from", run, "--glimpses", "4", "--out", folder + "/a"], "--glimpses goes with --model draw"),
        (["train", "digits", "--kl-start", "4", "--out", folder + "/a"], "--kl-warm-up"),
        (["curves", run, "--level", "published"], "published=-80.97"),
        (["curves", folder + "/none"], "none"),
        (["train", "scattered-digits:0", "--model", "draw", "--out", folder + "/a"], "1 to 9 digits"),
      ]
      for (arguments, expected) in wrong {
        let result = try VAEProgram.run(arguments)
        #expect(result.status != 0 && result.errors.contains(expected), "\(arguments): \(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/a"))
      }
    }
  }
}
