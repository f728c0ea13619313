import ArgumentParser
import Foundation
import Networks
import Tensors

/// A named set of flags from cases.json, which the workers of both sides read.
struct Case: Codable {
  /// What there is to be timed.
  enum Kind: String, Codable {
    /// Steps of training.
    case training
    /// log p(x) by importance sampling.
    case estimate
    /// Two LSTM cells over a number of steps.
    case recurrent
    /// A convolutional autoencoder.
    case convolution
    /// A whole program, which the driver times from outside.
    case program
  }

  var title: String
  var kind: Kind
  var hidden: [Int]
  var latent: Int
  var activation: String?
  var binarize: String?
  var objective: String?
  var samples: Int?
  var batch: Int
  /// Steps before anything is timed.
  var warmup: Int?
  /// Recurrent: numbers given to the encoder at each step.
  var inputs: Int?
  /// Recurrent: how many steps.
  var glimpses: Int?

  /// Numbers in an example of MNIST.
  static let pixels = 784
  /// Rows, columns and channels of a picture to be convolved.
  static let picture = [64, 64, 3]

  /// The case of that name, in the file beside this package's manifest.
  static func named(_ name: String) throws -> Case {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let cases = try JSONDecoder().decode(
      [String: Case].self, from: Data(contentsOf: package.appendingPathComponent("cases.json")))
    guard let found = cases[name] else {
      throw ValidationError("no case \(name); there are \(cases.keys.sorted().joined(separator: ", "))")
    }
    return found
  }

  /// The case's activation.
  func layerActivation() throws -> Activation { try parsed(activation, "activation") }

  /// A string of the file as the library's own kind of value.
  func parsed<Value: RawRepresentable>(_ text: String?, _ flag: String) throws -> Value
  where Value.RawValue == String {
    guard let text, let value = Value(rawValue: text) else {
      throw ValidationError("\(title): \(flag) \(text ?? "is missing")")
    }
    return value
  }
}

/// Flags that make another case out of a named one, as the sweep does.
struct CaseChanges: ParsableArguments {
  @Option(help: "Widths of the hidden layers: 400 or 200,200.") var hidden: String?
  @Option(help: "Latent units.") var latent: Int?
  @Option(help: "The hidden layers' activation.") var activation: String?
  @Option(help: "Examples in a step.") var batch: Int?
  @Option(help: "Draws of the latents for each example.") var samples: Int?
  @Option(help: "elbo or iwae.") var objective: String?
  @Option(help: "none or dynamic.") var binarize: String?
  @Option(help: "Steps before anything is timed.") var warmup: Int?

  func applied(to original: Case) throws -> Case {
    var changed = original
    if let hidden {
      changed.hidden = try hidden.split(separator: ",").map {
        guard let width = Int($0), width > 0 else { throw ValidationError("--hidden \(hidden): not widths") }
        return width
      }
    }
    changed.latent = latent ?? changed.latent
    changed.activation = activation ?? changed.activation
    changed.batch = batch ?? changed.batch
    changed.samples = samples ?? changed.samples
    changed.objective = objective ?? changed.objective
    changed.binarize = binarize ?? changed.binarize
    changed.warmup = warmup ?? changed.warmup
    return changed
  }
}
