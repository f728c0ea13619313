import _Differentiation

extension Tensor {
  /// Latents [K, B, L] of which only those at `active` tell the B examples apart: every other one is replaced by its mean
  /// over the examples, draw by draw.
  ///
  /// The clamping of Kulkarni et al. 2015, *Deep convolutional inverse graphics network*, and their derivative, which is not
  /// that of this function: an active latent's is passed on, and an inactive one's is `pull` times its difference from the
  /// mean, whatever comes back from the decoder. So the decoder's gradient teaches active latents alone, and the others
  /// learn to stay where they are.
  @differentiable(reverse,wrt: self)
  public func clamped(except active: Range<Int>, pull: Float) -> Tensor {
    require(
      shape.rank == 3 && active.lowerBound >= 0 && active.upperBound <= shape[2],
      "Tensor.clamped: latents \(active) of \(shape); expected some of the last of three axes")
    let (draws, rows, size) = (shape[0], shape[1], shape[2])
    return Tensor(shape: shape) { out in
      for draw in 0..<draws {
        for unit in 0..<size {
          let places = stride(from: draw * rows * size + unit, to: (draw + 1) * rows * size, by: size)
          if active.contains(unit) {
            for place in places { out[place] = pointer[place] }
          } else {
            let mean = places.reduce(0) { $0 + pointer[$1] } / Float(rows)
            for place in places { out[place] = mean }
          }
        }
      }
    }
  }

  @derivative(of: clamped, wrt: self)
  @usableFromInline
  func vjpClamped(except active: Range<Int>, pull: Float) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let value = clamped(except: active, pull: pull)
    let size = shape[2]
    return (
      value,
      { v in
        Tensor(shape: shape) { out in
          for place in 0..<count {
            let isActive = active.contains(place % size)
            out[place] =
              isActive ? (v.isSymbolicZero ? 0 : v.pointer[place]) : pull * (pointer[place] - value.pointer[place])
          }
        }
      }
    )
  }
}
