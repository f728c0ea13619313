import Networks
import Tensors
import Testing

@testable import Autoencoders

struct HamiltonianConfigurationTests {
  private func configuration(_ change: (inout ModelConfiguration) -> Void = { _ in }) -> ModelConfiguration {
    var configuration = ModelConfiguration(inputSize: 16)
    configuration.exampleShape = [4, 4]
    configuration.hidden = [5]
    configuration.latent = 3
    configuration.leapfrogs = 2
    change(&configuration)
    return configuration
  }

  @Test func leapfrogsWrapTheModelThatIsDescribed() throws {
    let stream = RandomStream(seed: 1)
    let plain = configuration { $0.leapfrogs = nil }.makeModel(stream)
    #expect(plain is MLPAutoencoder<BernoulliOutput>)
    #expect(configuration { $0.leapfrogs = 0 }.makeModel(stream) is MLPAutoencoder<BernoulliOutput>)
    let made = configuration {
      $0.momenta = 3
      $0.reverseHidden = 7
    }.makeModel(stream)
    let model = try #require(made as? HamiltonianAutoencoder<MLPAutoencoder<BernoulliOutput>>)
    #expect(model.base.parameters == plain.parameters)
    #expect(model.moves.layers.count == 3 && model.moves.layers[0].leapfrogs == 2 && model.noiseSize == 12)
    #expect(model.moves.layers[0].reverse.mean.weight.shape == [7, 3])
    var pictures = configuration { $0.family = .conv }
    pictures.complete()
    #expect(pictures.blocks == [0] && pictures.hamiltonianProblem == nil)
    #expect(pictures.makeModel(stream) is HamiltonianAutoencoder<ConvolutionalAutoencoder<BernoulliPixels>>)
  }

  @Test func whatCannotBeIsSaid() {
    func problem(_ change: (inout ModelConfiguration) -> Void) -> String {
      let found = configuration(change).hamiltonianProblem
      return found.map { "\($0.key): \($0.expected)" } ?? ""
    }
    #expect(configuration().hamiltonianProblem == nil)
    #expect(problem { $0.likelihood = .gaussian } == "")
    #expect(problem { $0.likelihood = .logistic }.contains("logistic"))
    #expect(problem { $0.likelihood = .mixture }.contains("mixture"))
    #expect(problem { $0.family = .hierarchical }.contains("hierarchical"))
    #expect(problem { $0.leapfrogs = -1 }.contains("model.leapfrogs"))
    #expect(problem { $0.momenta = 0 }.contains("model.momenta"))
    #expect(problem { ($0.leapfrogs, $0.momenta) = (nil, 2) }.contains("model.momenta"))
    #expect(problem { $0.reverseHidden = 0 }.contains("model.reverse_hidden"))
    #expect(
      problem {
        $0.family = .conv
        $0.blocks = [1]
      }.contains("blocks 0"))
  }

  @Test func objectivesAndAlgorithmsThatNeedADensityAreRefused() {
    let data = DataConfiguration(
      source: "bars", variable: nil, directory: nil, binarization: "none", limit: nil, validationFraction: 0,
      exampleShape: [4, 4], isOrdered: false)
    func run(_ change: (inout TrainingSettings) -> Void) -> RunConfiguration {
      var settings = TrainingSettings()
      change(&settings)
      return RunConfiguration(data: data, model: configuration(), training: settings)
    }
    #expect(run { _ in }.problem == nil)
    #expect(run { $0.objective = Objective(divergence: .pathwise) }.problem == nil)
    #expect(run { $0.objective = Objective(bound: .iwae, samples: 5) }.problem == nil)
    let doubly = run { $0.objective = Objective(bound: .iwae, samples: 5, divergence: .doublyReparameterized) }
    #expect(doubly.problem?.contains("iwae") == true)
    #expect(run { $0.algorithm = .wakeSleep }.problem?.contains("wake-sleep") == true)
  }
}
