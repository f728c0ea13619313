import TestSupport
import Autoencoders
import Datasets
import Files
import Foundation
import Testing

@testable import Experiments

/// Folders that the program wrote before specifications, one of each family, open and score as they did.
struct Version1Tests {
  private struct Bounds: Decodable, Sendable {
    var bound: Double
    var estimate: Double

    enum CodingKeys: String, CodingKey {
      case bound = "bound_nats"
      case estimate = "estimate_nats"
    }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Resources/version-1").path

  private static let bounds: [String: Bounds] = {
    guard let data = FileManager.default.contents(atPath: folder + "/bounds.json") else { return [:] }
    return (try? JSONDecoder().decode([String: Bounds].self, from: data)) ?? [:]
  }()

  @Test func thereIsOneOfEachKind() throws {
    #expect(Self.bounds.count == 24)
    let models = try Self.bounds.keys.map { try Run(opening: "\(Self.folder)/\($0)").configuration.model }
    #expect(Set(models.map(\.name)) == Set(ModelRegistry.builtIn.map { $0.name }))
    #expect(Set(models.compactMap(\.likelihood?.name)) == Set(LikelihoodSpecification.Name.allCases))
  }

  @Test(arguments: bounds.keys.sorted())
  func anOldRunHasTheBoundThatItHad(_ name: String) throws {
    let run = try Run(opening: "\(Self.folder)/\(name)")
    var configuration = run.configuration
    configuration.data.directory = Self.folder
    let examples: Examples
    if name == "dcign" {
      examples = try run.examples(of: Self.folder + "/pictures.npy")
    } else {
      configuration.data.source = "\(Self.folder)/\(configuration.data.source)"
      configuration.data.given = configuration.data.given?.replacingOccurrences(
        of: "pictures:", with: "pictures:\(Self.folder)/")
      examples = try RunData(configuration).train
    }
    let expected = try #require(Self.bounds[name])
    let result = try run.evaluate(
      run.model(), on: ("train", examples), EstimatePlan(samples: 20), threads: 1)
    // Other processors round in another order.
    #expect(abs(result.boundNats - expected.bound) < 1e-4 * abs(expected.bound))
    let estimate = try #require(result.estimateNats)
    #expect(abs(estimate - expected.estimate) < 1e-4 * abs(expected.estimate))
  }

  @Test(arguments: bounds.keys.sorted())
  func anOldConfigurationIsWrittenAsANewOne(_ name: String) throws {
    let old = try Run(opening: "\(Self.folder)/\(name)").configuration
    let json = try old.json()
    #expect(String(decoding: json, as: UTF8.self).contains("\"version\" : 2"))
    #expect(try RunConfiguration(json: json, path: "config.json") == old)
  }

  @Test func anOldRunGoesOn() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: Self.folder + "/mlp", toPath: folder + "/mlp")
      let file = folder + "/mlp/config.json"
      let text = try String(contentsOfFile: file, encoding: .utf8)
        .replacingOccurrences(of: "\"pictures.npz\"", with: "\"\(Self.folder)/pictures.npz\"")
        .replacingOccurrences(of: "\"epochs\" : 2", with: "\"epochs\" : 3")
      try AtomicFile.write(text, to: file)
      let run = try Run(opening: folder + "/mlp")
      let before = try run.savedStep()
      #expect(try TrainingSession(run: run, data: run.data()).resume() == .finished)
      #expect(try run.savedStep() == before * 3 / 2)
    }
  }

  @Test func whatCannotBeReadIsNamed() throws {
    let path = Self.folder + "/mlp/config.json"
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    func problem(_ old: String, _ new: String) -> String {
      #expect(whole.contains(old))
      let data = Data(whole.replacingOccurrences(of: old, with: new).utf8)
      let error = #expect(throws: FileError.self) { try RunConfiguration(json: data, path: path) }
      return error?.description ?? ""
    }
    #expect(problem("\"family\" : \"mlp\"", "\"family\" : \"gan\"").contains("key model.family"))
    #expect(problem("\"latent\" : 2", "\"latent\" : 0").contains("key model.latent"))
    #expect(problem("\"hidden\" : [", "\"layers\" : [").contains("key model.hidden is missing"))
  }
}
