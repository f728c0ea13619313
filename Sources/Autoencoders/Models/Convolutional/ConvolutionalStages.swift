import Networks
import Tensors
import _Differentiation

/// Half the pixels along each side, then residual blocks: [N, H, W, in] to [N, H / 2, W / 2, out].
public struct EncoderStage: Layer {
  /// 4x4 with stride 2.
  public var step: Convolution2D
  /// At the new resolution.
  public var blocks: Stack<ResidualBlock>

  /// A stage with so many residual blocks.
  public init(
    _ inputs: Int, _ outputs: Int, blocks: Int, activation: Activation, initializer: Initializer, stream: RandomStream
  ) {
    step = Convolution2D(
      inputs, outputs, window: .halving, activation: activation, initializer: initializer, stream: stream["step"])
    self.blocks = .residual(blocks, outputs, activation, initializer, stream["blocks"])
  }

  /// blocks(step(x)).
  @differentiable(reverse)
  public func callAsFunction(_ x: Tensor) -> Tensor { blocks(step(x)) }
}

/// Residual blocks, then twice the pixels along each side: [N, H, W, in] to [N, 2 H, 2 W, out], or one more where the
/// encoder left one over.
public struct DecoderStage: Layer {
  /// At the old resolution.
  public var blocks: Stack<ResidualBlock>
  /// 4x4 with stride 2, turned round.
  public var step: TransposedConvolution2D

  /// A stage that ends with `size` pixels.
  public init(
    _ inputs: Int, _ outputs: Int, to size: Extent, blocks: Int, activation: Activation, blockActivation: Activation,
    initializer: Initializer, stream: RandomStream
  ) {
    self.blocks = .residual(blocks, inputs, blockActivation, initializer, stream["blocks"])
    step = TransposedConvolution2D(
      inputs, outputs, window: .halving, extra: Extent(height: size.height % 2, width: size.width % 2),
      activation: activation, initializer: initializer, stream: stream["step"])
  }

  /// step(blocks(x)).
  @differentiable(reverse)
  public func callAsFunction(_ x: Tensor) -> Tensor { step(blocks(x)) }
}

extension ConvolutionWindow {
  /// n pixels to n / 2, rounded down.
  static let halving = ConvolutionWindow(kernel: 4, stride: 2, padding: 1)

  /// A size, and what becomes of it when it is halved again and again. Traps, on behalf of `layer`, where nothing is left.
  static func halvings(of size: Extent, _ count: Int, layer: StaticString) -> [Extent] {
    var sizes = [size]
    for _ in 0..<count { sizes.append(halving.outputSize(of: sizes[sizes.count - 1])) }
    require(
      count > 0 && sizes.allSatisfy { $0.height > 0 && $0.width > 0 },
      "\(layer): \(size) pixels cannot be halved \(count) times; give fewer maps")
    return sizes
  }
}

extension Stack where Element == ResidualBlock {
  fileprivate static func residual(
    _ count: Int, _ width: Int, _ activation: Activation, _ initializer: Initializer, _ stream: RandomStream
  ) -> Stack {
    Stack(
      (0..<count).map {
        ResidualBlock(width, width, activation: activation, initializer: initializer, stream: stream[$0])
      })
  }
}
