import Networks
import Tensors
import _Differentiation

/// An autoencoder whose q(z|x) goes on from its encoder's Gaussian by Hamiltonian dynamics (Salimans, Kingma and Welling
/// 2015, *Markov chain Monte Carlo and variational inference: bridging the gap*, algorithm 3).
///
/// z0 ~ q(z0|x); for each move t a momentum v' ~ q(v') is drawn, and leapfrog steps on log p(x, z) lead to z_t and v_t. The
/// momenta are auxiliary: a reverse model r(v_t|z_t, x) takes the place of their unknown posterior, and the bound is that of
///
///     log w = log p(x, z_T) - log q(z0|x) + sum over t of log r(v_t|z_t, x) - log q(v'_t)
///
/// as leapfrog steps keep volume. It stands for any weight that models yield, so all objectives but the doubly
/// reparameterised and all estimates are had. What is not: log q(z|x) of given latents, an integral over all momenta.
public struct HamiltonianAutoencoder<Base: ScoredAutoencoder>: LatentVariableModel {
  /// The decoder, and the encoder that gives q(z0|x).
  public var base: Base
  /// Momenta and steps, first to last. Without any, this is the base.
  public var moves: Stack<HamiltonianMove>

  /// - Parameters:
  ///   - moves: how often a momentum is drawn.
  ///   - leapfrogs: steps that follow each.
  ///   - hidden: hidden units of each reverse model.
  public init(_ base: Base, moves: Int = 1, leapfrogs: Int, hidden: Int = 200, stream: RandomStream) {
    self.base = base
    self.moves = Stack(
      (0..<(leapfrogs > 0 ? moves : 0)).map {
        HamiltonianMove(latents: base.latentSize, leapfrogs: leapfrogs, hidden: hidden, stream: stream[$0])
      })
  }

  /// Numbers in one example.
  public var inputSize: Int { base.inputSize }
  /// Latent units.
  public var latentSize: Int { base.latentSize }
  /// One number per latent for z0, and one for each momentum.
  public var noiseSize: Int { latentSize * (1 + moves.layers.count) }

  /// q(z0|x), and x.
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> HamiltonianEncoding { HamiltonianEncoding(posterior: base.encode(x), x: x) }

  /// log p(x|z_T) [K, B], and by latent what z0 and the momenta cost, less log p(z_T), [K, B, L]. In the analytic form, that
  /// of z0 alone is an integral.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: HamiltonianEncoding, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    if isBase { return base.evidence(of: x, given: encoding.posterior, noise: noise, divergence: divergence) }
    refuse(divergence)
    let draw = encoding.posterior.draw(noise: withoutDerivative(at: noise.part(0, latentSize)), divergence: divergence)
    let start = began(x, draw.z, encoding.posterior)
    let end = moved(x, from: start, noise, isPathwise: divergence == .pathwise)
    // The draw's divergence is from the prior at z0; the prior that counts is at z_T.
    let shift = 0.5 * (square(end.z) - square(draw.z))
    return Evidence(logLikelihood: end.logLikelihood, divergence: end.cost + shift + draw.divergence)
  }

  private var isBase: Bool { moves.layers.isEmpty }

  private func refuse(_ divergence: DivergenceForm) {
    require(
      divergence != .doublyReparameterized,
      "HamiltonianAutoencoder: doubly reparameterised gradients are for latents that one Gaussian gives; use iwae, or stl"
    )
  }

  /// z0 [K, B, L] before any move.
  @differentiable(reverse,wrt: (self, z, posterior))
  func began(_ x: Tensor, _ z: Tensor, _ posterior: DiagonalGaussian) -> HamiltonianState {
    let none = withoutDerivative(at: Tensor(repeating: 0, shape: z.shape))
    let point = base.phasePoint(x, z, momentum: none)
    return HamiltonianState(
      z: z, logLikelihood: point.logLikelihood, slope: point.slope, cost: none, posterior: posterior)
  }

  /// All moves, with `noise` [K, B, noiseSize]. The derivative is written out, as ``Stack``'s are.
  @differentiable(reverse,wrt: (self, start))
  func moved(_ x: Tensor, from start: HamiltonianState, _ noise: Tensor, isPathwise: Bool) -> HamiltonianState {
    moves.layers.enumerated().reduce(start) { state, move in
      move.element(base, state, x, noise: noise.part(move.offset + 1, latentSize), isPathwise: isPathwise)
    }
  }

  @derivative(of: moved, wrt: (self, start))
  func vjpMoved(_ x: Tensor, from start: HamiltonianState, _ noise: Tensor, isPathwise: Bool) -> (
    value: HamiltonianState,
    pullback: (HamiltonianState.TangentVector) -> (TangentVector, HamiltonianState.TangentVector)
  ) {
    typealias Pullback = (HamiltonianState.TangentVector) -> (
      HamiltonianMove.TangentVector, Base.TangentVector, HamiltonianState.TangentVector
    )
    var state = start
    var pullbacks: [Pullback] = []
    for (index, move) in moves.layers.enumerated() {
      let part = noise.part(index + 1, latentSize)
      let (next, pullback) = valueWithPullback(at: move, base, state) {
        $0($1, $2, x, noise: part, isPathwise: isPathwise)
      }
      state = next
      pullbacks.append(pullback)
    }
    return (
      state,
      { gradient in
        var (dState, dBase) = (gradient, Base.TangentVector.zero)
        var tangents: [HamiltonianMove.TangentVector] = []
        for pullback in pullbacks.reversed() {
          let (dMove, dModel, before) = pullback(dState)
          tangents.append(dMove)
          dBase = dBase + dModel
          dState = before
        }
        var dSelf = TangentVector.zero
        dSelf.base = dBase
        dSelf.moves = Stack<HamiltonianMove>.TangentVector(layers: tangents.reversed())
        return (dSelf, dState)
      }
    )
  }
}

/// q(z0|x), and the x that moves go on to ask the decoder about.
public struct HamiltonianEncoding: Differentiable, Sendable {
  /// q(z0|x).
  public var posterior: DiagonalGaussian
  /// [B, D]
  @noDerivative public let x: Tensor

  /// Both parts.
  @differentiable(reverse,wrt: posterior)
  init(posterior: DiagonalGaussian, x: Tensor) { (self.posterior, self.x) = (posterior, x) }
}

extension Tensor {
  /// Part `index` of a row in parts of `size` numbers.
  fileprivate func part(_ index: Int, _ size: Int) -> Tensor { columns(index * size..<(index + 1) * size) }
}
