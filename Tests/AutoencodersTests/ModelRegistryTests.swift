import Foundation
import Networks
import Tensors
import Testing

@testable import Autoencoders

/// A model of another package: linear, with a number of its own.
private struct OwnSpecification: DenseModelSpecification, LatentUnitsSetting {
  static let name = "own"
  var latent = 2
  var gain: Float = 3
  var initializer = Initializer.uniformFanIn
  var likelihood = LikelihoodSpecification.bernoulli

  init(for form: ExampleForm) {}

  func validate(for form: ExampleForm) throws {
    if gain <= 0 { throw SettingError("gain", "expected a number above 0") }
  }

  func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel {
    MLPAutoencoder(
      inputSize: form.size, hidden: [], latentSize: latent, activation: .relu, initializer: initializer, stream: stream,
      output: output)
  }

  func summary(for form: ExampleForm) -> String { "\(form.size)-\(latent)" }
}

struct ModelRegistryTests {
  private let picture = ExampleForm(shape: [8, 8])

  /// The form that a specification is for, with settings that are not the default where it takes some.
  private func sample(_ type: any ModelSpecification.Type) -> (any ModelSpecification, ExampleForm) {
    var form = picture
    if type is any ConditionalSpecification.Type { form.condition = .init(size: 64, shape: [8, 8]) }
    var specification = type.init(for: form)
    if var graphics = specification as? InverseGraphicsSpecification {
      graphics.graphics = InverseGraphics(factors: ["turn"])
      specification = graphics
    }
    if var latent = specification as? any LatentUnitsSetting {
      latent.latent = 3
      specification = latent
    }
    if var likelihood = specification as? any LikelihoodSetting {
      likelihood.likelihood = .gaussian(.init(leastDeviation: 0.25), isBounded: false)
      specification = likelihood
    }
    return (specification, form)
  }

  private func again(_ specification: any ModelSpecification) throws -> (AnyModelSpecification, json: String) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try encoder.encode(AnyModelSpecification(specification))
    return (try decoder.decode(AnyModelSpecification.self, from: data), String(decoding: data, as: UTF8.self))
  }

  @Test func everyModelComesBackFromItsSpecification() throws {
    for type in ModelRegistry.builtIn {
      let (specification, form) = sample(type)
      try specification.validate(for: form)
      let (read, json) = try again(specification)
      #expect(read == AnyModelSpecification(specification), "\(type.name)")
      #expect(json.contains("\"type\":\"\(type.name)\""))
      let (a, b) = (
        specification.makeModel(for: form, RandomStream(seed: 1)), read.base.makeModel(for: form, RandomStream(seed: 1))
      )
      #expect(a.parameterNames == b.parameterNames && a.parameters == b.parameters, "\(type.name)")
      #expect(!read.summary(for: form).isEmpty)
    }
  }

  /// What a new model must have: gradients are in the tests of each, but no part may be out of the optimizer's reach.
  @Test func noModelHasAPartThatWouldNeverLearn() {
    for type in ModelRegistry.builtIn {
      let (specification, form) = sample(type)
      #expect(specification.makeModel(for: form, RandomStream(seed: 1)).unlearnedTensors.isEmpty, "\(type.name)")
    }
  }

  @Test func namesAreDifferent() {
    #expect(Set(ModelRegistry.builtIn.map { $0.name }).count == ModelRegistry.builtIn.count)
  }

  @Test func aModelOfAnotherPackageCanBeAdded() throws {
    var own = OwnSpecification(for: picture)
    own.gain = 5
    ModelRegistry.register(OwnSpecification.self)
    ModelRegistry.register(OwnSpecification.self)
    let (read, _) = try again(own)
    #expect(read.base as? OwnSpecification == own && read.name == "own")
    #expect(read.likelihood == .bernoulli && read.classes == nil)
  }

  @Test func anUnknownModelIsNamed() {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(AnyModelSpecification.self, from: Data(#"{"type": "perceptron"}"#.utf8))
    }
    #expect("\(error!)".contains("perceptron") && "\(error!)".contains("mlp"))
  }

  @Test func formsThatCannotBeAreNamed() throws {
    func problem(_ form: ExampleForm) -> String? {
      do { try form.validate() } catch { return (error as? SettingError)?.setting }
      return nil
    }
    #expect(problem(picture) == nil)
    #expect(problem(ExampleForm(shape: [8, 8], size: 48, condition: .init(size: 16))) == nil)
    #expect(problem(ExampleForm(shape: [])) == "examples.shape")
    #expect(problem(ExampleForm(shape: [8, 0])) == "examples.shape")
    #expect(problem(ExampleForm(shape: [8, 8], size: 63)) == "examples.size")
    #expect(problem(ExampleForm(shape: [8, 8], condition: .init(size: 0))) == "examples.condition.size")
    #expect(
      problem(ExampleForm(shape: [8, 8], condition: .init(size: 63, shape: [8, 8]))) == "examples.condition.shape")
  }
}
