import Foundation
import Tensors
import Testing

/// Values and gradients computed in double precision by another library, for operations and optimizers.
public enum Reference {
  /// A shaped array in double precision.
  public struct Values: Decodable, Sendable {
    /// Sizes of the axes.
    public let shape: [Int]
    /// Row-major.
    public let values: [Double]

    /// As a tensor; the inputs that are stored are exact in float32.
    public var tensor: Tensor { Tensor(values.map(Float.init), shape: Shape(shape)) }
  }

  /// One operation: inputs, the gradient given to its output, and what must come out.
  public struct Operation: Decodable, Sendable {
    /// By name.
    public let inputs: [String: Values]
    /// The gradient of the output.
    public let cotangent: Values
    /// The value.
    public let output: Values
    /// By the name of the input.
    public let gradients: [String: Values]

    /// The input of that name.
    public func input(_ name: String) throws -> Tensor { try #require(inputs[name], "no input \(name)").tensor }

    /// Compares a value and the gradients of some inputs with the stored ones.
    public func expect(
      value: Tensor, gradients found: [String: Tensor], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      compare(value, output, "value:", sourceLocation)
      #expect(Set(found.keys) == Set(gradients.keys), sourceLocation: sourceLocation)
      for (name, gradient) in found {
        compare(gradient, try #require(gradients[name]), "gradient of \(name):", sourceLocation)
      }
    }

    private func compare(_ actual: Tensor, _ expected: Values, _ what: String, _ location: SourceLocation) {
      expectClose(actual, expected.values, shape: expected.shape, what, sourceLocation: location)
    }
  }

  /// One optimizer: three gradients, and where they lead.
  public struct Optimization: Decodable, Sendable {
    /// rate, beta1, ...
    public let settings: [String: Double]
    /// The parameter at first.
    public let initial: Values
    /// One per step.
    public let gradients: [Values]
    /// The parameter after each step.
    public let parameters: [Values]
    /// The parameter after each step, less what it was at first.
    public let changes: [Values]
  }

  private static let entries = Result {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Resources/reference.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: file))
  }

  private struct File: Decodable, Sendable {
    var operations: [String: Operation] = [:]
    var optimizers: [String: Optimization] = [:]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      for key in container.allKeys {
        if key.stringValue == "optimizers" {
          optimizers = try container.decode([String: Optimization].self, forKey: key)
        } else {
          operations[key.stringValue] = try container.decode(Operation.self, forKey: key)
        }
      }
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The operation of that name.
  public static func operation(_ name: String) throws -> Operation {
    try #require(try entries.get().operations[name], "no reference values for \(name)")
  }

  /// The optimizer of that name.
  public static func optimizer(_ name: String) throws -> Optimization {
    try #require(try entries.get().optimizers[name], "no reference values for \(name)")
  }
}
