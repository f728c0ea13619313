import Tensors
import _Differentiation

/// An exponential moving average of a model's parameters (Polyak averaging), often better than the last step's.
public struct WeightAverage {
  /// How much of the average is kept each step, once warm.
  public let decay: Float
  /// The averages, in the order of the model's parameters.
  public var averages: [Tensor]
  /// Updates so far.
  public var updates = 0

  /// An average that begins at the model's present weights.
  public init<Model: Differentiable>(decay: Float, of model: Model) {
    self.decay = decay
    averages = model.parameters
  }

  /// Takes the model's present weights in. The first updates keep less, so that the random start is soon forgotten.
  public mutating func update<Model: Differentiable>(with model: inout Model) {
    updates += 1
    let keep = min(decay, Float(1 + updates) / Float(10 + updates))
    var index = 0
    ParameterWalk.over(&model) { parameter in
      averages[index].withMutablePointer {
        $0.moveTowards(parameter.pointer, keeping: keep, count: parameter.count)
      }
      index += 1
    }
  }

  /// `model` with the averages for weights.
  public func applied<Model: Differentiable>(to model: Model) -> Model { model.replacingParameters(with: averages) }
}

extension Differentiable {
  /// The same model with other parameters, given in the order of ``parameters``. Traps if shapes differ.
  public func replacingParameters(with tensors: [Tensor]) -> Self {
    var copy = self
    var index = 0
    ParameterWalk.over(&copy) { parameter in
      require(
        index < tensors.count && parameter.shape == tensors[index].shape,
        "\(Self.self): parameter \(index) has shape \(parameter.shape), got "
          + (index < tensors.count ? "\(tensors[index].shape)" : "only \(tensors.count) tensors"))
      parameter = tensors[index]
      index += 1
    }
    require(index == tensors.count, "\(Self.self): \(index) parameters, got \(tensors.count) tensors")
    return copy
  }
}
