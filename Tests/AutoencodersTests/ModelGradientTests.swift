import Autoencoders
import Networks
import Tensors
import Testing
import _Differentiation

/// Every model that a configuration can make.
private func configurations() -> [ModelConfiguration] {
  var base = ModelConfiguration(inputSize: 5)
  base.hidden = [4, 3]
  base.latent = 2
  base.activation = .tanh
  base.likelihood = .bernoulli
  return [base]
    + VarianceForm.allCases.flatMap { form in
      [true, false].map { isBounded in
        var gaussian = base
        gaussian.likelihood = .gaussian
        gaussian.variance = form
        gaussian.boundedMean = isBounded
        gaussian.leastDeviation = 0.3
        return gaussian
      }
    }
    + VarianceForm.allCases.map { form in
      var logistic = base
      logistic.likelihood = .logistic
      logistic.variance = form
      logistic.leastDeviation = 0.3
      return logistic
    }
    + [[5, 1], [2, 1, 3]].map { shape in
      var mixture = base
      mixture.likelihood = .mixture
      mixture.exampleShape = shape
      mixture.inputSize = shape.reduce(1, *)
      mixture.components = 2
      return mixture
    }
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
  func everyParameterLearns(_ configuration: ModelConfiguration) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      let names = model.parameterNames
      #expect(names.count == 4 + 4 + 4 + ([.bernoulli, .mixture].contains(configuration.likelihood) ? 2 : 4))
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
  func gradientIsThatOfFiniteDifferences(_ configuration: ModelConfiguration, _ objective: Objective) {
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

extension ModelConfiguration: CustomTestStringConvertible {
  /// What tells the models of these tests apart.
  public var testDescription: String {
    if family.isDeep { return "\(family.rawValue) \(layers) \((posterior ?? .diagonal).rawValue)" }
    if let prior { return "\(prior.rawValue) prior, \(inputScaling.rawValue)" }
    return switch likelihood {
    case .bernoulli: "bernoulli"
    case .gaussian: "gaussian, \(variance.rawValue)\(boundedMean ? ", bounded" : "")"
    case .logistic: "logistic, \(variance.rawValue)"
    case .mixture: "mixture, \(channels) channels"
    }
  }
}
