import Networks
import Tensors
import _Differentiation

/// A dense layer that gives the raw numbers of every pixel.
public struct PixelOutput<Pixels: PixelDistribution>: OutputLayer {
  /// Features to raw numbers.
  public var pixels: Dense
  /// What becomes of them.
  @noDerivative public let distribution: Pixels

  /// `features` numbers in, an image of `size` numbers out. Traps unless these are whole pixels.
  public init(
    features: Int, size: Int, _ distribution: Pixels, initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    require(
      size % distribution.channels == 0,
      "PixelOutput: \(size) numbers are no whole number of pixels of \(distribution.channels) channels")
    let count = size / distribution.channels
    pixels = Dense(features, count * distribution.numbersPerPixel, initializer: initializer, stream: stream["pixels"])
    pixels.bias = pixels.bias + Tensor([[Float]](repeating: distribution.start, count: count).flatMap { $0 })
    self.distribution = distribution
  }

  /// The distribution of images from features.
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> Pixels.Output { distribution(pixels(features)) }
}
