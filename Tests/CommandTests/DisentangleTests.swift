import TestSupport
import Autoencoders
import Datasets
import Foundation
import Testing

struct DisentangleTests {
  @Test(.tags(.slow)) func scoresComeWithTheirMatrix() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let flags = ["disentangle", run, "--split", "train", "--count", "300", "-o", folder + "/map.svg"]
      let text = try VAEProgram.succeed(flags).output
      for word in ["MIG", "SAP", "DCI", "completeness", "FactorVAE score", "beta-VAE score", "slant", "chance 0.167"] {
        #expect(text.contains(word), "\(word)")
      }
      let map = try String(contentsOfFile: folder + "/map.svg", encoding: .utf8)
      #expect(map.contains("latent 1") && map.contains("thickness"))
      let json = try VAEProgram.succeed(flags + ["--json", "--matrix", "information"]).json()
      for key in [
        "mig", "sap", "disentanglement", "completeness", "informativeness", "factor_vae_score", "beta_vae_score",
      ] {
        #expect((0...1).contains(try #require(json[key] as? Double)), "\(key)")
      }
      #expect(json["count"] as? Int == 300 && (json["factors"] as? [Any])?.count == 6)
      #expect(try VAEProgram.succeed(flags + ["--threads", "1"]).output == text)
      #expect(try VAEProgram.succeed(flags + ["--seed", "4"]).output != text)
    }
  }

  @Test func dataWithoutFactorsIsSaid() throws {
    let run = try SharedRun.path()
    try withTemporaryFolder { folder in
      let file = folder + "/plain.npy"
      try ArrayFile.write([Float](repeating: 0.5, count: 120 * 784), shape: [120, 28, 28], to: file)
      let plain = try VAEProgram.run(["disentangle", run, "--data", file])
      #expect(plain.status != 0 && plain.errors.contains("without known factors"))
      let few = try VAEProgram.run(["disentangle", run, "--count", "50"])
      #expect(few.status != 0 && few.errors.contains("too few"))
    }
  }
}
