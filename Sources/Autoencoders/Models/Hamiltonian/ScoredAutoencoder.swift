import Networks
import Tensors
import _Differentiation

/// A Gaussian autoencoder whose decoder can say how log p(x|z) changes with z, as a function to be differentiated in turn.
public protocol ScoredAutoencoder: GaussianAutoencoder {
  /// log p(x|z) of x [B, D] for latents [K, B, latentSize], and its gradient with respect to them.
  @differentiable(reverse,wrt: (self, z))
  func scored(of x: Tensor, given z: Tensor) -> ScoredLogProbability
}

extension MLPAutoencoder: ScoredAutoencoder where Head: ScoredOutput {
  /// Through the decoder and back.
  @differentiable(reverse,wrt: (self, z))
  public func scored(of x: Tensor, given z: Tensor) -> ScoredLogProbability {
    let there = decoder.traced(z)
    let found = output.scored(there.output, of: x)
    return ScoredLogProbability(value: found.value, score: decoder.inputGradient(found.score, at: there.trace))
  }
}

extension ConvolutionalAutoencoder: ScoredAutoencoder where Pixels: ScoredPixels {
  /// Through the decoder and back. Traps where it has residual blocks.
  @differentiable(reverse,wrt: (self, z))
  public func scored(of x: Tensor, given z: Tensor) -> ScoredLogProbability {
    let rows = withoutDerivative(at: z.shape[0] * z.shape[1])
    let corner = withoutDerivative(at: cornerShape.prepending(rows))
    let first = expand.traced(z)
    let there = decoder.traced(first.output.reshaped(to: corner))  // [K B, H, W, P]
    let (pictures, flat) = withoutDerivative(at: (there.output.shape, first.output.shape))
    let shape = withoutDerivative(at: Shape([z.shape[0], z.shape[1], there.output.count / rows]))
    let found = distribution.scored(there.output.reshaped(to: shape), of: x)
    let back = decoder.inputGradient(found.score.reshaped(to: pictures), at: there.trace)
    return ScoredLogProbability(
      value: found.value, score: expand.inputGradient(back.reshaped(to: flat), at: first.trace))
  }
}

extension DecoderStage: TwiceDifferentiableLayer {
  /// The convolution's. Traps where there are residual blocks: their normalisation has no second derivative here.
  @differentiable(reverse)
  public func traced(_ input: Tensor) -> TracedOutput<Tensor> {
    refuseBlocks()
    return step.traced(input)
  }

  /// The convolution's.
  @differentiable(reverse)
  public func inputGradient(_ gradient: Tensor, at trace: Tensor) -> Tensor {
    step.inputGradient(gradient, at: trace)
  }

  private func refuseBlocks() {
    require(
      blocks.layers.isEmpty,
      "DecoderStage: \(blocks.layers.count) residual blocks, whose gradient can't be differentiated; use none (blocks 0)"
    )
  }
}
