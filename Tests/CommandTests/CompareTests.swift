import TestSupport
import Foundation
import Testing

struct CompareTests {
  private let bounds = [
    "compare", "bounds", "digits", "--limit", "400", "--hidden", "8", "--latents", "2,3", "--batch-size", "40",
    "--judged", "60", "--threads", "1", "--rates", "0.01,0.1", "--trial-samples", "400",
  ]
  private let likelihoods = [
    "compare", "likelihoods", "digits", "--sizes", "100,200", "--hidden", "8", "--latent", "2", "--batch-size", "50",
    "--judged", "10", "--threads", "1", "--rates", "0.02",
  ]

  private func rows(_ folder: String) throws -> [[String: String]] {
    let lines = try String(contentsOfFile: folder + "/points.csv", encoding: .utf8).split(separator: "\n")
    let names = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().map {
      Dictionary(uniqueKeysWithValues: zip(names, $0.split(separator: ",").map(String.init)))
    }
  }

  private func number(_ row: [String: String], _ key: String) throws -> Double {
    try #require(Double(row[key] ?? ""), "\(key) in \(row)")
  }

  @Test func boundsMakeAFigureOfRuns() throws {
    try withTemporaryFolder { folder in
      let out = folder + "/f"
      let result = try VAEProgram.succeed(bounds + ["--samples", "30000", "--out", out])
      let curves = ["aevb-2", "wake-sleep-2", "aevb-3", "wake-sleep-3"]
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: out))
          == Set(curves + ["points.csv", "figure.svg", "figure.md"]))
      let table = try rows(out)
      for curve in curves {
        let parts = curve.split(separator: "-")
        let own = table.filter {
          $0["algorithm"] == parts.dropLast().joined(separator: "-") && $0["latents"] == "\(parts.last!)"
        }
        #expect(try own.map { try number($0, "samples") } == [10000, 14440, 20800, 30000], "\(curve)")
        for key in ["train_nats", "held_out_nats"] {
          let values = try own.map { try number($0, key) }
          #expect(values.allSatisfy { $0 < -20 && $0 > -600 })
          #expect(values[3] > values[0], "\(curve) learns: \(values)")
        }
        #expect(["0.01", "0.1"].contains(own[0]["learning_rate"]) && own[0]["training_examples"] == "400")
      }
      let picture = try String(contentsOfFile: out + "/figure.svg", encoding: .utf8)
      #expect(picture.contains("digits, 2 latents") && picture.contains("digits, 3 latents"))
      #expect(picture.components(separatedBy: "<polyline").count - 1 == 8 && !picture.contains("nan"))
      let page = try String(contentsOfFile: out + "/figure.md", encoding: .utf8)
      #expect(page.contains("figure.svg") && page.components(separatedBy: "| digits, ").count == 5)
      #expect(result.output.contains("curve 4/4"))
      // A curve is a run.
      try VAEProgram.succeed(["sample", out + "/wake-sleep-2", "--count", "4", "-o", folder + "/s.png"])
      #expect(try VAEProgram.succeed(["info", out + "/aevb-3"]).output.contains("step 750"))

      // Done already: nothing is trained, and what is written is the same.
      let files = ["points.csv", "figure.svg", "figure.md", "aevb-2/points.json"].map { out + "/" + $0 }
      let before = try files.map(contents)
      let again = try VAEProgram.succeed(bounds + ["--samples", "30000", "--out", out])
      #expect(!again.output.contains("curve 1/4"))
      #expect(try files.map(contents) == before)

      let other = try VAEProgram.run(bounds + ["--samples", "30000", "--seed", "1", "--out", out])
      #expect(other.status == 1 && other.errors.contains("other settings"))
      #expect(try files.map(contents) == before)
    }
  }

  @Test(.tags(.slow)) func interruptedComparisonGoesOnToTheSameFigure() throws {
    try withTemporaryFolder { folder in
      let (whole, broken) = (folder + "/whole", folder + "/broken")
      let arguments = bounds + ["--samples", "80000"]
      try VAEProgram.succeed(arguments + ["--out", whole])
      let stopped = try VAEProgram.run(arguments + ["--out", broken]) { process, output in
        var waits = 0
        while waits < 10000, (try? String(contentsOfFile: output, encoding: .utf8))?.contains("wake-sleep-2") != true {
          usleep(2000)
          waits += 1
        }
        expectOneListener(to: SIGINT, of: process)
        expectOneListener(to: SIGTERM, of: process)
        kill(process, SIGINT)
      }
      try #require(stopped.status == 130, "\(stopped.errors)")
      #expect(stopped.errors.contains("same command"))
      let left = try FileManager.default.subpathsOfDirectory(atPath: broken)
      #expect(!left.contains { $0.hasSuffix(".part") } && !left.contains("wake-sleep-3"))
      try VAEProgram.succeed(arguments + ["--out", broken])
      for file in ["points.csv", "figure.svg", "figure.md"] {
        #expect(try contents("\(whole)/\(file)") == contents("\(broken)/\(file)"), "\(file)")
      }
    }
  }

  /// No signal may stop a thread that multiplies: see `Interruption`. Only the one that waits for them has them open.
  private func expectOneListener(to signal: CInt, of process: pid_t) {
    let tasks = "/proc/\(process)/task"
    var listeners: [String] = []
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? [] {
      let status = (try? String(contentsOfFile: "\(tasks)/\(thread)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }
      let blocked = line.flatMap { $0.split(separator: "\t").last }.flatMap { UInt64($0, radix: 16) }
      // One that has just ended has no status any more.
      if let blocked, blocked >> UInt64(signal - 1) & 1 == 0 { listeners.append(thread) }
    }
    #expect(listeners.count == 1 && listeners != ["\(process)"])
  }

  @Test func likelihoodsCompareThreeAlgorithms() throws {
    try withTemporaryFolder { folder in
      let out = folder + "/f"
      try VAEProgram.succeed(likelihoods + ["--samples", "20000", "--out", out])
      let table = try rows(out)
      for algorithm in ["aevb", "wake-sleep", "mcem"] {
        for size in ["100", "200"] {
          let own = table.filter { $0["algorithm"] == algorithm && $0["training_examples"] == size }
          let values = try own.map { try number($0, "held_out_nats") }
          #expect(values.count == 2 && values.allSatisfy { $0 < -20 && $0 > -600 }, "\(algorithm) \(size): \(values)")
        }
      }
      let picture = try String(contentsOfFile: out + "/figure.svg", encoding: .utf8)
      #expect(picture.contains("MCEM, train") && picture.contains("200 training points"))
      let copy = try contents(out + "/points.csv")
      try VAEProgram.succeed(likelihoods + ["--samples", "20000", "--out", out])
      #expect(try contents(out + "/points.csv") == copy)
      let judged = try VAEProgram.run(["evaluate", out + "/mcem-100", "--limit", "5", "--samples", "2"])
      #expect(judged.errors.contains("mcem") && judged.errors.contains("q(z|x)"))
    }
  }

  @Test(arguments: [
    ["--latents", "0"], ["--latents", "3,3"], ["--latents", "x"], ["--rates", "0"], ["--rates", ""],
    ["--algorithms", "adam"], ["--algorithms", "aevb,aevb"], ["--algorithms", "mcem"], ["--samples", "1"],
    ["--samples", "nan"], ["--judged", "0"], ["--hidden", "0"], ["--limit", "0"],
  ])
  func nonsenseIsRefused(_ flags: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try VAEProgram.run(["compare", "bounds", "digits", "--out", folder + "/f"] + flags)
      #expect(result.status != nil && result.status != 0, "\(flags)")
      #expect(result.errorLines.filter { $0.hasPrefix("Error:") }.count == 1, "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/f"))
    }
  }
}
