import TestSupport
import Autoencoders
import Datasets
import Experiments
import Foundation
import Pictures
import Testing

/// Models of examples and their classes, as a person trains and uses them.
struct SemiSupervisedTests {
  private static let small = [
    "digits", "--limit", "400", "--hidden", "24", "--latent", "4", "--batch-size", "40", "--threads", "1",
  ]

  @Test(.tags(.slow)) func m2IsTrainedAndUsed() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      let training = try VAEProgram.succeed(
        ["train"] + Self.small + ["--model", "m2", "--labels", "50", "--epochs", "2", "--out", run])
      #expect(training.errors.contains("50 with a class"))
      #expect(training.output.contains("validation error") && training.output.contains("vae classify \(run)"))
      #expect(try Run(opening: run).metrics().last?.validationError != nil)
      let result = try VAEProgram.succeed(["classify", run, "--limit", "60", "--json"]).json()
      #expect(result["count"] as? Int == 60)
      let table = try #require(result["confusion"] as? [[Int]])
      let right = (0..<10).reduce(0) { $0 + table[$1][$1] }
      #expect(table.count == 10 && table.joined().reduce(0, +) == 60)
      let error = try #require(result["error"] as? Double)
      #expect(abs(error - Double(60 - right) / 60) < 1e-9)
      let file = folder + "/p.csv"
      let text = try VAEProgram.succeed(["classify", run, "--limit", "60", "-o", file]).output
      #expect(text.contains("error") && text.contains("true class by row"))
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 61 && lines[0].hasPrefix("p_0,p_1") && lines[0].hasSuffix("predicted,label"))
      let numbers = lines[1].split(separator: ",").compactMap { Double($0) }
      #expect(abs(numbers[0..<10].reduce(0, +) - 1) < 1e-4)

      let picture = folder + "/a.png"
      try VAEProgram.succeed(["analogies", run, "--count", "2", "-o", picture])
      #expect(try Picture(readingPNG: picture).width > 11 * 28)
      let samples = folder + "/s.npy"
      try VAEProgram.succeed(["sample", run, "--class", "3", "--count", "4", "-o", samples])
      try VAEProgram.succeed(["sample", run, "--count", "4", "-o", folder + "/all.png"])
      let judged = try VAEProgram.succeed(["evaluate", run, "--limit", "10", "--samples", "5"]).output
      #expect(judged.contains("importance sampling"))
      try VAEProgram.succeed(["encode", run, "--split", "validation", "-o", folder + "/codes.npy"])
      try VAEProgram.succeed(["reconstruct", run, "--count", "2", "-o", folder + "/r.png"])
      #expect(try VAEProgram.succeed(["info", run]).output.contains("10 classes"))
      #expect(try VAEProgram.complaint(["sample", run, "--class", "ten"]).contains("ten"))
      #expect(try VAEProgram.complaint(["classify", run, "--labels", "50"]).contains("--labels"))
    }
  }

  @Test(.tags(.slow)) func stackedModelKeepsItsFeatures() throws {
    try withTemporaryFolder { folder in
      let (run, again, cut) = (folder + "/run", folder + "/again", folder + "/cut")
      let flags = ["train"] + Self.small + ["--model", "m1m2", "--labels", "50"]
      try VAEProgram.succeed(flags + ["--feature-epochs", "1", "--epochs", "2", "--out", run])
      #expect(FileManager.default.fileExists(atPath: run + "/m1/config.json"))
      try VAEProgram.succeed(["classify", run, "--limit", "20"])
      try VAEProgram.succeed(["analogies", run, "--count", "2"])
      try VAEProgram.succeed(["sample", run, "--class", "0", "--count", "3", "--draw"])
      try VAEProgram.succeed(["evaluate", run, "--limit", "10", "--samples", "3"])
      try VAEProgram.succeed(["classify", run + "/m1", "--labels", "50", "--limit", "20"])
      // The features of another run give the same as those that were just learned.
      try VAEProgram.succeed(flags + ["--features", run + "/m1", "--epochs", "2", "--out", again])
      func weights(_ run: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: Run(opening: run).checkpointPath(.last)))
      }
      #expect(try weights(run) == weights(again))
      // A run that was cut off between the two models goes on.
      try FileManager.default.copyItem(atPath: run, toPath: cut)
      for file in try FileManager.default.contentsOfDirectory(atPath: cut)
      where file.hasPrefix("checkpoint") || ["last", "best", "metrics.jsonl"].contains(file) {
        try FileManager.default.removeItem(atPath: cut + "/" + file)
      }
      try VAEProgram.succeed(["train", "--resume", cut])
      #expect(try weights(run) == weights(cut))
    }
  }

  @Test func labelsComeFromAFile() throws {
    try withTemporaryFolder { folder in
      let (table, labels) = (folder + "/points.csv", folder + "/labels.csv")
      var (rows, names) = ("a,b\n", "label\n")
      for i in 0..<90 {
        let side: Double = i % 2 == 0 ? 2 : -2
        rows += "\(side + Double(i % 7) / 10),\(-side + Double(i % 5) / 10)\n"
        names += i % 3 == 0 ? (i % 2 == 0 ? "up\n" : "down\n") : "\n"
      }
      try rows.write(toFile: table, atomically: true, encoding: .utf8)
      try names.write(toFile: labels, atomically: true, encoding: .utf8)
      let flags = ["train", table, "--labels-file", labels, "--hidden", "8", "--latent", "1", "--threads", "1"]
      let run = folder + "/run"
      let output = try VAEProgram.succeed(
        flags + ["--model", "m2", "--epochs", "60", "--batch-size", "10", "--learning-rate", "0.01", "--out", run])
      #expect(output.output.contains("validation error 0.00%"))
      try VAEProgram.succeed(["classify", run, "-o", folder + "/p.csv"])
      let header = try String(contentsOfFile: folder + "/p.csv", encoding: .utf8).split(separator: "\n")[0]
      #expect(header == "p_down,p_up,predicted")
      let alone = folder + "/alone"
      try VAEProgram.succeed(flags + ["--model", "m2", "--supervised", "--epochs", "3", "--out", alone])
      let short = folder + "/short.csv"
      try "up\ndown\n".write(toFile: short, atomically: true, encoding: .utf8)
      let text = try VAEProgram.complaint(
        ["train", table, "--model", "m2", "--labels-file", short, "--out", folder + "/never"])
      #expect(text.contains("2 lines") && text.contains("90"))
      #expect(
        try VAEProgram.complaint(["train", table, "--model", "m2", "--out", folder + "/never"]).contains(
          "--labels-file"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/never"))
    }
  }

  /// A folder for each class; the pictures of most of them are seen without it.
  @Test func classesAreFolders() throws {
    try withTemporaryFolder { folder in
      for index in 0..<80 {
        let name = index % 2 == 0 ? "dark" : "light"
        let place = "\(folder)/photos/\(name)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let level = (index % 2 == 0 ? 40 : 200) + index % 7
        let bytes = (0..<64).map { UInt8(level + $0 % 8) }
        try Picture(width: 8, height: 8, bytes: bytes).writePNG(to: "\(place)/\(index).png")
      }
      let (run, home) = (folder + "/run", ["XDG_CACHE_HOME": folder + "/cache"])
      let trained = try VAEProgram.run(
        [
          "train", folder + "/photos", "--size", "8", "--grey", "--likelihood", "gaussian", "--model", "m2", "--labels",
          "10", "--hidden", "16", "--latent", "2", "--batch-size", "10", "--epochs", "40", "--learning-rate", "0.005",
          "--validation", "0.25", "--threads", "1", "--out", run,
        ], environment: home)
      #expect(trained.status == 0, "\(trained.errors)")
      #expect(trained.errors.contains("10 with a class"), "\(trained.errors)")
      let file = folder + "/p.csv"
      let classified = try VAEProgram.run(["classify", run, "-o", file], environment: home)
      #expect(classified.status == 0 && classified.output.contains("error           0.00%"), "\(classified.output)")
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      #expect(lines[0].hasPrefix("p_dark,p_light,predicted"))
      let picture = folder + "/light.png"
      let sampled = try VAEProgram.run(["sample", run, "--class", "light", "--count", "2", "-o", picture])
      #expect(sampled.status == 0, "\(sampled.errors)")
      let levels = try Picture(readingPNG: picture).bytes.filter { $0 < 255 }
      #expect(levels.allSatisfy { $0 > 100 } == true, "light pictures of a light class")
    }
  }

  @Test(arguments: [
    (["--model", "m2", "--labels", "55"], "multiple of 10"), (["--model", "m2", "--labels", "4000"], "--labels: 4000"),
    (["--model", "m2", "--labels", "0"], "--labels"), (["--labels", "50"], "--model m2"),
    (["--model", "m2", "--alpha", "-1"], "--alpha"), (["--model", "m2", "--labelled-share", "1"], "--labelled-share"),
    (["--model", "m2", "--features", "/none"], "--features"), (["--model", "m1m2", "--features", "/none"], "/none"),
    (["--model", "m2", "--labels-file", "/none.csv"], "/none.csv"),
    (["--model", "m2", "--objective", "dreg", "--samples", "2"], "--objective"),
    (["--model", "m2", "--algorithm", "wake-sleep"], "--algorithm"), (["--model", "m2", "--prior", "vamp"], "--prior"),
    (["--model", "m2", "--leapfrogs", "2"], "--leapfrogs"),
  ])
  func nonsenseIsRefused(_ flags: [String], _ named: String) throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      let text = try VAEProgram.complaint(["train", "digits", "--limit", "200", "--epochs", "1", "--out", run] + flags)
      #expect(text.contains(named), "\(text)")
      #expect(!FileManager.default.fileExists(atPath: run))
    }
  }

  @Test func otherModelsKnowNoClasses() throws {
    let run = try SharedRun.path()
    #expect(try VAEProgram.complaint(["classify", run]).contains("--labels"))
    #expect(try VAEProgram.complaint(["analogies", run]).contains("no classes"))
    #expect(try VAEProgram.complaint(["sample", run, "--class", "3"]).contains("no classes"))
  }
}
