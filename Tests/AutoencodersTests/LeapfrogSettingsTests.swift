import TestSupport
import Networks
import Tensors
import Testing

@testable import Autoencoders

struct LeapfrogSettingsTests {
  private let form = ExampleForm(shape: [4, 4])

  private func specification(_ change: (inout MLPSpecification) -> Void = { _ in }) -> MLPSpecification {
    var specification = MLPSpecification(for: form)
    (specification.hidden, specification.latent) = ([5], 3)
    specification.leapfrogs = LeapfrogSettings(steps: 2)
    change(&specification)
    return specification
  }

  @Test func leapfrogsWrapTheModelThatIsDescribed() throws {
    let stream = RandomStream(seed: 1)
    let plain = specification { $0.leapfrogs = nil }.makeModel(for: form, stream)
    #expect(plain is MLPAutoencoder<BernoulliOutput>)
    let made = specification { $0.leapfrogs = LeapfrogSettings(steps: 2, momenta: 3, reverseHidden: 7) }
      .makeModel(for: form, stream)
    let model = try #require(made as? HamiltonianAutoencoder<MLPAutoencoder<BernoulliOutput>>)
    #expect(model.base.parameters == plain.parameters)
    #expect(model.moves.layers.count == 3 && model.moves.layers[0].leapfrogs == 2 && model.noiseSize == 12)
    #expect(model.moves.layers[0].reverse.mean.weight.shape == [7, 3])
    #expect(!model.hasPosteriorDensity && plain.hasPosteriorDensity)
    var pictures = ConvolutionalSpecification(for: form)
    (pictures.blocks, pictures.leapfrogs) = ([0], LeapfrogSettings(steps: 2))
    #expect(
      pictures.makeModel(for: form, stream) is HamiltonianAutoencoder<ConvolutionalAutoencoder<BernoulliPixels>>)
  }

  @Test func whatCannotBeIsSaid() {
    func problem(_ change: (inout MLPSpecification) -> Void) -> String {
      specification(change).problem(for: form)?.description ?? ""
    }
    #expect(problem { _ in } == "")
    #expect(problem { $0.likelihood = LikelihoodSpecification(.gaussian) } == "")
    #expect(problem { $0.likelihood = LikelihoodSpecification(.logistic) }.contains("logistic"))
    #expect(problem { $0.likelihood = .mixture(components: 2) }.contains("mixture"))
    #expect(problem { $0.prior = PriorSettings(.vamp) }.contains("learned prior"))
    #expect(problem { $0.leapfrogs = LeapfrogSettings(steps: -1) }.contains("leapfrogs"))
    #expect(problem { $0.leapfrogs = LeapfrogSettings(steps: 2, momenta: 0) }.contains("momenta"))
    #expect(problem { $0.leapfrogs = LeapfrogSettings(steps: 2, reverseHidden: 0) }.contains("reverse_hidden"))
    var pictures = ConvolutionalSpecification(for: form)
    pictures.leapfrogs = LeapfrogSettings(steps: 2)
    #expect(pictures.problem(for: form)?.problem.contains("blocks 0") == true)
  }

  /// The trainer refuses what is no bound's gradient, for the models that it is not one for.
  @Test func objectivesAndAlgorithmsThatNeedADensityAreRefused() throws {
    func problem(_ change: (inout TrainingSettings) -> Void) -> String? {
      var settings = TrainingSettings()
      settings.epochs = 1
      change(&settings)
      func fit<Model: LatentVariableModel>(_ model: Model) -> String? {
        var trainer = Trainer(model, settings: settings)
        do { try trainer.fit(Bars.examples(20)) } catch { return "\(error)" }
        return nil
      }
      return fit(specification().makeModel(for: form, RandomStream(seed: 1)))
    }
    #expect(problem { _ in } == nil)
    #expect(problem { $0.objective = Objective(divergence: .pathwise) } == nil)
    #expect(problem { $0.objective = Objective(bound: .iwae, samples: 5) } == nil)
    let doubly = problem { $0.objective = Objective(bound: .iwae, samples: 5, divergence: .doublyReparameterized) }
    #expect(doubly?.contains("iwae") == true)
    #expect(problem { $0.algorithm = .wakeSleep }?.contains("wake-sleep") == true)
    #expect(
      problem { $0.objective.totalCorrelation = TotalCorrelation(.minibatch, weight: 5) }?.contains("elbo") == true)
  }
}
