import TestSupport
import Datasets
import Foundation
import Pictures
import Testing

/// `vae train --given` and what comes after it.
struct ConditionalCommandTests {
  private func train(_ folder: String, _ more: String...) throws -> String {
    let run = folder + "/run"
    try VAEProgram.succeed(
      ["train", "digits", "--limit", "300", "--epochs", "2", "--hidden", "24", "--latent", "3", "--batch-size", "40"]
        + more + ["--out", run])
    return run
  }

  @Test(arguments: ["quadrants:1", "column:3", "left", "class", "rectangle:3,4,10,9"])
  func whatIsGivenIsKeptAndTheRestIsMadeUp(_ given: String) throws {
    try withTemporaryFolder { folder in
      let run = try train(folder, "--given", given, "--hybrid", "0.5")
      #expect(try VAEProgram.succeed(["info", run]).output.contains("hybrid, 0.5"))
      let result = try VAEProgram.succeed(["evaluate", run, "--samples", "20", "--limit", "30", "--json"]).json()
      #expect(result["given"] as? String == given)
      #expect(try #require(result["baseline_nats"] as? Double) < 0)
      try VAEProgram.succeed(["complete", run, "--count", "3", "--draws", "4"])
      let picture = try Picture(readingPNG: run + "/completions.png")
      #expect(Set(picture.bytes).count > 3)
      if given != "class" { #expect(picture.bytes.contains(128), "what is not given is grey") }
      let path = folder + "/x.npy"
      try VAEProgram.succeed(["complete", run, "--count", "3", "--draws", "4", "--draw", "-o", path])
      let data = try DataFile(path: path).read()
      #expect(data.count == 3 && data.exampleShape == [4, 28, 28])
      guard case .floats(let values) = data.values else { throw CocoaError(.fileReadUnknown) }
      #expect(Set(values) == [0, 1])
      // The given pixels are the same in all completions of an example, others differ.
      let differing = (0..<784).filter { pixel in Set((0..<4).map { values[$0 * 784 + pixel] }).count > 1 }
      #expect(!differing.isEmpty)
      if given == "left" { #expect(differing.allSatisfy { $0 % 28 >= 14 }) }
      if given == "quadrants:1" { #expect(!differing.contains { $0 / 28 >= 14 && $0 % 28 < 14 }) }
      if given == "column:3" { #expect(!differing.contains { (12...14).contains($0 % 28) }) }
    }
  }

  @Test func aRunIsResumedAndTakesOwnExamples() throws {
    try withTemporaryFolder { folder in
      let run = try train(folder, "--given", "top")
      #expect(try VAEProgram.run(["train", "--resume", run]).errors.contains("finished"))
      let numbers = (0..<784 * 2).map { Float($0 % 784 < 392 ? 1 : 0) }
      try ArrayFile.write(numbers, shape: [2, 28, 28], to: folder + "/mine.npy")
      try VAEProgram.succeed(["complete", run, "--data", folder + "/mine.npy", "-o", folder + "/mine.png"])
      #expect(FileManager.default.fileExists(atPath: folder + "/mine.png"))
      try VAEProgram.succeed(["encode", run, "--split", "validation", "-o", folder + "/codes.npy"])
      // What knows of no condition says so.
      for command in ["sample", "reconstruct", "impute", "traverse", "report"] {
        #expect(try VAEProgram.complaint([command, run]).contains("vae complete"), "\(command)")
      }
    }
  }

  @Test func picturesGoWithPictures() throws {
    try withTemporaryFolder { folder in
      for (name, shift) in [("photos", 0), ("masks", 1)] {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        for index in 0..<24 {
          let bytes = (0..<256).map { pixel in UInt8(pixel % 16 > index % 12 + shift ? 255 : 0) }
          try Picture(width: 16, height: 16, bytes: bytes).writePNG(to: "\(folder)/\(name)/\(100 + index).png")
        }
      }
      let data = ["train", folder + "/masks", "--given", "pictures:\(folder)/photos", "--binarize", "threshold"]
      let model = ["--model", "conv", "--channels", "4,8", "--width", "4", "--latent", "2", "--epochs", "1"]
      try VAEProgram.succeed(data + model + ["--batch-size", "8", "--out", folder + "/conv"])
      try VAEProgram.succeed(data + ["--hidden", "8", "--epochs", "1", "--out", folder + "/mlp"])
      for run in ["conv", "mlp"] {
        try VAEProgram.succeed(["complete", "\(folder)/\(run)", "--split", "train", "--count", "2"])
        #expect(FileManager.default.fileExists(atPath: "\(folder)/\(run)/completions.png"))
      }
      try FileManager.default.removeItem(atPath: folder + "/photos/105.png")
      let few = try VAEProgram.complaint(data + model + ["--out", folder + "/few"])
      #expect(few.contains("23 pictures") && few.contains("24 examples"))
    }
  }

  @Test func mistakesAreSaidInALine() throws {
    try withTemporaryFolder { folder in
      func wrong(_ more: String...) throws -> String {
        try VAEProgram.complaint(["train", "digits", "--limit", "50", "--out", folder + "/run"] + more)
      }
      #expect(try wrong("--given", "quadrants:4").contains("1, 2 or 3"))
      #expect(try wrong("--given", "half").contains("takes quadrants"))
      #expect(try wrong("--given", "column:28").contains("some not"))
      #expect(try wrong("--given", "rectangle:40,0,3,3").contains("--given"))
      #expect(try wrong("--given", "file:\(folder)/none.png").contains("no such file"))
      #expect(try wrong("--hybrid", "0.5").contains("--hybrid"))
      #expect(try wrong("--given", "left", "--hybrid", "2").contains("--hybrid"))
      #expect(try wrong("--given", "left", "--model", "conv").contains("--given"))
      #expect(try wrong("--given", "left", "--model", "ladder", "--latents", "3,2").contains("--given"))
      #expect(try VAEProgram.complaint(["complete", try SharedRun.path()]).contains("--given"))
      try ArrayFile.write([Float](repeating: 1, count: 40), shape: [10, 4], to: folder + "/table.npy")
      #expect(
        try VAEProgram.complaint(["train", folder + "/table.npy", "--given", "class", "--out", folder + "/run"])
          .contains("no classes"))
      #expect(
        try VAEProgram.complaint(["train", folder + "/table.npy", "--given", "quadrants:1", "--out", folder + "/run"])
          .contains("for pictures"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }
  }
}
