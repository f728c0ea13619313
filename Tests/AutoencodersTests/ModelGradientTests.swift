import Autoencoders
import Networks
import Tensors
import Testing
import _Differentiation

/// A dense model with every likelihood.
private func configurations() -> [ModelCase] {
  func model(_ likelihood: LikelihoodSpecification, _ shape: [Int] = [5]) -> ModelCase {
    MLPSpecification.make(ExampleForm(shape: shape)) {
      ($0.hidden, $0.latent, $0.activation, $0.likelihood) = ([4, 3], 2, .tanh, likelihood)
    }
  }
  let scales = VarianceForm.allCases.map {
    LikelihoodSpecification.ScaleSettings(variance: $0, leastDeviation: 0.3)
  }
  return [model(.bernoulli)]
    + scales.flatMap { [model(.gaussian($0, isBounded: true)), model(.gaussian($0, isBounded: false))] }
    + scales.map { model(.logistic($0)) }
    + [[5, 1], [2, 1, 3]].map { model(.mixture(components: 2), $0) }
}

struct ModelGradientTests {
  private func x(_ size: Int) -> Tensor { RandomStream(seed: 1).uniform([4, size]).asConstant }
  private let noise = RandomStream(seed: 2).normal([3, 4, 2])

  private func loss<Model: LatentVariableModel>(_ model: Model, _ objective: Objective) -> Float {
    let x = x(model.inputSize)
    return objective.loss(model.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1)
  }

  private func gradients<Model: LatentVariableModel>(_ model: Model, _ objective: Objective) -> [Tensor] {
    let gradient = gradient(at: model) { [x = x(model.inputSize), noise] in
      objective.loss($0.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1)
    }
    return model.parts(of: gradient)
  }

  @Test(arguments: configurations())
  func everyParameterLearns(_ configuration: ModelCase) {
    let likelihood = (configuration.specification as! any LikelihoodSetting).likelihood
    let hasOneLayer = [.bernoulli, .mixture].contains(likelihood.name)
    func check<Model: LatentVariableModel>(_ model: Model) {
      let names = model.parameterNames
      #expect(names.count == 4 + 4 + 4 + (hasOneLayer ? 2 : 4))
      #expect(Set(names).count == names.count)
      for (name, part) in zip(names, gradients(model, Objective(samples: 3))) {
        #expect(!part.isSymbolicZero && part.sumOfSquares > 1e-12, "\(name) gets no gradient")
      }
    }
    check(configuration.makeModel(RandomStream(seed: 3)))
  }

  @Test(
    arguments: configurations(),
    [Objective(samples: 3), Objective(samples: 3, divergence: .sampled), Objective(bound: .iwae, samples: 3)])
  func gradientIsThatOfFiniteDifferences(_ configuration: ModelCase, _ objective: Objective) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      let parameters = model.parameters
      for (index, part) in gradients(model, objective).enumerated() {
        for element in 0..<part.count {
          func loss(_ step: Float) -> Float {
            var moved = parameters
            moved[index].withMutablePointer { $0[element] += step }
            return self.loss(model.replacingParameters(with: moved), objective)
          }
          // Fourth order, so that the step can be large against the rounding of 32 bits.
          let h: Float = 0.02
          let difference = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h)
          let tolerance = 2e-3 + 5e-3 * abs(difference)
          #expect(
            abs(part.scalars[element] - difference) < tolerance,
            "\(model.parameterNames[index])[\(element)]: \(part.scalars[element]), differences say \(difference)")
        }
      }
    }
    check(configuration.makeModel(RandomStream(seed: 4)))
  }
}
