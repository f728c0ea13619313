import TestSupport
import DatasetCatalog
import Datasets
import Foundation
import Pictures
import Testing

/// Files out of a run and back.
struct CompressTests {
  private func bytes(_ path: String) throws -> [UInt8] {
    guard case .bytes(let bytes) = try DataFile(path: path).read().values else { return [] }
    return bytes
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func binarizedExamplesComeBackAndSizesAreReported() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let coded = folder + "/digits.vae"
      let json = try VAEProgram.succeed(["compress", run, "--limit", "300", "-o", coded, "--json"]).json()
      let size = try #require(json["bytes"] as? Int)
      #expect(try contents(coded).count == size)
      let bound = try #require(json["negative_bound_bytes"] as? Double)
      #expect(Double(size) / bound > 0.9 && Double(size) / bound < 1.1)
      #expect(json["plain_bytes"] as? Int == 300 * 98 && json["levels"] as? Int == 2 && json["count"] as? Int == 300)
      #expect(try #require(json["initial_bytes"] as? Int) < 20)
      for other in ["gzip_bytes", "png_sheet_bytes", "png_files_bytes"] {
        #expect(try #require(json[other] as? Int) > 100, "\(other)")
      }
      #expect(json["binarization"] as? String == "dynamic" && json["source"] as? String == "test")

      try VAEProgram.succeed(["decompress", run, coded, "-o", folder + "/digits.npy"])
      let data = try DataFile(path: folder + "/digits.npy").read()
      #expect(data.count == 300 && data.exampleShape == [28, 28])
      #expect(Set(try bytes(folder + "/digits.npy")) == [0, 255], "readers take zeros and ones for 0 and 255")
      // Other forms hold the same numbers.
      try VAEProgram.succeed(["decompress", run, coded, "-o", folder + "/digits.idx"])
      #expect(try bytes(folder + "/digits.idx") == bytes(folder + "/digits.npy"))
      try VAEProgram.succeed(["decompress", run, coded, "-o", folder + "/digits.png"])
      let sheet = try Picture(readingPNG: folder + "/digits.png")
      #expect(sheet.width == 18 * 28 && sheet.height == 17 * 28)
      #expect(Array(sheet.bytes[..<28]) == Array(try bytes(folder + "/digits.npy")[..<28]))
      // What came back is what went in: it makes the same file, under no binarization but its own zeros and ones.
      let again = folder + "/again.vae"
      try VAEProgram.succeed(["compress", run, folder + "/digits.npy", "-o", again])
      #expect(try contents(again) == contents(coded))
    }
  }

  @Test func seedChoosesTheDrawOfZerosAndOnes() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      func digits(_ more: String...) throws -> [UInt8] {
        try VAEProgram.succeed(["compress", run, "--limit", "5", "-o", folder + "/a.vae"] + more)
        try VAEProgram.succeed(["decompress", run, folder + "/a.vae", "-o", folder + "/a.npy"])
        return try bytes(folder + "/a.npy")
      }
      #expect(try digits() == digits("--seed", "0") && digits() != digits("--seed", "1"))
      // A threshold draws nothing, and can be checked by hand.
      let test = try DataLocator().load("digits").test
      guard case .bytes(let grey)? = test?.values else { return #expect(Bool(false), "digits are bytes") }
      #expect(try digits("--binarize", "threshold") == grey[..<(5 * 784)].map { $0 > 127 ? 255 : 0 })
    }
  }

  @Test func greyExamplesComeBack() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try VAEProgram.succeed([
        "train", "digits", "--limit", "400", "--likelihood", "logistic", "--hidden", "24", "--latent", "3", "--epochs",
        "2",
        "--out", run,
      ])
      let text = try VAEProgram.succeed(["compress", run, "--limit", "100", "-o", folder + "/grey.vae"]).output
      #expect(text.contains("8-bit values") && text.contains("negative bound (-ELBO)") && text.contains("gzip -9"))
      try VAEProgram.succeed(["decompress", run, folder + "/grey.vae", "-o", folder + "/grey.idx"])
      guard case .bytes(let grey)? = try DataLocator().load("digits").test?.values else {
        return #expect(Bool(false), "digits are bytes")
      }
      #expect(try bytes(folder + "/grey.idx") == Array(grey[..<(100 * 784)]))
      // A picture is an example, and so are two files one after the other.
      try Picture(width: 28, height: 28, bytes: Array(grey[..<784])).writePNG(to: folder + "/one.png")
      let files = [folder + "/one.png", folder + "/grey.idx"]
      try VAEProgram.succeed(["compress", run] + files + ["-o", folder + "/files.vae"])
      try VAEProgram.succeed(["decompress", run, folder + "/files.vae", "-o", folder + "/files.npy"])
      #expect(try bytes(folder + "/files.npy") == Array(grey[..<784]) + Array(grey[..<(100 * 784)]))

      let json = try VAEProgram.succeed(["evaluate", run, "--limit", "100", "--samples", "10", "--json"]).json()
      let (bound, bits) = (json["bound_nats"] as? Double ?? 0, json["bound_bits_per_dimension"] as? Double ?? 0)
      #expect(abs(bits + bound / (784 * log(2))) < 1e-9 && bits > 0 && bits < 8)
      #expect((json["estimate_bits_per_dimension"] as? Double ?? 9) < bits + 0.01)
    }
  }

  @Test func evaluateSpeaksOfBitsWhereThereAreSome() throws {
    let text = try VAEProgram.succeed(
      ["evaluate", try SharedRun.path(), "--limit", "50", "--samples", "5", "--split", "validation"]
    ).output
    #expect(text.contains("(bound)") && text.contains("(estimate)") && text.contains("bits per dimension"))
  }

  @Test func whatCannotBeCodedIsRefusedAndLeavesNothing() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let gaussian = folder + "/run"
      try VAEProgram.succeed([
        "train", "digits", "--limit", "60", "--likelihood", "gaussian", "--hidden", "8", "--latent", "2", "--epochs",
        "1",
        "--out", gaussian,
      ])
      let out = folder + "/out.vae"
      #expect(try VAEProgram.complaint(["compress", gaussian, "-o", out]).contains("--likelihood logistic"))
      #expect(try VAEProgram.complaint(["compress", run, "--binarize", "none", "-o", out]).contains("--binarize"))
      #expect(try VAEProgram.complaint(["compress", run, "--limit", "0", "-o", out]).contains("--limit"))
      #expect(try VAEProgram.complaint(["compress", run, folder + "/no.npy", "-o", out]).contains("no.npy"))
      #expect(try VAEProgram.complaint(["compress", run, "x.npy", "--split", "test", "-o", out]).contains("--split"))
      #expect(
        try VAEProgram.complaint(["compress", run, "--limit", "3", "-o", folder + "/no/out.vae"]).contains("out.vae"))
      try ArrayFile.write([Float](repeating: 0.3, count: 784), shape: [1, 28, 28], to: folder + "/third.npy")
      let text = try VAEProgram.complaint([
        "train", folder + "/third.npy", "--likelihood", "logistic", "--validation", "0", "--out", folder + "/r",
      ])
      #expect(text.contains("8 bits"))
      #expect(try names(folder) == ["run", "third.npy"])
    }
  }

  @Test func damagedFilesAndOtherModelsAreRefusedAndLeaveNothing() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let (coded, out) = (folder + "/digits.vae", folder + "/out.npy")
      try VAEProgram.succeed(["compress", run, "--limit", "20", "-o", coded])
      let whole = try contents(coded)
      #expect(try VAEProgram.complaint(["decompress", run, coded, "-o", folder + "/out.txt"]).contains("out.txt"))
      #expect(try VAEProgram.complaint(["decompress", run, folder + "/none.vae", "-o", out]).contains("none.vae"))
      var flipped = whole
      flipped[whole.count / 2] ^= 4
      for damaged in [Data(), whole.prefix(7), whole.prefix(60), whole.dropLast(1), flipped, whole + [0]] {
        try damaged.write(to: file(coded))
        #expect(try VAEProgram.complaint(["decompress", run, coded, "-o", out]).contains("digits.vae"))
      }
      try whole.write(to: file(coded))
      let other = folder + "/other"
      try VAEProgram.succeed([
        "train", "digits", "--limit", "60", "--hidden", "48", "--latent", "2", "--epochs", "1", "--out", other,
      ])
      #expect(try VAEProgram.complaint(["decompress", other, coded, "-o", out]).contains("another model"))
      #expect(try names(folder) == ["digits.vae", "other"])
    }
  }
}
