import TestSupport
import Datasets
import Foundation
import Pictures
import Testing

/// What a trained run can be put to.
struct UseTests {
  private func size(ofPNG path: String) throws -> (width: Int, height: Int) {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(24)
    #expect(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    let picture = try Picture(readingPNG: path)
    #expect(picture.width == number(16) && picture.height == number(20))
    #expect(Set(picture.bytes).count > 10, "\(path) shows nothing")
    return (picture.width, picture.height)
  }

  @Test func evaluateGivesBoundAndEstimateApart() throws {
    let run = try SharedRun.path()
    let result = try VAEProgram.succeed(["evaluate", run, "--limit", "100", "--samples", "64", "--json"])
    let json = try result.json()
    for key in [
      "bound_nats", "estimate_nats", "standard_error", "bound_standard_error", "log_likelihood_nats", "kl_nats",
    ] {
      #expect((json[key] as? Double)?.isFinite == true, "\(key)")
    }
    let bound = try #require(json["bound_nats"] as? Double)
    let estimate = try #require(json["estimate_nats"] as? Double)
    #expect(bound < 0 && bound > -600 && estimate > bound - 1)
    #expect(json["estimate_samples"] as? Int == 64)
    #expect(json["count"] as? Int == 100 && json["estimate_count"] as? Int == 100)
    #expect(json["split"] as? String == "test" && json["binarization"] as? String == "dynamic")
    #expect((1...2).contains(try #require(json["active_units"] as? Int)) && json["latent_units"] as? Int == 2)
    let divergences = try #require(json["kl_per_latent"] as? [Double])
    #expect(divergences.count == 2)
    #expect(abs(divergences.reduce(0, +) - (json["kl_nats"] as? Double ?? 0)) < 1e-6)
  }

  @Test(arguments: ["pca", "tsne"]) func mapPutsExamplesInThePlane(_ method: String) throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let flags = ["map", run, "--method", method, "--count", "100", "--perplexity", "10"]
      try VAEProgram.succeed(flags + ["-o", folder + "/map.svg"])
      let chart = try String(contentsOfFile: folder + "/map.svg", encoding: .utf8)
      #expect(chart.components(separatedBy: "<circle").count >= 101)
      try VAEProgram.succeed(flags + ["-o", folder + "/map.csv"])
      let rows = try String(contentsOfFile: folder + "/map.csv", encoding: .utf8).split(separator: "\n")
      #expect(rows.count == 101 && rows[0] == "x,y,label")
      let crowded = try VAEProgram.run(["map", run, "--method", "tsne", "--count", "20", "--perplexity", "10"])
      #expect(crowded.status != 0 && crowded.errors.contains("--perplexity"))
    }
  }

  @Test func evaluateDoesNotDependOnThreadsAndHearsItsSeed() throws {
    let run = try SharedRun.path()
    func evaluate(_ more: String...) throws -> String {
      try VAEProgram.succeed(["evaluate", run, "--limit", "60", "--samples", "20", "--json"] + more).output
    }
    #expect(try evaluate("--threads", "1") == evaluate("--threads", "2"))
    #expect(try evaluate("--seed", "1") != evaluate("--seed", "2"))
  }

  @Test(arguments: ["importance", "prior", "ais", "hmc"]) func everyEstimatorReports(_ estimator: String) throws {
    let run = try SharedRun.path()
    let result = try VAEProgram.succeed(
      [
        "evaluate", run, "--estimator", estimator, "--limit", "12", "--samples", "40", "--chains", "4",
        "--temperatures",
        "12", "--leapfrogs", "3", "--simulated", "8", "--json",
      ] + (estimator == "ais" ? ["--importance-draws", "50"] : [])
    ).json()
    #expect(result["estimator"] as? String == estimator)
    #expect(result["estimate_count"] as? Int == 12)
    let estimate = try #require(result["estimate_nats"] as? Double)
    #expect(estimate < 0 && estimate > -2000)
    #expect((result["monte_carlo_error"] as? Double).map { $0 > 0 } == true)
    #expect((result["bracket"] != nil) == (estimator == "ais"))
    if let other = result["importance"] as? [String: Any] {
      let difference = try #require(other["difference_nats"] as? Double)
      let sampled = try #require(other["estimate_nats"] as? Double)
      #expect(abs(estimate - sampled - difference) < 1e-6)
    } else {
      #expect(estimator != "ais")
    }
    if let bracket = result["bracket"] as? [String: Any] {
      let lower = try #require(bracket["lower_nats"] as? Double)
      let upper = try #require(bracket["upper_nats"] as? Double)
      #expect(abs(upper - lower - (bracket["gap_nats"] as? Double ?? .infinity)) < 1e-6)
    }
  }

  @Test func evaluateSpeaksToPeopleToo() throws {
    let text = try VAEProgram.succeed(
      ["evaluate", try SharedRun.path(), "--limit", "50", "--samples", "0", "--split", "validation"]
    ).output
    #expect(text.contains("30 validation examples") && text.contains("bound (ELBO)") && text.contains("active units"))
    #expect(!text.contains("estimate of log p"))
  }

  @Test func evaluateTakesTheRateApart() throws {
    let run = try SharedRun.path()
    let arguments = ["evaluate", run, "--limit", "200", "--samples", "50", "--aggregate", "--components", "12"]
    let json = try VAEProgram.succeed(arguments + ["--json"]).json()
    let aggregate = try #require(json["aggregate"] as? [String: Any])
    func number(_ key: String) throws -> Double { try #require(aggregate[key] as? Double, "\(key)") }
    let (rate, information) = (try number("rate_nats"), try number("mutual_information_nats"))
    #expect(abs(rate - (json["kl_nats"] as? Double ?? 0)) < 1e-4)
    #expect(try abs(number("distortion_nats") + (json["log_likelihood_nats"] as? Double ?? 0)) < 1e-6)
    #expect(abs(rate - information - (try number("kl_from_prior_nats"))) < 1e-9)
    #expect(information > 0.1 && information < log(200) + 0.01)
    #expect(try number("mutual_information_ceiling_nats") == log(200))
    #expect(try number("mutual_information_standard_error") > 0 && number("kl_from_prior_standard_error") > 0)
    #expect(aggregate["fitted_prior_components"] as? Int == 12)
    #expect(aggregate["fitted_prior_examples"] as? Int == 570 && aggregate["count"] as? Int == 200)
    #expect(aggregate["fitted_prior_samples"] as? Int == 50)
    let (estimate, plain) = (try number("fitted_prior_estimate_nats"), try #require(json["estimate_nats"] as? Double))
    // A prior cannot gain more than what the standard one costs beside the aggregate, nor should it lose much.
    #expect(estimate > plain - 0.5 && estimate < plain + rate)

    let text = try VAEProgram.succeed(arguments).output
    for words in ["rate (KL)", "distortion", "mutual inform", "KL of aggregate", "with a fitted prior", "12 Gaussians"]
    {
      #expect(text.contains(words), "\(words)")
    }
    let bound = try VAEProgram.succeed(["evaluate", run, "--limit", "60", "--samples", "0", "--aggregate"]).output
    #expect(bound.contains("mutual inform") && !bound.contains("estimate of log p"))
  }

  @Test func samplesCanComeFromTheAggregatePosterior() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      func sample(_ name: String, _ more: [String]) throws -> Data {
        try VAEProgram.succeed(["sample", run, "--count", "6", "-o", "\(folder)/\(name)"] + more)
        return try contents("\(folder)/\(name)")
      }
      let fitted = ["--prior", "aggregate", "--components", "8"]
      let first = try sample("a.csv", fitted)
      #expect(try sample("b.csv", fitted) == first)
      #expect(try sample("c.csv", ["--prior", "aggregate", "--components", "3"]) != first)
      #expect(try sample("d.csv", fitted + ["--seed", "5"]) != first)
      #expect(try sample("e.csv", []) == sample("f.csv", ["--prior", "standard"]))
      #expect(try sample("e.csv", []) != first)
      _ = try sample("sheet.png", fitted)
      _ = try size(ofPNG: folder + "/sheet.png")
    }
  }

  @Test func sampleWritesASheet() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let path = folder + "/few.png"
      let result = try VAEProgram.succeed(["sample", run, "--count", "6", "--columns", "3", "--out", path])
      #expect(result.output == path + "\n")
      let (width, height) = try size(ofPNG: path)
      // Three by two pictures of 28 pixels, enlarged alike, between gutters of two.
      #expect((width - 8) % 84 == 0 && (height - 6) % 56 == 0 && (width - 8) / 84 == (height - 6) / 56)
    }
  }

  @Test func samplesAreNumbersIfThePathSaysSo() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      try VAEProgram.succeed(["sample", run, "--count", "5", "--draw", "-o", folder + "/new.npy"])
      let drawn = try DataFile(path: folder + "/new.npy").read()
      #expect(drawn.count == 5 && drawn.exampleShape == [28, 28])
      guard case .floats(let values) = drawn.values else { return #expect(Bool(false), "floats were written") }
      #expect(Set(values) == [0, 1], "draws from a Bernoulli are zeros and ones")
      try VAEProgram.succeed(["sample", run, "--count", "5", "--seed", "3", "-o", folder + "/a.csv"])
      try VAEProgram.succeed(["sample", run, "--count", "5", "--seed", "3", "-o", folder + "/b.csv"])
      let (a, b) = (try contents(folder + "/a.csv"), try contents(folder + "/b.csv"))
      #expect(a == b && !a.isEmpty)
    }
  }

  @Test(arguments: [
    ["reconstruct", "--count", "7"], ["interpolate", "--pairs", "2", "--steps", "4"],
    ["manifold", "--side", "5"], ["manifold", "--side", "3", "--axes", "1,0"],
    ["traverse", "--steps", "4"], ["traverse", "--units", "1,0", "--steps", "3", "--example", "2", "--range", "2"],
    ["sample", "--temperature", "0.5,0.7,1", "--count", "4"], ["sample", "--neighbours", "--count", "6"],
    ["interpolate", "--animate", "--pairs", "9", "--steps", "3"],
  ])
  func picturesAreWritten(_ arguments: [String]) throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let path = folder + "/picture.png"
      try VAEProgram.succeed([arguments[0], run] + arguments.dropFirst() + ["--out", path])
      let (width, height) = try size(ofPNG: path)
      #expect(width >= 28 * 3 && height >= 28 * 2)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["picture.png"])
    }
  }

  @Test func reconstructionsCanBeNumbersOfOtherData() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let pixels = (0..<3 * 784).map { Float($0 % 7) / 6 }
      try ArrayFile.write(pixels, shape: [3, 28, 28], to: folder + "/mine.npy")
      try VAEProgram.succeed(
        ["reconstruct", run, "--data", folder + "/mine.npy", "--count", "3", "-o", folder + "/out.npy"])
      let data = try DataFile(path: folder + "/out.npy").read()
      #expect(data.count == 3 && data.exampleShape == [28, 28])
    }
  }

  @Test func encodeWritesMeansAndDeviations() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      try VAEProgram.succeed(["encode", run, "--split", "validation", "-o", folder + "/codes.npy"])
      let codes = try DataFile(path: folder + "/codes.npy").read()
      #expect(codes.count == 30 && codes.exampleShape == [2, 2])
      guard case .floats(let numbers) = codes.values else { return #expect(Bool(false), "floats were written") }
      for example in 0..<30 { #expect(numbers[example * 4 + 2] > 0 && numbers[example * 4 + 3] > 0) }

      try VAEProgram.succeed(["encode", run, "--split", "validation", "-o", folder + "/codes.csv"])
      let lines = try String(contentsOfFile: folder + "/codes.csv", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 31)
      #expect(lines[0] == "mean_0,mean_1,deviation_0,deviation_1,label")
      let first = lines[1].split(separator: ",").compactMap { Float($0) }
      #expect(Array(first.prefix(4)) == Array(numbers.prefix(4)))
      #expect((0...9).contains(first[4]) && first[4] == first[4].rounded())
    }
  }

  @Test func infoTellsWhatTheRunIs() throws {
    let run = try SharedRun.path()
    let json = try VAEProgram.succeed(["info", run, "--json"]).json()
    #expect(json["epoch"] as? Int == 3 && json["step"] as? Int == 45)
    #expect((json["tensors"] as? [String: [Int]])?["encoder.0.weight"] == [784, 48])
    #expect(json["parameters"] as? Int == 784 * 48 + 48 + 2 * (48 * 2 + 2) + 2 * 48 + 48 + 48 * 784 + 784)
    let configuration = try #require(json["configuration"] as? [String: Any])
    #expect((configuration["data"] as? [String: Any])?["source"] as? String == "digits")
    let text = try VAEProgram.succeed(["info", run]).output
    #expect(text.contains("mlp 784-48-2") && text.contains("epoch 3 of 3") && text.contains("encoder.0.weight"))
  }

  @Test func reportIsAFolderOfPicturesAndFigures() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let out = folder + "/report"
      let result = try VAEProgram.succeed(["report", run, "--out", out, "--samples", "20", "--limit", "50"])
      let names = ["samples.png", "reconstructions.png", "interpolations.png", "manifold.png", "training-curve.svg"]
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: out)) == Set(names + ["report.md", "evaluation.json"]))
      for name in names where name.hasSuffix("png") { _ = try size(ofPNG: "\(out)/\(name)") }
      let page = try String(contentsOfFile: out + "/report.md", encoding: .utf8)
      for name in names { #expect(page.contains("(\(name))") && result.output.contains(name)) }
      let figures = try JSONSerialization.jsonObject(with: contents(out + "/evaluation.json"))
      #expect((figures as? [String: Any])?["estimate_nats"] is Double)
    }
  }
}
