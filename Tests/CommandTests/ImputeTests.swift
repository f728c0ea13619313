import TestSupport
import Datasets
import Foundation
import Pictures
import Tensors
import Testing

/// `vae impute`, and data with holes from training to evaluation.
struct ImputeTests {
  private func floats(_ path: String) throws -> (values: [Float], data: Dataset) {
    let data = try DataFile(path: path).read()
    guard case .floats(let values) = data.values else { throw CocoaError(.fileReadUnknown) }
    return (values, data)
  }

  @Test(arguments: [
    ["--mask", "random:0.6"], ["--mask", "left", "--method", "metropolis", "--warm-up", "3"],
    ["--mask", "rectangle:4,4,10,30", "--method", "importance", "--samples", "40"], ["--mask", "random:1", "--draw"],
  ])
  func picturesAndErrorsAreMade(_ arguments: [String]) throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let path = folder + "/strip.png"
      let json = try VAEProgram.succeed(
        ["impute", run, "--count", "20", "--rows", "3", "--steps", "9", "--out", path, "--json"] + arguments
      ).json()
      let picture = try Picture(readingPNG: path)
      #expect(picture.width > picture.height && Set(picture.bytes).count > 2)
      #expect(picture.bytes.contains(128), "what is missing is grey")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["strip.png"])
      let mean = try #require(json["mean"] as? [String: Any])
      let baseline = try #require(json["training_mean"] as? [String: Any])
      for score in [mean, baseline] {
        #expect((0.05...0.6).contains(try #require(score["rmse"] as? Double)))
        #expect((0.001...0.6).contains(try #require(score["wrong_part"] as? Double)))
      }
      let isChain = !arguments.contains("importance")
      #expect((json["steps"] as? [Any])?.count == (isChain ? 9 : nil))
      #expect((json["acceptance"] != nil) == arguments.contains("metropolis"))
      #expect((json["effective_draws"] != nil) == !isChain)
    }
  }

  @Test func sameSeedSameResult() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      func impute(_ name: String, _ more: String...) throws -> Data {
        try VAEProgram.succeed(
          ["impute", run, "--count", "20", "--steps", "5", "-o", "\(folder)/\(name).npy"] + more)
        return try contents("\(folder)/\(name).npy")
      }
      let first = try impute("a")
      #expect(try impute("b") == first)
      #expect(try impute("c", "--seed", "1") != first)
    }
  }

  @Test func masksCanBeFiles() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let marks = (0..<784).map { Float($0 % 3 == 0 ? 0 : 1) }
      try ArrayFile.write(marks, shape: [28, 28], to: folder + "/mask.npy")
      try Picture(values: marks, shape: [28, 28]).writePNG(to: folder + "/mask.png")
      func impute(_ mask: String) throws -> (text: String, file: Data) {
        let out = folder + "/filled.npy"
        let text = try VAEProgram.succeed(
          ["impute", run, "--mask", "file:\(folder)/\(mask)", "--count", "5", "--steps", "3", "-o", out]
        ).output
        return (text, try contents(out))
      }
      let (array, picture) = (try impute("mask.npy"), try impute("mask.png"))
      #expect(array.file == picture.file && array.text.contains("33.4% of the numbers missing"))
      try ArrayFile.write(marks, shape: [56, 14, 1], to: folder + "/other.npy")
      try ArrayFile.write(Array(marks.dropLast()), shape: [9, 87], to: folder + "/wrong.npy")
      let wrong = try VAEProgram.run(["impute", run, "--mask", "file:\(folder)/wrong.npy"])
      #expect(wrong.status != 0 && wrong.errors.contains("wrong.npy") && wrong.errors.contains("9 masks of 87"))
    }
  }

  /// Three columns that one cause drives, in units of their own, a third of the cells empty.
  private func writeTable(_ folder: String) throws -> (truth: [Float], isMissing: [Bool]) {
    let numbers = RandomStream(seed: 1).normal([500, 4]).scalars
    let luck = RandomStream(seed: 2).uniform([1500]).scalars
    var truth: [Float] = []
    for row in 0..<500 {
      let cause = numbers[row * 4]
      truth.append(100 + 20 * (cause + 0.2 * numbers[row * 4 + 1]))
      truth.append(0.5 - 0.01 * (cause + 0.2 * numbers[row * 4 + 2]))
      truth.append(3 * (cause + 0.2 * numbers[row * 4 + 3]))
    }
    let isMissing = luck.map { $0 < 0.33 }
    var text = "a,b,c\n"
    for row in 0..<500 {
      text += (row * 3..<row * 3 + 3).map { isMissing[$0] ? "" : "\(truth[$0])" }.joined(separator: ",") + "\n"
    }
    try text.write(toFile: folder + "/holes.csv", atomically: true, encoding: .utf8)
    return (truth, isMissing)
  }

  @Test func tablesWithHolesAreLearnedJudgedAndFilled() throws {
    try withTemporaryFolder { folder in
      let (truth, isMissing) = try writeTable(folder)
      let (table, run, out) = (folder + "/holes.csv", folder + "/run", folder + "/filled.csv")
      let inspected = try VAEProgram.succeed(["data", "inspect", table]).output
      #expect(inspected.contains("\(isMissing.count { $0 }) values are missing"))
      let trained = try VAEProgram.succeed(
        [
          "train", table, "--objective", "iwae", "--samples", "5", "--hidden", "16", "--latent", "2", "--epochs", "60",
          "--batch-size", "25", "--learning-rate", "0.01", "--out", run,
        ])
      #expect(trained.errors.contains("of the numbers missing"))
      let losses = trained.output.split(separator: "\n").compactMap { line -> Double? in
        line.components(separatedBy: "loss ").dropFirst().first
          .flatMap { Double($0.prefix { "-.0123456789".contains($0) }) }
      }
      #expect(losses.count == 60 && losses.last! < losses[0] - 0.5, "\(losses.prefix(1)) to \(losses.suffix(1))")
      #expect(try VAEProgram.succeed(["evaluate", run]).output.contains("over the observed numbers"))

      let said = try VAEProgram.succeed(
        ["impute", run, table, "--method", "importance", "--samples", "500", "-o", out]
      ).output
      #expect(said.contains("the truth is not known"))
      let filled = try floats(out).values
      #expect(filled.count == 1500 && filled.allSatisfy(\.isFinite))
      var (squares, plain) = ([0.0, 0, 0], [0.0, 0, 0])
      let centres: [Float] = [100, 0.5, 0]
      for i in 0..<1500 {
        if isMissing[i] {
          squares[i % 3] += pow(Double(filled[i] - truth[i]), 2)
          plain[i % 3] += pow(Double(centres[i % 3] - truth[i]), 2)
        } else {
          #expect(filled[i].bitPattern == truth[i].bitPattern)
        }
      }
      for column in 0..<3 { #expect(squares[column] < 0.6 * plain[column], "column \(column)") }

      try VAEProgram.succeed(["impute", run, table, "--draws", "2", "--steps", "5", "-o", out])
      let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 1001 && lines[0] == "draw,x_0,x_1,x_2" && lines[1].hasPrefix("1.0,"))
      #expect(lines[1000].hasPrefix("2.0,"))
      try VAEProgram.succeed(["impute", run, table, "--draws", "2", "--steps", "5", "-o", folder + "/filled.npy"])
      #expect(try floats(folder + "/filled.npy").data.values.count == 3000)
    }
  }

  @Test func holesCanBeMadeForTraining() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      let trained = try VAEProgram.succeed(
        [
          "train", "digits", "--limit", "200", "--missing", "0.4", "--epochs", "2", "--hidden", "20", "--latent", "2",
          "--out", run,
        ])
      #expect(trained.errors.contains("40.0% of the numbers missing"))
      func evaluate(_ split: String) throws -> [String: Any] {
        try VAEProgram.succeed(["evaluate", run, "--samples", "0", "--split", split, "--limit", "50", "--json"]).json()
      }
      let (held, test) = (try evaluate("validation"), try evaluate("test"))
      #expect(abs((held["missing_part"] as? Double ?? 0) - 0.4) < 1e-9)
      #expect(test["missing_part"] == nil, "test examples stay whole")
      #expect(held["bound_bits_per_dimension"] == nil && test["bound_bits_per_dimension"] != nil)
    }
  }
}
