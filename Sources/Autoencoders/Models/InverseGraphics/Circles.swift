import Tensors
import _Differentiation

extension Tensor {
  /// Pairs of numbers of the last axis as points of the unit circle: (a, b) / sqrt(a² + b² + 1/100). All others stay.
  ///
  /// The hundredth keeps the derivative finite: nearer to the middle than a tenth a point has no direction to speak of.
  @differentiable(reverse)
  func onCircles(at pairs: [Range<Int>]) -> Tensor {
    require(
      shape.rank > 0
        && pairs.allSatisfy { $0.count == 2 && $0.lowerBound >= 0 && $0.upperBound <= shape[shape.rank - 1] },
      "Tensor.onCircles: pairs \(pairs) of \(shape); expected two places each of the last axis")
    return Tensor(shape: shape) { out in
      out.update(from: pointer, count: count)
      eachPair(pairs) { place, radius in
        out[place] = pointer[place] / radius
        out[place + 1] = pointer[place + 1] / radius
      }
    }
  }

  @derivative(of: onCircles)
  func vjpOnCircles(at pairs: [Range<Int>]) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let value = onCircles(at: pairs)
    return (
      value,
      { v in
        if v.isSymbolicZero { return v }
        return Tensor(shape: shape) { out in
          out.update(from: v.pointer, count: count)
          // Along the radius nothing changes, but for the hundredth.
          eachPair(pairs) { place, radius in
            let (a, b) = (value.pointer[place], value.pointer[place + 1])
            let along = a * v.pointer[place] + b * v.pointer[place + 1]
            out[place] = (v.pointer[place] - a * along) / radius
            out[place + 1] = (v.pointer[place + 1] - b * along) / radius
          }
        }
      }
    )
  }

  /// Where each pair of each row begins, and how far it is from the middle.
  private func eachPair(_ pairs: [Range<Int>], _ body: (Int, Float) -> Void) {
    let width = shape[shape.rank - 1]
    for row in stride(from: 0, to: count, by: width) {
      for pair in pairs {
        let place = row + pair.lowerBound
        let (a, b) = (pointer[place], pointer[place + 1])
        body(place, (a * a + b * b + 0.01).squareRoot())
      }
    }
  }
}
