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
  func states(_ size: Int) -> (mean: StateTensor, deviation: StateTensor) {
    (
      self == .none ? .none : StateTensor(Tensor(repeating: 0, shape: [size])),
      self == .standardize ? StateTensor(Tensor(repeating: 1, shape: [size])) : .none
    )
  }
}

/// A model whose encoder sees its input scaled by what it knows of the training data.
public protocol InputScaled {
  /// Subtracted from the encoder's input; nothing where it is empty.
  var inputMean: StateTensor { get set }
  /// What it is divided by; nothing where it is empty.
  var inputDeviation: StateTensor { get set }
}

extension InputScaled {
  /// The data as the encoder sees them, [B, D]; where a number is missing, its mean, or 0 if the data are not centred.
  /// - Parameter first: where in a whole example these numbers begin, if they are a part of one.
  func scaled(_ x: Tensor, from first: Int = 0) -> Tensor {
    if inputMean.isEmpty { return x.missingAsZero }
    func part(_ state: StateTensor) -> Tensor {
      let size = x.shape[1]
      return state.value.count == size ? state.value : state.value.columns(first..<first + size)
    }
    let centered = (x - part(inputMean)).missingAsZero
    return (inputDeviation.isEmpty ? centered : centered / part(inputDeviation)).asConstant
  }

  /// Takes in the data's mean and deviations, as far as the input's scaling asks for them. What `output` asks for is
  /// returned, nil where that is nothing: the scale of an example's first `targets` numbers, or of all.
  mutating func adaptInput(
    to data: any BatchSource, for output: some OutputLayer, targets: Int? = nil
  ) -> DataScale? {
    let asks = output.adaptsToData
    guard !inputMean.isEmpty || asks else { return nil }
    let mean = data.mean()
    if !inputMean.isEmpty { inputMean.set(mean) }
    guard !inputDeviation.isEmpty || asks else { return nil }
    let deviation = data.deviation(about: mean)
    if !inputDeviation.isEmpty { inputDeviation.set(deviation) }
    guard asks else { return nil }
    let own = 0..<(targets ?? mean.count)
    return DataScale(mean: mean.columns(own), deviation: deviation.columns(own))
  }
}

/// The mean and the deviations of data, each [D].
public struct DataScale: Sendable {
  /// [D]
  public var mean: Tensor
  /// [D]
  public var deviation: Tensor
}
