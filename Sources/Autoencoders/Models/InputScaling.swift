import Networks
import Tensors

/// What is done to an encoder's input.
public enum InputScaling: String, Codable, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// The training data's mean is subtracted.
  case center
  /// The mean is subtracted, and each number divided by its standard deviation.
  case standardize
}

extension InputScaling {
  /// Room for the mean and the deviations of data of `size` numbers, where they are asked for.
  func states(_ size: Int) -> (mean: StateTensor?, deviation: StateTensor?) {
    (
      self == .none ? nil : StateTensor(Tensor(repeating: 0, shape: [size])),
      self == .standardize ? StateTensor(Tensor(repeating: 1, shape: [size])) : nil
    )
  }
}

/// A model whose encoder sees its input scaled by what it knows of the training data.
public protocol InputScaled {
  /// Subtracted from the encoder's input; nothing without.
  var inputMean: StateTensor? { get }
  /// What it is divided by; nothing without.
  var inputDeviation: StateTensor? { get }
}

extension InputScaled {
  /// The data as the encoder sees them, [B, D]; where a number is missing, its mean, or 0 if the data are not centred.
  func scaled(_ x: Tensor) -> Tensor {
    guard let inputMean else { return x.missingAsZero }
    let centered = (x - inputMean.value).missingAsZero
    return (inputDeviation.map { centered / $0.value } ?? centered).asConstant
  }

  /// Takes in the data's mean and deviations, as far as this model and its last layer ask for them.
  func adapt(_ output: some OutputLayer, to data: any BatchSource) {
    guard inputMean != nil || output.adaptsToData else { return }
    let mean = data.mean()
    inputMean?.value = mean
    guard inputDeviation != nil || output.adaptsToData else { return }
    let deviation = data.deviation(about: mean)
    inputDeviation?.value = deviation
    output.adapt(mean: mean, deviation: deviation)
  }
}
