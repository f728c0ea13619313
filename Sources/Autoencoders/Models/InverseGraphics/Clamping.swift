import Tensors
import _Differentiation

extension Tensor {
  /// Latents [K, B, L] of which only those at `active` tell the examples of a group apart: every other one is replaced by
  /// its mean over the group, draw by draw.
  ///
  /// The clamping of Kulkarni et al. 2015, *Deep convolutional inverse graphics network*, and their derivative, which is not
  /// that of this function: an active latent's is passed on, and of an inactive one nothing is that comes back from the
  /// decoder. Instead its posterior mean has `pull` times its difference from the group's. So the decoder's gradient
  /// teaches active latents alone, and the others learn to stay where they are. The paper pulls draws, which is the same
  /// for the means but for noise, and takes deviations to zero beside.
  ///
  /// - Parameters:
  ///   - groups: which of the B are together; the others are each a group.
  ///   - means: posterior means of these latents, [B, L].
  ///   - pull: gradient for one unit of difference; pass the weight of an example divided by their number.
  @differentiable(reverse,wrt: (self, means))
  func clamped(
    except active: Range<Int>, within groups: [Range<Int>], pulling means: Tensor, by pull: Float
  ) -> Tensor {
    require(
      shape.rank == 3 && means.shape == Shape([shape[1], shape[2]]) && active.lowerBound >= 0
        && active.upperBound <= shape[2],
      "Tensor.clamped: latents \(active) of \(shape), means \(means.shape); expected some of the last of three axes, and "
        + "means of the last two")
    return groupMeans(except: active, groups)
  }

  @derivative(of: clamped, wrt: (self, means))
  func vjpClamped(
    except active: Range<Int>, within groups: [Range<Int>], pulling means: Tensor, by pull: Float
  ) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
    let size = shape[2]
    return (
      clamped(except: active, within: groups, pulling: means, by: pull),
      { v in
        let latents =
          v.isSymbolicZero
          ? v
          : Tensor(shape: shape) { out in
            for place in 0..<count { out[place] = active.contains(place % size) ? v.pointer[place] : 0 }
          }
        let middles = means.reshaped(to: means.shape.prepending(1)).groupMeans(except: active, groups)
        return (
          latents,
          Tensor(shape: means.shape) { out in
            for place in 0..<means.count { out[place] = pull * (means.pointer[place] - middles.pointer[place]) }
          }
        )
      }
    )
  }

  /// [K, B, L] whose latents not at `active` are their means over a group.
  private func groupMeans(except active: Range<Int>, _ groups: [Range<Int>]) -> Tensor {
    let (draws, rows, size) = (shape[0], shape[1], shape[2])
    return Tensor(shape: shape) { out in
      for place in 0..<count { out[place] = pointer[place] }
      for draw in 0..<draws {
        for group in groups {
          let (first, end) = ((draw * rows + group.lowerBound) * size, (draw * rows + group.upperBound) * size)
          for unit in 0..<size where !active.contains(unit) {
            let places = stride(from: first + unit, to: end, by: size)
            let mean = places.reduce(0) { $0 + pointer[$1] } / Float(group.count)
            for place in places { out[place] = mean }
          }
        }
      }
    }
  }
}
