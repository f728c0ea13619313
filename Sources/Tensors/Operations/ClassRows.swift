import CKernels
import _Differentiation

extension Tensor {
  /// activation(self + rows), one row of numbers for each of C classes: [K, B, H] and [C, H] to [K C, B, H], where draw k of
  /// class c lies at k C + c.
  ///
  /// What a layer makes of [z | y] for every one-hot y at once: `self` is what it makes of z, and is computed once.
  @differentiable(reverse)
  public func withEachRow(of rows: Tensor, _ activation: Activation = .identity) -> Tensor {
    eachRow(rows, activation).value
  }

  @derivative(of: withEachRow)
  @usableFromInline
  func vjpWithEachRow(of rows: Tensor, _ activation: Activation) -> (
    value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
  ) {
    let (value, kept) = eachRow(rows, activation)
    let (shape, classes) = (shape, rows.shape[0])
    return (
      value,
      { dy in
        if dy.isSymbolicZero { return (.zero, .zero) }
        let d = activation.gradient(dy, at: kept)
        let size = shape[1] * shape[2]
        let dSelf = Tensor(shape: shape) { out in
          for k in 0..<shape[0] {
            ck_sum_rows(d.pointer + k * classes * size, out + k * size, classes, size)
          }
        }
        return (dSelf, d.summedByClass(classes))
      }
    )
  }

  private func eachRow(_ rows: Tensor, _ activation: Activation) -> (value: Tensor, kept: Tensor) {
    require(
      shape.rank == 3 && rows.shape == [rows.shape[0], shape[2]],
      "Tensor.withEachRow: \(shape) with rows \(rows.shape); expected [draws, examples, features] and [classes, features]"
    )
    let (draws, batch, width, classes) = (shape[0], shape[1], shape[2], rows.shape[0])
    return activation.apply { activation in
      Tensor(shape: [draws * classes, batch, width]) { out in
        for block in 0..<draws * classes {
          let place = out + block * batch * width
          place.update(from: pointer + block / classes * batch * width, count: batch * width)
          ck_bias_activation(place, rows.pointer + block % classes * width, batch, width, activation.kernel)
        }
      }
    }
  }

  /// activation(self + rows) where there is a part for each class already: [K C, B, H] and [C, H] to [K C, B, H].
  @differentiable(reverse)
  public func withOwnRow(of rows: Tensor, _ activation: Activation = .identity) -> Tensor {
    ownRow(rows, activation).value
  }

  @derivative(of: withOwnRow)
  @usableFromInline
  func vjpWithOwnRow(of rows: Tensor, _ activation: Activation) -> (
    value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
  ) {
    let (value, kept) = ownRow(rows, activation)
    let classes = rows.shape[0]
    return (
      value,
      { dy in
        if dy.isSymbolicZero { return (.zero, .zero) }
        let d = activation.gradient(dy, at: kept)
        return (d, d.summedByClass(classes))
      }
    )
  }

  private func ownRow(_ rows: Tensor, _ activation: Activation) -> (value: Tensor, kept: Tensor) {
    let classes = rows.shape[0]
    require(
      shape.rank == 3 && rows.shape == [classes, shape[2]] && shape[0] % classes == 0,
      "Tensor.withOwnRow: \(shape) with rows \(rows.shape); expected [draws * classes, examples, features] and "
        + "[classes, features]")
    let (batch, width) = (shape[1], shape[2])
    return activation.apply { activation in
      Tensor(shape: shape) { out in
        out.update(from: pointer, count: count)
        for block in 0..<shape[0] {
          ck_bias_activation(
            out + block * batch * width, rows.pointer + block % classes * width, batch, width, activation.kernel)
        }
      }
    }
  }

  /// [K C, B, H] to [C, H]: sums over draws and examples.
  private func summedByClass(_ classes: Int) -> Tensor {
    let (draws, batch, width) = (shape[0] / classes, shape[1], shape[2])
    let parts = Tensor(shape: [draws, classes * width]) { out in
      for block in 0..<shape[0] {
        ck_sum_rows(pointer + block * batch * width, out + block * width, batch, width)
      }
    }
    return Tensor(shape: [classes, width]) { ck_sum_rows(parts.pointer, $0, draws, classes * width) }
  }

  /// The two outermost axes exchanged: [A, B, ...] to [B, A, ...].
  @differentiable(reverse)
  public func swappingFirstAxes() -> Tensor {
    require(shape.rank > 1, "Tensor.swappingFirstAxes: \(shape) has no two axes")
    let (a, b) = (shape[0], shape[1])
    let inner = count / max(a * b, 1)
    return Tensor(shape: Shape([b, a] + shape.array.dropFirst(2))) { out in
      for i in 0..<a {
        for j in 0..<b {
          (out + (j * a + i) * inner).update(from: pointer + (i * b + j) * inner, count: inner)
        }
      }
    }
  }

  @derivative(of: swappingFirstAxes)
  @usableFromInline
  func vjpSwappingFirstAxes() -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    (swappingFirstAxes(), { $0.isSymbolicZero ? .zero : $0.swappingFirstAxes() })
  }
}
