import CKernels
import _Differentiation

/// Two tensors that lay side by side.
public struct SplitTensor: Differentiable, Sendable {
  /// The columns before the cut.
  public var first: Tensor
  /// Those after it.
  public var second: Tensor

  /// Both parts.
  @differentiable(reverse)
  public init(first: Tensor, second: Tensor) { (self.first, self.second) = (first, second) }
}

extension Tensor {
  /// Rows of `width` numbers cut after `column` of each: a tensor of N rows to [N, column] and [N, width - column].
  ///
  /// One pass, and one in reverse, where two ranges of columns would take three.
  @differentiable(reverse,wrt: self)
  public func split(rowsOf width: Int, at column: Int) -> SplitTensor {
    require(
      column > 0 && column < width && count % width == 0,
      "Tensor.split: rows of \(width) at \(column) of shape \(shape)")
    let rows = count / width
    var second = Tensor.zero
    let first = Tensor(shape: [rows, column]) { first in
      second = Tensor(shape: [rows, width - column]) {
        ck_split_columns(pointer, first, $0, rows, column, width - column)
      }
    }
    return SplitTensor(first: first, second: second)
  }

  @derivative(of: split, wrt: self)
  @usableFromInline
  func vjpSplit(rowsOf width: Int, at column: Int) -> (
    value: SplitTensor, pullback: (SplitTensor.TangentVector) -> Tensor
  ) {
    let (shape, rows) = (shape, count / width)
    return (
      split(rowsOf: width, at: column),
      { d in
        if d.first.isSymbolicZero && d.second.isSymbolicZero { return .zero }
        func given(_ part: Tensor, _ size: Int) -> Tensor {
          part.isSymbolicZero ? Tensor(repeating: 0, shape: [rows, size]) : part
        }
        let (first, second) = (given(d.first, column), given(d.second, width - column))
        return Tensor(shape: shape) {
          ck_join_columns(first.pointer, second.pointer, $0, rows, column, width - column)
        }
      }
    )
  }
}
