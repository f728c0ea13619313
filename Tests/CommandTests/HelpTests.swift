import Foundation
import Testing

struct HelpTests {
  @Test(arguments: [
    "", "data", "data list", "data get", "data inspect", "data show", "train", "evaluate", "sample", "reconstruct",
    "interpolate", "manifold", "traverse", "factors", "encode", "classify", "analogies", "draw", "compress",
    "decompress",
    "info", "report", "compare",
    "compare bounds",
    "compare likelihoods",
  ])
  func helpHasAnExample(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let result = try VAEProgram.succeed(words + ["--help"])
    #expect(result.errors.isEmpty)
    let discussion = result.output.components(separatedBy: "USAGE:")[0]
    #expect(discussion.contains((["vae"] + words).joined(separator: " ") + " "), "no example of vae \(command)")
    #expect(result.output.contains("OPTIONS:"))
  }

  @Test func everyCommandIsListed() throws {
    let help = try VAEProgram.succeed(["--help"]).output
    for name in [
      "data", "train", "evaluate", "sample", "reconstruct", "interpolate", "manifold", "traverse", "factors", "encode",
      "classify", "analogies", "draw", "compress", "decompress", "info", "report", "compare",
    ] { #expect(help.contains("\n  \(name) "), "\(name)") }
    #expect(try VAEProgram.succeed([]).output == help)
  }

  /// Flags that mean nothing to a model are in no help of it, nor are titles without flags.
  @Test func helpForOneModelHasItsFlags() throws {
    let draw = try VAEProgram.succeed(["train", "--model", "draw", "--help"]).output
    #expect(draw.contains("MODEL DRAW:") && draw.contains("--glimpses") && draw.contains("--hidden"))
    for flag in ["--posterior", "--channels", "--prior", "--factors", "--labels"] {
      #expect(!draw.contains("\n  \(flag) "), "\(flag)")
    }
    let all = try VAEProgram.succeed(["train", "--help"]).output
    #expect(all.contains("\n  --posterior ") && all.contains("\n  --channels ") && all.count > draw.count)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionScriptKnowsTheCommands(_ shell: String) throws {
    let script = try VAEProgram.succeed(["--generate-completion-script", shell]).output
    #expect(script.contains("reconstruct") && script.contains("manifold") && script.count > 1000)
  }

  @Test func versionIsANumber() throws {
    let version = try VAEProgram.succeed(["--version"]).output
    #expect(version.split(separator: ".").count == 3)
  }
}

struct DataCommandTests {
  @Test func listNamesEverySet() throws {
    let text = try VAEProgram.succeed(["data", "list"]).output
    for made in ["scenes:CLASS", "scattered-digits:N", "moving-digits"] { #expect(text.contains(made)) }
    let json = try VAEProgram.succeed(["data", "list", "--json"]).output
    let sets = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    for name in ["mnist", "fashion-mnist", "frey-faces", "digits"] {
      #expect(text.contains("\n\(name) ") || text.hasPrefix("\(name) "))
      let entry = try #require(sets.first { $0["name"] as? String == name })
      #expect(entry["shape"] is [Int] && entry["citation"] is String && entry["available"] is Bool)
    }
  }

  @Test func inspectTellsWhatASetHolds() throws {
    let json = try VAEProgram.succeed(["data", "inspect", "digits", "--limit", "50", "--json"]).json()
    let parts = try #require(json["parts"] as? [String: [String: Any]])
    #expect(Set(parts.keys) == ["train", "test"])
    let train = try #require(parts["train"])
    #expect(
      train["count"] as? Int == 50 && train["shape"] as? [Int] == [28, 28] && train["type"] as? String == "uint8")
    #expect(train["minimum"] as? Double == 0 && train["nonFinite"] as? Int == 0)
    #expect(train["factors"] is [String] && train["labels"] is [String: Int])
    let text = try VAEProgram.succeed(["data", "inspect", "digits", "--limit", "50"]).output
    #expect(text.contains("train: 50 examples of 28x28 uint8"))
  }

  @Test func whatIsMadeNeedsNoFetching() throws {
    #expect(try VAEProgram.succeed(["data", "get", "digits"]).output.contains("made"))
  }
}
