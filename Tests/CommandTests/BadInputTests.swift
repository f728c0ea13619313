import TestSupport
import Datasets
import Foundation
import Testing

/// What people get wrong: said in a line, with a status, and nothing left behind.
struct BadInputTests {
  /// What the program says as it refuses, with no way into the net.
  private func complaint(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    try VAEProgram.complaint(
      arguments, environment: ["http_proxy": "http://127.0.0.1:9"], sourceLocation: sourceLocation)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
  }

  @Test func unknownDataIsNamedWithWhatWasMeant() throws {
    try withTemporaryFolder { folder in
      let typo = try complaint(["train", "mnits", "--out", folder + "/run"])
      #expect(typo.contains("mnits") && typo.contains("did you mean mnist"))
      #expect(try complaint(["train", folder + "/no.npy", "--out", folder + "/run"]).contains(folder + "/no.npy"))
      #expect(try complaint(["data", "inspect", folder + "/no.npy"]).contains("no.npy"))
      #expect(try complaint(["data", "get", "minst"]).contains("did you mean mnist"))
      #expect(
        try complaint(["train", "mnist", "--data-dir", folder + "/none", "--out", folder + "/run"]).contains("none"))
      #expect(try names(folder) == [], "no folder for a run that cannot be")
    }
  }

  @Test(arguments: [
    ["--epochs", "0"], ["--epochs", "x"], ["--batch-size", "-1"], ["--latent", "0"], ["--hidden", "12,x"],
    ["--hidden", "0"], ["--learning-rate", "0"], ["--learning-rate", "nan"], ["--likelihood", "poisson"],
    ["--limit", "0"], ["--validation", "1"], ["--validation", "-0.1"], ["--validation", "nan"], ["--ema-decay", "1"],
    ["--ema-decay", "nan"], ["--threads", "0"], ["--samples", "0"], ["--optimizer", "newton"],
    ["--initializer", "big"],
    ["--schedule", "steps", "--rate-steps", "0.5,2"], ["--patience", "0"], ["--beta", "nan"],
    ["--beta", "-1"], ["--kl-warm-up", "2"], ["--free-bits", "-1"], ["--clip-norm", "0"], ["--skip-norm", "0"],
    ["--momentum", "1.5"], ["--seed", "-1"], ["--binarize", "sometimes"], ["--no-such-flag"],
    ["--missing", "1"], ["--missing", "nan"], ["--least-deviation", "0", "--likelihood", "gaussian"],
    ["--least-deviation", "0.1"],
    ["--variance", "shared", "--likelihood", "mixture"],
    ["--model", "ladder", "--hidden", "8", "--latents", "4,2"], ["--model", "dlgm", "--latents", "4,x"],
    ["--latents", "4,2"], ["--posterior", "flow"], ["--model", "dlgm", "--flow-steps", "3"],
    ["--model", "dlgm", "--latents", "1", "--posterior", "full"], ["--model", "ladder", "--prior", "vamp"],
    ["--prior-components", "5"], ["--prior", "vamp", "--algorithm", "wake-sleep"],
    ["--prior", "mixture", "--objective", "dreg", "--samples", "2"], ["--prior", "mixture", "--leapfrogs", "2"],
    ["--leapfrogs", "-1"], ["--leapfrogs", "2", "--likelihood", "logistic"], ["--momenta", "2"],
    ["--leapfrogs", "2", "--reverse-hidden", "0"], ["--leapfrogs", "2", "--model", "conv", "--blocks", "1"],
    ["--leapfrogs", "2", "--model", "hierarchical"], ["--leapfrogs", "2", "--objective", "dreg", "--samples", "2"],
    ["--leapfrogs", "2", "--algorithm", "wake-sleep"],
  ])
  func badFlagIsNamed(_ flags: [String]) throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      let text = try complaint(["train", "digits", "--limit", "50", "--epochs", "1", "--out", run] + flags)
      #expect(flags.contains { $0.hasPrefix("--") && text.contains($0) }, "\(text)")
      #expect(try names(folder) == [])
    }
  }

  @Test(.tags(.slow)) func commandsNameTheirBadFlags() throws {
    let run = try SharedRun.path()
    for arguments in [
      ["sample", run, "--count", "0"], ["sample", run, "--temperature", "-1"], ["sample", run, "--columns", "0"],
      ["evaluate", run, "--samples", "-1"], ["evaluate", run, "--limit", "0"], ["evaluate", run, "--split", "tset"],
      ["interpolate", run, "--steps", "1"], ["manifold", run, "--axes", "0,2"], ["manifold", run, "--axes", "0"],
      ["manifold", run, "--side", "1"], ["traverse", run, "--units", "0,2"], ["traverse", run, "--units", "none"],
      ["traverse", run, "--steps", "1"], ["traverse", run, "--range", "0"], ["traverse", run, "--example", "100000"],
      ["sample", run, "--temperature", "0.5,x"], ["sample", run, "--neighbours", "--temperature", "0.5,1"],
      ["reconstruct", run, "--count", "0"],
      ["impute", run, "--mask", "random:0"], ["impute", run, "--mask", "random:1.5"],
      ["impute", run, "--mask", "sideways"],
      ["impute", run, "--mask", "rectangle:1,2,3"], ["impute", run, "--mask", "rectangle:90,0,5,5"],
      ["impute", run, "--mask", "file:/no/such.png"], ["impute", run, "--mask", "nan"],
      ["impute", run, "--warm-up", "5"], ["impute", run, "--steps", "0"], ["impute", run, "--draws", "2"],
      ["impute", run, "--method", "guess"],
      ["report", run, "--samples", "0"],
      ["info", run, "--checkpoint"], ["evaluate", run, "--checkpoint", "worst"],
      ["sample", run, "--prior", "none"], ["sample", run, "--components", "0", "--prior", "aggregate"],
      ["evaluate", run, "--components", "1000", "--aggregate"], ["evaluate", run, "--importance-draws", "10"],
      ["sample", run, "--components", "571", "--prior", "aggregate"],
    ] { #expect(try complaint(arguments).contains(arguments[2])) }
  }

  @Test func trainNeedsToKnowWhatAndWhere() throws {
    #expect(try complaint(["train", "digits"]).contains("--out"))
    #expect(try complaint(["train", "--out", "/tmp/never"]).contains("vae train DATA"))
    let run = try SharedRun.path()
    #expect(try complaint(["train", "--resume", run, "--epochs", "9"]).contains("--resume"))
    #expect(try complaint(["train", "digits", "--resume", run]).contains("--resume"))
  }

  @Test func existingRunIsLeftAlone() throws {
    try withTemporaryFolder { folder in
      let run = try SharedRun.copy(to: folder)
      let before = try names(run).map { try contents("\(run)/\($0)") }
      let text = try complaint(["train", "digits", "--limit", "50", "--epochs", "1", "--out", run])
      #expect(text.contains(run) && text.contains("--resume"))
      #expect(try names(run).map { try contents("\(run)/\($0)") } == before)
    }
  }

  @Test func runThatIsNotThereIsNamed() throws {
    try withTemporaryFolder { folder throws in
      for command in ["evaluate", "sample", "reconstruct", "impute", "interpolate", "manifold", "info", "report"] {
        #expect(try complaint([command, folder + "/nowhere"]).contains("nowhere"))
      }
      #expect(try complaint(["encode", folder + "/nowhere", "-o", folder + "/x.npy"]).contains("nowhere"))
      #expect(try complaint(["train", "--resume", folder + "/nowhere"]).contains("nowhere"))
      #expect(try names(folder) == [])
    }
  }

  @Test func damagedCheckpointIsNamed() throws {
    try withTemporaryFolder { folder in
      let run = try SharedRun.copy(to: folder)
      let files = try FileManager.default.contentsOfDirectory(atPath: run)
      let name = try #require(files.first { $0.hasPrefix("checkpoint-") })
      let whole = try contents("\(run)/\(name)")
      var flipped = whole
      flipped[3] = 0xff
      for damaged in [Data(), whole.prefix(5), whole.prefix(200), whole.dropLast(1), flipped] {
        try damaged.write(to: file("\(run)/\(name)"))
        #expect(try complaint(["evaluate", run, "--limit", "10"]).contains(name))
        #expect(try complaint(["info", run]).contains(name))
        #expect(try complaint(["train", "--resume", run]).contains(name))
        #expect(try complaint(["sample", run, "-o", folder + "/sheet.png"]).contains(name))
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/sheet.png"))
      try FileManager.default.removeItem(atPath: "\(run)/\(name)")
      #expect(try complaint(["evaluate", run]).contains("not found"))
    }
  }

  @Test func damagedConfigurationIsNamed() throws {
    try withTemporaryFolder { folder in
      let run = try SharedRun.copy(to: folder)
      let path = run + "/config.json"
      let whole = try String(contentsOfFile: path, encoding: .utf8)
      func after(_ text: String) throws -> String {
        try Data(text.utf8).write(to: file(path))
        return try complaint(["evaluate", run, "--limit", "10"])
      }
      #expect(try after("").contains("config.json"))
      #expect(try after("{").contains("not valid JSON"))
      #expect(try after(whole.replacingOccurrences(of: "\"latent\"", with: "\"latents\"")).contains("model.latent"))
      // Numbers that can't be: a model of such sizes must be refused, not built.
      for (old, new) in [
        ("\"latent\" : 2", "\"latent\" : 0"), ("\"latent\" : 2", "\"latent\" : -3"),
        ("\"latent\" : 2", "\"latent\" : 4"), ("\"size\" : 784", "\"size\" : 0"),
        ("\"size\" : 784", "\"size\" : 783"), ("\"latent\" : 2", "\"latent\" : 4000000000000"),
        ("\"limit\" : 600", "\"limit\" : -5"), ("\"validation_fraction\" : 0.05", "\"validation_fraction\" : 7"),
        ("\"validation_fraction\" : 0.05", "\"validation_fraction\" : -1"),
        ("\"binarization\" : \"dynamic\"", "\"binarization\" : \"never\""),
        ("\"source\" : \"digits\"", "\"source\" : \"nothing\""),
      ] {
        #expect(whole.contains(old))
        _ = try after(whole.replacingOccurrences(of: old, with: new))
      }
      #expect(whole.contains("\"batch_size\" : 40"))
      try Data(whole.replacingOccurrences(of: "\"batch_size\" : 40", with: "\"batch_size\" : 0").utf8)
        .write(to: file(path))
      _ = try complaint(["train", "--resume", run])
    }
  }

  @Test func dataOfAnotherSizeIsRefused() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let data = folder + "/small.npy"
      try ArrayFile.write([Float](repeating: 0.5, count: 4 * 100), shape: [4, 10, 10], to: data)
      for command in ["evaluate", "reconstruct", "interpolate"] {
        let text = try complaint([command, run, "--data", data])
        #expect(text.contains("10x10") && text.contains("784"))
      }
      #expect(try complaint(["encode", run, "--data", data, "-o", folder + "/codes.csv"]).contains("10x10"))
      #expect(try names(folder) == ["small.npy"])
    }
  }

  @Test func damagedDataIsRefused() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let data = folder + "/cut.npy"
      try ArrayFile.write([Float](repeating: 0.5, count: 784 * 3), shape: [3, 28, 28], to: data)
      let whole = try contents(data)
      try whole.dropLast(9).write(to: file(data))
      #expect(try complaint(["evaluate", run, "--data", data]).contains("cut.npy"))
      #expect(try complaint(["train", data, "--out", folder + "/run"]).contains("cut.npy"))
      #expect(try names(folder) == ["cut.npy"])
    }
  }

  @Test func infiniteDataStopTrainingInWords() throws {
    try withTemporaryFolder { folder in
      let data = folder + "/infinite.npy"
      var values = [Float](repeating: 0.5, count: 50 * 6)
      values[77] = .infinity
      try ArrayFile.write(values, shape: [50, 6], to: data)
      let text = try complaint(
        [
          "train", data, "--likelihood", "gaussian", "--hidden", "4", "--latent", "2", "--validation", "0", "--out",
          folder + "/run",
        ])
      #expect(text.contains("not finite"))
    }
  }

  @Test func placeThatCannotBeWrittenIsNamed() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder throws in
      #expect(try complaint(["sample", run, "-o", folder + "/no/such/folder.png"]).contains("folder.png"))
      #expect(
        try complaint(["encode", run, "--split", "validation", "-o", folder + "/codes.xlsx"]).contains("codes.xlsx"))
      #expect(
        try complaint(["encode", run, "--split", "validation", "-o", folder + "/no/codes.npy"]).contains("codes.npy"))
      #expect(try names(folder) == [])
    }
  }
}
