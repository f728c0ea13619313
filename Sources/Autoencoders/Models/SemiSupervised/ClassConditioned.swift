import Foundation
import Tensors
import _Differentiation

/// A model of examples that have a class y, p(x|y, z), which guesses the class where it isn't known.
///
/// As a ``LatentVariableModel`` it is the model of x with y summed out.
public protocol ClassConditioned: LatentVariableModel {
  /// How many classes there are.
  var classes: Int { get }
  /// Latents that say how an example of a class looks.
  var styleSize: Int { get }

  /// log q(y|x) of examples [B, inputSize]: [B, classes], nats.
  func classLogProbabilities(_ x: Tensor) -> Tensor

  /// The mean of q(z|x, y) of examples [B, inputSize] of the given classes: [B, styleSize].
  func style(of x: Tensor, classes: [Int]) -> Tensor

  /// The expected data for latents [N, styleSize] and classes: [N, inputSize].
  func expectation(style: Tensor, classes: [Int]) -> Tensor

  /// Data drawn from p(x|y, z) for latents [N, styleSize] and classes: [N, inputSize].
  func sample(style: Tensor, classes: [Int], _ stream: RandomStream) -> Tensor
}

extension ClassConditioned {
  /// Classes are learned with a bound.
  public var trainingAlgorithms: Set<TrainingAlgorithm> { [.variational] }
}

/// What a batch [x | y] knows of its classes: y is one-hot, and all NaN where the class is unknown.
struct KnownClasses {
  /// 1 for the class that is known, [C, B]; zeros where none is.
  let oneHot: Tensor
  /// 1 where no class is known, [B].
  let unknown: Tensor

  /// Of rows [B, size] or [B, size + classes]; without a y, no class is known.
  init(_ rows: Tensor, size: Int, classes: Int) {
    let (batch, width) = (rows.shape[0], rows.shape[1])
    require(
      width == size || width == size + classes,
      "examples of \(size) numbers, alone or with \(classes) of their class behind them; got rows of \(width)")
    var oneHot = [Float](repeating: 0, count: classes * batch)
    var unknown = [Float](repeating: 1, count: batch)
    if width > size {
      for b in 0..<batch where !rows.pointer[b * width + size].isNaN {
        unknown[b] = 0
        for c in 0..<classes { oneHot[c * batch + b] = rows.pointer[b * width + size + c] }
      }
    }
    self.oneHot = Tensor(oneHot, shape: [classes, batch])
    self.unknown = Tensor(unknown)
  }

  /// 0 for classes that may be, and so little that its exponential is zero for those that are not, [C, B].
  var mask: Tensor {
    let allowed = oneHot + unknown
    return allowed.scaled(by: 1e30, plus: -1e30)
  }
}

extension Tensor {
  /// The examples of rows [x | y], [B, size].
  func examples(ofSize size: Int) -> Tensor { shape[1] == size ? self : columns(0..<size).asConstant }

  /// The mean over the middle axis of a log's numbers, as a log: [K C, B] to [K, B], log of the mean of exp over C.
  @differentiable(reverse,wrt: self)
  func logMeanExp(overClasses classes: Int) -> Tensor {
    let (draws, batch) = withoutDerivative(at: (shape[0] / classes, shape[1]))
    return reshaped(to: withoutDerivative(at: [draws, classes, batch])).swappingFirstAxes()
      .logMeanExpOverFirst()
  }

  /// [K C, ...] to [K, ...]: sums over classes.
  @differentiable(reverse,wrt: self)
  func summed(overClasses classes: Int) -> Tensor {
    let inner = withoutDerivative(at: Array(shape.array.dropFirst()))
    let draws = withoutDerivative(at: shape[0] / classes)
    return Float(classes)
      * reshaped(to: withoutDerivative(at: Shape([draws, classes] + inner))).swappingFirstAxes().meanOverFirst()
  }

  /// Rows of the batch axis once for each class: [K, B, L] to [K, C B, L]. Not differentiable.
  func repeated(forClasses classes: Int) -> Tensor {
    let (draws, size) = (shape[0], shape[1] * shape[2])
    return Tensor(shape: [draws, classes * shape[1], shape[2]]) { out in
      for block in 0..<draws * classes {
        (out + block * size).update(from: pointer + block / classes * size, count: size)
      }
    }
  }
}

/// log(count).
func logOf(_ count: Int) -> Float { Float(Foundation.log(Double(count))) }
