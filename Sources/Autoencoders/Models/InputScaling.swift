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
  /// - Parameter first: where in a whole example these numbers begin, if they are a part of one.
  func scaled(_ x: Tensor, from first: Int = 0) -> Tensor {
    guard let inputMean else { return x.missingAsZero }
    func part(_ state: StateTensor) -> Tensor {
      let size = x.shape[1]
      return state.value.count == size ? state.value : state.value.columns(first..<first + size)
    }
    let centered = (x - part(inputMean)).missingAsZero
    return (inputDeviation.map { centered / part($0) } ?? centered).asConstant
  }

  /// Takes in the data's mean and deviations, as far as this model and its last layer ask for them.
  func adapt(_ output: some OutputLayer, to data: any BatchSource) { adapt([output], to: data) }

  /// The same for several last layers, which are of an example's first `targets` numbers, or all.
  func adapt(_ outputs: [some OutputLayer], to data: any BatchSource, targets: Int? = nil) {
    let asks = outputs.contains { $0.adaptsToData }
    guard inputMean != nil || asks else { return }
    let mean = data.mean()
    inputMean?.value = mean
    guard inputDeviation != nil || asks else { return }
    let deviation = data.deviation(about: mean)
    inputDeviation?.value = deviation
    let own = 0..<(targets ?? mean.count)
    for output in outputs { output.adapt(mean: mean.columns(own), deviation: deviation.columns(own)) }
  }
}
