import Datasets
import Foundation
import Pictures
import TestSupport
import Testing

/// Models of known factors, as a person trains and uses them.
struct InverseGraphicsCommandTests {
  @Test(.tags(.slow)) func dcignIsTrainedAndUsed() throws {
    try withTemporaryFolder { folder in
      let (run, sheet) = (folder + "/run", folder + "/sheet.png")
      let training = try VAEProgram.succeed([
        "train", "scenes", "--limit", "528", "--size", "16", "--model", "dcign", "--channels", "4,8", "--blocks", "0",
        "--latent", "6", "--batch-size", "16", "--epochs", "2", "--threads", "1", "--out", run,
      ])
      #expect(training.errors.contains("latents of azimuth, elevation, light"))
      let factors = try VAEProgram.succeed(["factors", run, "--limit", "300", "--json"]).json()
      let list = try #require(factors["factors"] as? [[String: Any]])
      #expect(list.compactMap { $0["name"] as? String } == ["azimuth", "elevation", "light"])
      #expect(
        list.compactMap { $0["latents"] as? [Int] } == [[0], [1], [2]]
          && list.allSatisfy { $0["is_own"] as? Bool == true })
      // Only wedges were drawn, so there is nothing to tell of classes.
      #expect(list.allSatisfy { ($0["classes"] as? [Any])?.isEmpty == true })
      #expect(factors["known_things"] as? Int == 0 && factors["identity_latents"] as? Int == 3)
      #expect(try String(contentsOfFile: run + "/factors.svg", encoding: .utf8).contains("true azimuth"))
      let text = try VAEProgram.succeed(["factors", run, "--limit", "300", "--factors", "class,light"]).output
      #expect(text.contains("class") && text.contains("own") && text.contains("best"))

      try VAEProgram.succeed(["traverse", run, "--latent", "azimuth,light", "--steps", "5", "-o", sheet])
      let picture = try Picture(readingPNG: sheet)
      #expect(picture.width > 7 * 16 && picture.height < picture.width / 2)
      try VAEProgram.succeed(["data", "show", "scenes", "--count", "1", "--vary", "light", "-o", folder + "/one.png"])
      let turned = try VAEProgram.succeed(["traverse", run, folder + "/one.png", "--latent", "all", "-o", sheet])
      #expect(turned.output.contains("elevation, latent 1"))
      #expect(try VAEProgram.complaint(["traverse", run, "--latent", "size"]).contains("azimuth, elevation, light"))
      #expect(try VAEProgram.complaint(["factors", run, "--factors", "size"]).contains("size"))
      try VAEProgram.succeed(["evaluate", run, "--limit", "20", "--samples", "5"])
      try VAEProgram.succeed(["sample", run, "--count", "4"])
      #expect(try VAEProgram.succeed(["info", run]).output.contains("dcign"))
    }
  }

  /// A turntable's azimuth comes round again: two latents, and a way once round.
  @Test(.needs(file: "coil20")) func whatComesRoundHasTwoLatents() throws {
    try withTemporaryFolder { folder in
      let (run, sheet) = (folder + "/run", folder + "/sheet.png")
      let set = ["coil20", "--limit", "216", "--data-dir", sharedData!, "--validation", "0.3"]
      let small = [
        "--channels", "4,8", "--blocks", "0", "--latent", "6", "--epochs", "2", "--threads", "1", "--out", run,
      ]
      try VAEProgram.succeed(["train"] + set + ["--model", "dcign"] + small)
      let data = ["--data-dir", sharedData!]
      let factors = try VAEProgram.succeed(["factors", run, "--json"] + data).json()
      let azimuth = try #require((factors["factors"] as? [[String: Any]])?.first)
      #expect(azimuth["latents"] as? [Int] == [0, 1] && factors["identity_latents"] as? Int == 4)
      #expect((azimuth["within_things"] as? [String: Any])?["error"] is Double)
      #expect(try String(contentsOfFile: run + "/factors.svg", encoding: .utf8).contains("azimuth from 315"))
      #expect(try VAEProgram.succeed(["factors", run] + data).output.contains("a line for each thing"))
      let turned = try VAEProgram.succeed(
        ["traverse", run, "--latent", "azimuth", "--steps", "8", "-o", sheet] + data)
      #expect(turned.output.contains("azimuth, latents 0 and 1  once round"))
      #expect(try Picture(readingPNG: sheet).width > 10 * 32)
    }
  }

  @Test func whatCannotBeIsSaidInALine() throws {
    let run = try SharedRun.path()
    #expect(try VAEProgram.complaint(["traverse", run, "--latent", "slant"]).contains("--units"))
    try withTemporaryFolder { folder in
      let out = ["--out", folder + "/run"]
      #expect(
        try VAEProgram.complaint(["train", "digits", "--limit", "50", "--model", "dcign"] + out).contains("alone"))
      #expect(
        try VAEProgram.complaint(["train", "digits", "--limit", "50", "--factors", "slant"] + out).contains("dcign"))
      #expect(
        try VAEProgram.complaint(["train", "scenes", "--limit", "264", "--model", "dcign", "--factors", "size"] + out)
          .contains("azimuth"))
      #expect(
        try VAEProgram.complaint(["train", "scenes", "--limit", "264", "--model", "dcign", "--latent", "3"] + out)
          .contains("--latent"))
      let file = folder + "/plain.npy"
      try VAEProgram.succeed(["sample", run, "--count", "5", "-o", file])
      #expect(
        try VAEProgram.complaint(["train", file, "--shape", "28x28", "--model", "dcign"] + out).contains("has none"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }
    // Factors of any run of a set that has them, class by class.
    let text = try VAEProgram.succeed(["factors", run, "--limit", "300"]).output
    #expect(text.contains("slant") && text.contains("best") && text.contains("in each class"))
  }
}
