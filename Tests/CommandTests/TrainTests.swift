import TestSupport
import Autoencoders
import DatasetCatalog
import Datasets
import Experiments
import Foundation
import Networks
import Pictures
import TestSupport
import Testing

struct TrainTests {
  private let small = ["digits", "--limit", "400", "--hidden", "24", "--latent", "3", "--batch-size", "40"]

  private func mlp(_ configuration: RunConfiguration) -> MLPSpecification? {
    configuration.model.base as? MLPSpecification
  }

  private func tensors(
    _ run: String, _ choice: Run.Choice = .last
  ) throws -> (names: [String], bytes: [[UInt8]], metadata: [String: String]) {
    let file = try Safetensors(contentsOf: Run(opening: run).checkpointPath(choice))
    let bytes = file.tensors.map { tensor in tensor.tensor.scalars.withUnsafeBytes { Array($0) } }
    return (file.tensors.map(\.name), bytes, file.metadata)
  }

  @Test func formerNamesOfFlagsStillWork() throws {
    try withTemporaryFolder { folder in
      let flags = ["--epochs", "1", "--average", "0.9", "--initial=glorot", "--out", folder + "/run"]
      try VAEProgram.succeed(["train"] + small + flags)
      let configuration = try Run(opening: folder + "/run").configuration
      #expect(configuration.training.averageDecay == 0.9 && mlp(configuration)?.initializer == .glorot)
      #expect(try !VAEProgram.succeed(["train", "--help"]).output.contains("--average"))
    }
  }

  @Test func runFolderHoldsEverything() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/a/run"
      let result = try VAEProgram.succeed(["train"] + small + ["--epochs", "2", "--out", run])
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[0].contains("epoch 1/2") && lines[0].contains("loss") && lines[0].contains("log p(x|z)"))
      #expect(lines[0].contains("KL") && lines[0].contains("images/s") && lines[0].contains("left"))
      #expect(lines[2].contains("vae evaluate \(run)"))
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: run)) == [
          "config.json", "checkpoint-00000020.safetensors", "last", "best", "metrics.jsonl",
        ])
      let opened = try Run(opening: run)
      #expect(mlp(opened.configuration)?.hidden == [24] && opened.configuration.data.limit == 400)
      #expect(opened.metrics().map(\.step) == [10, 20])
      #expect(opened.metrics().allSatisfy { $0.validationBound?.isFinite == true })
    }
  }

  /// A run whose q(z|x) goes on by leapfrogs is a run like others, but has no density to code data by.
  @Test func leapfrogsAreTrainedAndUsed() throws {
    try withTemporaryFolder { folder in
      let (run, codes) = (folder + "/run", folder + "/codes.npy")
      try VAEProgram.succeed(["train"] + small + ["--epochs", "1", "--leapfrogs", "2", "--momenta", "2", "--out", run])
      let opened = try Run(opening: run)
      #expect(mlp(opened.configuration)?.leapfrogs == LeapfrogSettings(steps: 2, momenta: 2))
      #expect(try VAEProgram.succeed(["info", run]).output.contains("2 momenta with 2 leapfrog(s)"))
      #expect(try tensors(run).names.contains("moves.1.reverse.mean.weight"))
      let text = try VAEProgram.succeed(["evaluate", run, "--limit", "10", "--samples", "3"]).output
      #expect(text.contains("bound (ELBO)") && text.contains("importance sampling"))
      try VAEProgram.succeed(["encode", run, "--split", "validation", "-o", codes])
      for command in [["compress", run, "-o", folder + "/x.vae"], ["evaluate", run, "--aggregate", "--limit", "10"]] {
        let result = try VAEProgram.run(command)
        #expect(result.status != 0 && result.errors.contains("Error:"), "\(command)")
      }
    }
  }

  /// Layers of latents, richer posteriors and learned priors are runs like others.
  @Test(arguments: [
    ["--model", "dlgm", "--hidden", "24", "--latents", "4,2", "--posterior", "flow", "--flow-steps", "2"],
    ["--model", "ladder", "--hidden", "24,12", "--latents", "4,2"],
    ["--model", "bottom-up", "--hidden", "24,12", "--latents", "4,2", "--objective", "iwae", "--samples", "3"],
    ["--hidden", "24", "--latent", "6", "--prior", "vamp", "--prior-components", "7"],
    ["--hidden", "24", "--latent", "6", "--prior", "mixture", "--objective", "stl"],
  ])
  func deepModelsAreTrainedAndUsed(_ flags: [String]) throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try VAEProgram.succeed(
        ["train", "digits", "--limit", "400", "--batch-size", "40", "--epochs", "1", "--out", run] + flags)
      let result = try VAEProgram.succeed(["evaluate", run, "--limit", "10", "--samples", "3", "--json"]).json()
      let layers = result["latent_units_by_layer"] as? [Int]
      #expect(layers == (flags.contains("--latents") ? [4, 2] : nil))
      #expect(result["latent_units"] as? Int == 6)
      let picture = folder + "/samples.png"
      try VAEProgram.succeed(["sample", run, "--count", "4", "-o", picture])
      #expect(try Picture(readingPNG: picture).width > 28)
      let summary = try VAEProgram.succeed(["info", run]).output
      let named = flags.contains("--prior") ? "prior of" : flags[1]
      #expect(summary.contains(named))
    }
  }

  @Test func flagsOverrideAConfiguration() throws {
    try withTemporaryFolder { folder in
      try VAEProgram.succeed(
        ["train"] + small + ["--epochs", "1", "--seed", "3", "--mirror", "--threads", "1", "--out", folder + "/a"])
      try VAEProgram.succeed(["train", "--config", folder + "/a/config.json", "--threads", "1", "--out", folder + "/b"])
      let (a, b) = (try tensors(folder + "/a"), try tensors(folder + "/b"))
      #expect(a.names == b.names && a.bytes == b.bytes, "the same configuration trains the same model")
      try VAEProgram.succeed(
        [
          "train", "digits", "--config", folder + "/a/config.json", "--latent", "4", "--optimizer", "sgd",
          "--no-mirror",
          "--out", folder + "/c",
        ])
      let c = try Run(opening: folder + "/c").configuration
      #expect(mlp(c)?.latent == 4 && mlp(c)?.hidden == [24] && c.training.optimizer.rule == .sgd)
      #expect(c.training.seed == 3 && c.data.limit == 400 && c.data.mirror == nil)
      let going = ["train", "--from", folder + "/a", "--epochs", "1", "--threads", "1", "--out", folder + "/d"]
      try VAEProgram.succeed(going)
      #expect(try Run(opening: folder + "/d").configuration.data.mirror == true, "what is gone on with is mirrored too")
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func interruptedRunGoesOnToTheSameBits(_ signal: Int32) throws {
    let arguments =
      ["train"] + small + [
        "--epochs", "100", "--ema-decay", "0.99", "--schedule", "cosine", "--seed", "7", "--threads", "2",
      ]
    try withTemporaryFolder { folder in
      let (whole, broken) = (folder + "/whole", folder + "/broken")
      try VAEProgram.succeed(arguments + ["--out", whole])

      let stopped = try VAEProgram.run(arguments + ["--out", broken]) { process, output in
        // As soon as it says that an epoch is done.
        var waits = 0
        while waits < 5000, (try? contents(output))?.isEmpty != false {
          usleep(2000)
          waits += 1
        }
        kill(process, signal)
      }
      #expect(stopped.status == 130, "\(stopped.errors)")
      #expect(stopped.errors.contains("--resume \(broken)"))
      let step = Int(try tensors(broken).metadata["step"] ?? "") ?? 0
      try #require(step > 0 && step < 1000, "stopped at step \(step), too late to test anything")
      #expect(!(try FileManager.default.contentsOfDirectory(atPath: broken)).contains { $0.hasSuffix(".part") })
      // What was saved is a whole model already.
      try VAEProgram.succeed(["evaluate", broken, "--limit", "10", "--samples", "2"])

      try VAEProgram.succeed(["train", "--resume", broken])
      let (a, b) = (try tensors(whole), try tensors(broken))
      #expect(a.names == b.names && a.bytes == b.bytes && a.metadata == b.metadata)
      let metrics = try [whole, broken].map { try Run(opening: $0).metrics() }
      #expect(metrics[0].map(\.loss) == metrics[1].map(\.loss))
      #expect(metrics[0].map(\.validationBound) == metrics[1].map(\.validationBound))
    }
  }

  @Test func aRunBeginsWithAnothersWeights() throws {
    try withTemporaryFolder { folder in
      try VAEProgram.succeed(["train"] + small + ["--epochs", "30", "--input", "center", "--out", folder + "/a"])
      try VAEProgram.succeed(
        [
          "train", "--from", folder + "/a", "--objective", "dreg", "--samples", "4", "--epochs", "1", "--learning-rate",
          "1e-6", "--out", folder + "/b",
        ])
      let b = try Run(opening: folder + "/b")
      #expect(
        b.configuration.training.objective == Objective(bound: .iwae, samples: 4, divergence: .doublyReparameterized))
      #expect(mlp(b.configuration)?.hidden == [24] && b.configuration.data.limit == 400)
      #expect(b.configuration.startedFrom == (try Run(opening: folder + "/a").checkpointPath(.best)))
      // At that step size nothing moves, so what was learned was brought along.
      let (from, to) = (try tensors(folder + "/a", .best), try tensors(folder + "/b"))
      #expect(Set(from.names).subtracting(to.names).isEmpty && from.names.contains("inputMean"))
      for (i, name) in from.names.enumerated() where !name.hasPrefix("optimizer.") {
        let j = try #require(to.names.firstIndex(of: name))
        let close = zip(floats(from.bytes[i]), floats(to.bytes[j])).allSatisfy { abs($0 - $1) < 1e-3 }
        #expect(close, "\(name) is another")
      }
      let first = try #require(b.metrics().first).validationBound ?? -.infinity
      let best = try Run(opening: folder + "/a").metrics().compactMap(\.validationBound).max() ?? .infinity
      #expect(abs(first - best) < 3)
      let other = try VAEProgram.run(["train", "--from", folder + "/a", "--latent", "5", "--out", folder + "/c"])
      #expect(other.status != 0 && other.errors.contains("--from"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/c"))
    }
  }

  private func floats(_ bytes: [UInt8]) -> [Float] { bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } }

  @Test(
    arguments: [
      (["elbo", "--divergence", "sampled", "--samples", "2"], Objective(samples: 2, divergence: .sampled)),
      (["stl"], Objective(divergence: .pathwise)),
      (
        ["stl", "--beta", "4", "--kl-warm-up", "0.5", "--kl-cycles", "2"],
        Objective(divergence: .pathwise, beta: 4, warmUp: 0.5, cycles: 2)
      ),
      (["iwae", "--samples", "3"], Objective(bound: .iwae, samples: 3, divergence: .sampled)),
      (["dreg", "--samples", "3"], Objective(bound: .iwae, samples: 3, divergence: .doublyReparameterized)),
    ])
  func everyObjectiveTrains(_ flags: [String], _ objective: Objective) throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try VAEProgram.succeed(["train"] + small + ["--epochs", "1", "--out", run, "--objective"] + flags)
      #expect(try Run(opening: run).configuration.training.objective == objective)
    }
  }

  @Test(
    arguments: [
      (["stl", "--divergence", "analytic"], "--divergence goes with"), (["dreg", "--beta", "2"], "beta 1"),
      (["dreg", "--kl-warm-up", "0.1"], "without warm-up"), (["elbo", "--kl-cycles", "0"], "--kl-cycles"),
    ])
  func objectivesThatAreNoneAreRefused(_ flags: [String], _ message: String) throws {
    try withTemporaryFolder { folder in
      let result = try VAEProgram.run(["train"] + small + ["--out", folder + "/run", "--objective"] + flags)
      #expect(result.status != 0 && result.errors.contains(message))
    }
  }

  @Test func finishedRunSaysSoAndStaysAsItIs() throws {
    try withTemporaryFolder { folder in
      let run = try SharedRun.copy(to: folder)
      let before = try tensors(run)
      let result = try VAEProgram.succeed(["train", "--resume", run])
      #expect(result.errors.contains("is finished"))
      let after = try tensors(run)
      #expect(before.bytes == after.bytes && before.metadata == after.metadata)
    }
  }

  @Test func realDataOfAnyShapeTrains() throws {
    try withTemporaryFolder { folder in
      let rows = (0..<300).map { row in "\(Double(row % 17) - 8),\(Double(row % 5) * 3),\(Double(row % 2))" }
      try Data(("a,b,c\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: file(folder + "/t.csv"))
      try VAEProgram.succeed(
        ["train", folder + "/t.csv", "--hidden", "8", "--latent", "2", "--epochs", "2", "--out", folder + "/run"])
      let model = try Run(opening: folder + "/run").configuration.model
      #expect(
        model.likelihood?.name == .gaussian && model.likelihood?.isBounded == false, "what suits values outside [0, 1]")
      try VAEProgram.succeed(["sample", folder + "/run", "--count", "4", "--draw", "-o", folder + "/new.csv"])
      let lines = try String(contentsOfFile: folder + "/new.csv", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 4 && lines.allSatisfy { $0.split(separator: ",").count == 3 })
    }
  }

  @Test func doubtfulChoicesAreWarnedOf() throws {
    try withTemporaryFolder { folder in
      let grey = try VAEProgram.succeed(
        ["train"] + small + ["--epochs", "1", "--binarize", "none", "--out", folder + "/a"])
      #expect(grey.errors.contains("warning: grey values under a Bernoulli likelihood"))
      let binary = try VAEProgram.succeed(
        ["train"] + small + [
          "--epochs", "1", "--likelihood", "gaussian", "--binarize", "threshold", "--out", folder + "/b",
        ])
      #expect(binary.errors.contains("warning: binary data under a Gaussian"))
      // A step size of nothing leaves the latents unused.
      let collapsed = try VAEProgram.succeed(
        ["train"] + small + [
          "--epochs", "1", "--initializer", "0.0001", "--learning-rate", "1e-9", "--out", folder + "/c",
        ])
      #expect(collapsed.errors.contains("warning: posterior collapse"))
      #expect(!grey.errors.contains("collapse"))
    }
  }

  @Test func divergenceIsExplainedAndLeavesNothingUseless() throws {
    try withTemporaryFolder { folder in
      let result = try VAEProgram.run(
        ["train"] + small
          + [
            "--epochs", "40", "--optimizer", "sgd", "--learning-rate", "1e9", "--save-every", "0", "--out",
            folder + "/run",
          ])
      #expect(result.status == 1)
      let message = try #require(result.errorLines.last)
      #expect(message.contains("step") && message.contains("not finite") && message.contains("--learning-rate"))
      // It broke before anything was saved, so there is nothing to go on from, and the folder can be used again.
      #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }
  }

  @Test(.needs("mnist")) func mnistTrainsInLittleMemory() throws {
    let place = try #require(try TestData.locator.folder(of: Catalog.known("mnist")))
    try withTemporaryFolder { folder in
      let result = try VAEProgram.succeed(
        [
          "train", "mnist", "--data-dir", URL(fileURLWithPath: place).deletingLastPathComponent().path, "--epochs", "1",
          "--hidden", "400", "--latent", "20", "--threads", "2", "--out", folder + "/run",
        ])
      #expect(result.peakMemory > 50 << 20, "the whole set is in memory, so less was not measured")
      #expect(result.peakMemory < 300_000_000, "\(result.peakMemory >> 20) MiB")
    }
  }
}
