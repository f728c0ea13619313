import CKernels
import _Differentiation

extension Tensor {
  /// The sum of all elements, accumulated in double precision.
  @differentiable(reverse)
  public func sum() -> Float { Float(ck_sum(pointer, count)) }

  @derivative(of: sum)
  @usableFromInline
  func vjpSum() -> (value: Float, pullback: (Float) -> Tensor) {
    let shape = shape
    return (sum(), { Tensor(repeating: $0, shape: shape) })
  }

  /// The mean of all elements.
  @differentiable(reverse)
  public func mean() -> Float { sum() / Float(withoutDerivative(at: count)) }

  /// Sums over the innermost axis: [..., D] to [...].
  @differentiable(reverse)
  public func sumOverLast() -> Tensor {
    Tensor(shape: shape.dropLast) { ck_sum_columns(pointer, $0, count / shape[-1], shape[-1]) }
  }

  @derivative(of: sumOverLast)
  @usableFromInline
  func vjpSumOverLast() -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let shape = shape
    return (
      sumOverLast(),
      { dy in
        if dy.isSymbolicZero { return .zero }
        return Tensor(shape: shape) { ck_repeat_columns(dy.pointer, $0, dy.count, shape[-1]) }
      }
    )
  }

  /// Means over the outermost axis: [K, ...] to [...].
  @differentiable(reverse)
  public func meanOverFirst() -> Tensor {
    let (rows, columns) = (shape[0], count / shape[0])
    let sums = Tensor(shape: Shape(shape.array.dropFirst())) { ck_sum_rows(pointer, $0, rows, columns) }
    return rows == 1 ? sums : sums.scaled(by: 1 / Float(rows))
  }

  @derivative(of: meanOverFirst)
  @usableFromInline
  func vjpMeanOverFirst() -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let shape = shape
    return (
      meanOverFirst(),
      { dy in
        if dy.isSymbolicZero { return .zero }
        let scaled = shape[0] == 1 ? dy : dy.scaled(by: 1 / Float(shape[0]))
        return Tensor(shape: shape) { ck_repeat_rows(scaled.pointer, $0, shape[0], dy.count) }
      }
    )
  }

  /// log(mean(exp(x))) over the outermost axis, [K, B] to [B], without overflow: the IWAE bound of K log weights.
  @differentiable(reverse)
  public func logMeanExpOverFirst() -> Tensor {
    Tensor(shape: Shape(shape.array.dropFirst())) {
      ck_log_mean_exp_rows(pointer, $0, shape[0], count / shape[0])
    }
  }

  @derivative(of: logMeanExpOverFirst)
  @usableFromInline
  func vjpLogMeanExpOverFirst() -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let weights = softmaxOverFirst()
    return (logMeanExpOverFirst(), { weights * $0 })
  }

  /// exp(x) / sum(exp(x)) over the outermost axis: normalised importance weights. Not differentiable.
  public func softmaxOverFirst() -> Tensor {
    Tensor(shape: shape) { ck_softmax_rows(pointer, $0, shape[0], count / shape[0]) }
  }

  /// Whether no element is infinite or NaN.
  public var isFinite: Bool { isSymbolicZero || ck_all_finite(pointer, count) }

  /// The sum of the squares of all elements, in double precision.
  public var sumOfSquares: Double { isSymbolicZero ? 0 : ck_sum_of_squares(pointer, count) }
}
