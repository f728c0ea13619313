import Foundation
import Networks
import Tensors
import _Differentiation

/// Where a grid of points lies and how it looks, or writes: read off a hidden state by a linear layer.
///
///     g_x = (width + 1) / 2 (g~_x + 1)     g_y likewise
///     spacing = (max(width, height) - 1) / (N - 1) exp(log delta~)
///
/// with the variance and the intensity as exponentials, too. Gregor et al. 2015, eqs. 21 to 24; pixels are counted from 0
/// here, and logarithms are ``DiagonalGaussian/bent(_:)``. It begins with all of the picture in view: the grid spans it, and a
/// filter's deviation is half the spacing. (With one pixel for a deviation, a grid of 2 x 2 begins with the picture's corners,
/// where there is nothing to see of a digit, and a model that sees nothing gives up its latents.)
public struct Attention: Differentiable, Sendable {
  /// Hidden state to (g~_x, g~_y, log variance, log delta~, log intensity).
  public var place: Dense
  /// Points along each side of the grid: N.
  @noDerivative public let points: Int
  /// Rows of the picture.
  @noDerivative public let height: Int
  /// Columns of the picture.
  @noDerivative public let width: Int

  /// Attention to pictures of `height` x `width`, from `units` numbers.
  public init(
    units: Int, points: Int, height: Int, width: Int, initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    require(points > 0, "Attention: a grid of \(points) x \(points) points")
    place = Dense(units, 5, initializer: initializer, stream: stream["place"])
    (self.points, self.height, self.width) = (points, height, width)
    let logVariance = 2 * log(max(span / 2, 0.5))
    place.bias.withMutablePointer { $0[2] += logVariance }
  }

  /// The spacing of a grid that spans the longer side.
  private var span: Float { Float(max(height, width) - 1) / Float(max(points - 1, 1)) }

  /// Filters and intensity for hidden states [N, H].
  @differentiable(reverse)
  public func callAsFunction(_ hidden: Tensor) -> Look {
    let raw = place(hidden)  // [N, 5]
    let logVariance = DiagonalGaussian.bent(raw.columns(2..<3))
    let spacing = withoutDerivative(at: span) * exp(DiagonalGaussian.bent(raw.columns(3..<4)))
    return Look(
      filters: AttentionFilters(
        x: filters(raw.columns(0..<1), spacing, logVariance, withoutDerivative(at: width)),
        y: filters(raw.columns(1..<2), spacing, logVariance, withoutDerivative(at: height))),
      logIntensity: DiagonalGaussian.bent(raw.columns(4..<5)))
  }

  @differentiable(reverse,wrt: (centre, spacing, logVariance))
  private func filters(_ centre: Tensor, _ spacing: Tensor, _ logVariance: Tensor, _ size: Int) -> Tensor {
    let half = withoutDerivative(at: Float(size + 1) / 2)
    let placed = centre.scaled(by: half, plus: half - 1)
    return gaussianFilters(placed.joined(with: spacing).joined(with: logVariance), points: points, size: size)
  }

  /// The same as something to draw, for each hidden state.
  public func frames(_ hidden: Tensor) -> [AttentionFrame] {
    let raw = place(hidden)
    let bent = DiagonalGaussian.bent(raw).scalars
    return (0..<raw.shape[0]).map { row in
      let at = 5 * row
      func centre(_ axis: Int, _ size: Int) -> Double {
        Double(size + 1) / 2 * (Double(raw.scalars[at + axis]) + 1) - 1
      }
      return AttentionFrame(
        x: centre(0, width), y: centre(1, height),
        side: Double(points - 1) * Double(span) * Foundation.exp(Double(bent[at + 3])),
        deviation: Foundation.exp(Double(bent[at + 2]) / 2))
    }
  }
}

/// A grid's filters, and how strongly it looks.
public struct Look: Differentiable, Sendable {
  /// Where the points are.
  public var filters: AttentionFilters
  /// [N, 1]
  public var logIntensity: Tensor
}

/// Where a grid of points lies on a picture, in pixels counted from 0 at the centre of the first.
public struct AttentionFrame: Sendable, Equatable {
  /// Column of the centre.
  public let x: Double
  /// Row of the centre.
  public let y: Double
  /// From the first point to the last.
  public let side: Double
  /// Of a filter.
  public let deviation: Double
}
