import CKernels
import _Differentiation

/// Filters along both sides of a picture: where a grid of points looks, or writes.
public struct AttentionFilters: Differentiable, Sendable {
  /// Along its rows, [B, N, width].
  public var x: Tensor
  /// Along its columns, [B, N, height].
  public var y: Tensor

  /// Filters of as many points along both sides. Traps unless they belong together.
  @differentiable(reverse)
  public init(x: Tensor, y: Tensor) {
    require(
      x.shape.rank == 3 && y.shape.rank == 3 && x.shape[0] == y.shape[0] && x.shape[1] == y.shape[1],
      "attention: filters \(x.shape) along rows and \(y.shape) along columns; expected [B, N, width] and [B, N, height]"
    )
    (self.x, self.y) = (x, y)
  }
}

/// Gaussian filters at `points` places along a side of `size` pixels: [B, 3] to [B, points, size].
///
///     m_i = centre + (i - (points - 1) / 2) spacing
///     F_ia = exp(-(a - m_i)^2 / (2 variance)) / sum over a
///
/// `places` holds centre and spacing, in pixels counted from 0, and the log-variance. Each filter adds up to 1; what is
/// below 1e-13 of its peak is 0. Gregor et al. 2015, *DRAW: a recurrent neural network for image generation*, eqs. 19, 20, 25.
@differentiable(reverse)
public func gaussianFilters(_ places: Tensor, points: Int, size: Int) -> Tensor {
  require(
    places.shape.rank == 2 && places.shape[1] == 3 && points > 0 && size > 0,
    "attention: places \(places.shape) of \(points) filters of \(size) pixels; expected [B, 3] and positive sizes")
  let batch = places.shape[0]
  return Tensor(shape: [batch, points, size]) { ck_gaussian_filters(places.pointer, $0, batch, points, size) }
}

@derivative(of: gaussianFilters, wrt: places)
@usableFromInline
func vjpGaussianFilters(_ places: Tensor, points: Int, size: Int) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
  let filters = gaussianFilters(places, points: points, size: size)
  return (
    filters,
    { d in
      if d.isSymbolicZero { return .zero }
      return Tensor(shape: places.shape) {
        ck_gaussian_filters_gradient(
          places.pointer, filters.pointer, d.pointer, $0, filters.shape[0], points, size)
      }
    }
  )
}

/// What a grid of N x N points sees of pictures: F_y picture F_x', for each channel.
///
/// `pictures` [B, ...] are height x width x channels numbers each, as the filters' sizes say; to [B, N N channels].
@differentiable(reverse)
public func glimpse(_ pictures: Tensor, through filters: AttentionFilters) -> Tensor {
  let sizes = GlimpseSizes(filters, picture: pictures)
  return Tensor(shape: [sizes.batch, sizes.patch]) { sizes.glimpse(pictures, filters, into: $0) }
}

@derivative(of: glimpse)
@usableFromInline
func vjpGlimpse(_ pictures: Tensor, through filters: AttentionFilters) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, AttentionFilters.TangentVector)
) {
  (
    glimpse(pictures, through: filters),
    { d in
      if d.isSymbolicZero { return (.zero, .zero) }
      let sizes = GlimpseSizes(filters, picture: pictures)
      return (
        pictures.isConstant ? .zero : sizes.adding(d, filters, to: Tensor(repeating: 0, shape: pictures.shape)),
        sizes.filtersGradient(picture: pictures, patch: d, filters)
      )
    }
  )
}

extension Tensor {
  /// The pictures with what a grid of N x N points writes on them added, F_y' patch F_x for each channel: the transpose of
  /// ``glimpse(_:through:)``.
  ///
  /// Pictures [B, ...] and patches [B, N N channels] to the pictures' shape.
  @differentiable(reverse)
  public func adding(patches: Tensor, through filters: AttentionFilters) -> Tensor {
    GlimpseSizes(filters, picture: self, patch: patches).adding(patches, filters, to: self)
  }

  @derivative(of: adding(patches:through:))
  @usableFromInline
  func vjpAdding(patches: Tensor, through filters: AttentionFilters) -> (
    value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, AttentionFilters.TangentVector)
  ) {
    let sizes = GlimpseSizes(filters, picture: self, patch: patches)
    return (
      adding(patches: patches, through: filters),
      { d in
        if d.isSymbolicZero { return (.zero, .zero, .zero) }
        return (
          d, Tensor(shape: patches.shape) { sizes.glimpse(d, filters, into: $0) },
          sizes.filtersGradient(picture: d, patch: patches, filters)
        )
      }
    )
  }
}

/// The sizes of pictures, of filters over them and of what these see.
private struct GlimpseSizes {
  let batch, height, width, channels, points: Int

  /// Numbers in one patch.
  var patch: Int { points * points * channels }

  /// Traps unless the pictures, and the patches if given, are of these filters.
  init(_ filters: AttentionFilters, picture: Tensor, patch patches: Tensor? = nil) {
    (batch, points) = (filters.x.shape[0], filters.x.shape[1])
    (width, height) = (filters.x.shape[2], filters.y.shape[2])
    let area = batch * height * width
    require(
      picture.shape.rank > 0 && picture.shape[0] == batch && picture.count % area == 0,
      "attention: pictures \(picture.shape) under filters \(filters.x.shape) and \(filters.y.shape); expected "
        + "[\(batch), ...] with \(height) x \(width) pixels in each")
    channels = picture.count / area
    require(
      patches == nil || patches!.shape == [batch, patch],
      "attention: patches \(patches?.shape ?? []) for pictures \(picture.shape); expected [\(batch), \(patch)]")
  }

  func glimpse(_ pictures: Tensor, _ filters: AttentionFilters, into out: UnsafeMutablePointer<Float>) {
    _ = Tensor(shape: [width * channels]) { row in
      ck_glimpse(
        pictures.pointer, filters.x.pointer, filters.y.pointer, out, row, batch, height, width, channels, points)
    }
  }

  func adding(_ patches: Tensor, _ filters: AttentionFilters, to pictures: Tensor) -> Tensor {
    var sum = Tensor(storage: pictures.storage, shape: pictures.shape)  // what is written on is no constant
    sum.withMutablePointer { sum in
      _ = Tensor(shape: [width * channels]) { row in
        ck_add_patch(
          patches.pointer, filters.x.pointer, filters.y.pointer, sum, row, batch, height, width, channels, points)
      }
    }
    return sum
  }

  func filtersGradient(
    picture: Tensor, patch: Tensor, _ filters: AttentionFilters
  ) -> AttentionFilters.TangentVector {
    var dy = Tensor.zero
    let dx = Tensor(shape: filters.x.shape) { dx in
      dy = Tensor(shape: filters.y.shape) { dy in
        _ = Tensor(shape: [2, width * channels]) { rows in
          ck_glimpse_filters_gradient(
            picture.pointer, patch.pointer, filters.x.pointer, filters.y.pointer, dx, dy, rows, batch, height, width,
            channels, points)
        }
      }
    }
    return AttentionFilters.TangentVector(x: dx, y: dy)
  }
}
