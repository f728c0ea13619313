import Networks
import Tensors
import _Differentiation

/// The generative semi-supervised model of Kingma, Mohamed, Rezende and Welling 2014, M2: p(y) p(z) p(x|y, z) with
/// q(y|x) q(z|x, y), p(y) uniform over C classes.
///
/// Batches are rows [x | y], [B, D + C], with a one-hot y or one that is all NaN where the class is unknown; rows [x] are
/// examples of unknown class. Classes are summed out exactly, in one product: of every layer that sees y, what doesn't
/// depend on it is computed once, and a row of weights for each class is added.
///
/// The evidence is that of log p(x, y) where y is known, else of log p(x):
///
/// - logLikelihood: sum_y w(y) log p(x|y, z_y), where w is the known class, else q(y|x)
/// - divergence: L groups, sum_y w(y) KL(q(z_i|x, y) || p(z_i)); and one of the class, -log p(y) or KL(q(y|x) || p(y)).
///
/// In a ``Networks/TrainingPass`` the gradient is also that of weight * log q(y|x) of known classes, which has no part in
/// the value.
///
/// With `.sampled` divergence evidence is an importance weight, for the estimate of log p(x) and for importance-weighted
/// bounds: its logLikelihood is log sum_y p(y) p(x|y, z_y) p(z_y) / q(z_y|x, y), over the known class alone where there is
/// one, and the divergence nothing. Its mean is p(x), or p(x, y).
public struct SemiSupervisedAutoencoder<Head: OutputLayer>: ClassConditioned, InputScaled {
  /// x to features of q(y|x).
  public var classifier: Stack<Dense>
  /// Features to logits of y.
  public var classLogits: Dense
  /// The encoder's first layer, of x.
  public var encoderInput: Dense
  /// Its weights of y, [C, H].
  public var encoderClasses: Tensor
  /// The encoder's further layers.
  public var encoder: Stack<Dense>
  /// Features to the means of q(z|x, y).
  public var posteriorMean: Dense
  /// Features to its log-variances.
  public var posteriorLogVariance: Dense
  /// The decoder's first layer, of z.
  public var decoderInput: Dense
  /// Its weights of y, [C, H].
  public var decoderClasses: Tensor
  /// The decoder's further layers.
  public var decoder: Stack<Dense>
  /// Features to p(x|y, z).
  public var output: Head
  /// Subtracted from input; nothing without.
  public var inputMean: StateTensor
  /// What input is divided by; nothing without.
  public var inputDeviation: StateTensor
  /// Numbers in one example, its class not among them.
  @noDerivative public let inputSize: Int
  /// Classes.
  @noDerivative public let classes: Int
  /// Latent units.
  @noDerivative public let latentSize: Int
  /// The weight of log q(y|x) of an example of known class, beside the bound.
  @noDerivative public let classifierWeight: Float
  /// Whether there is nothing but a classifier: the evidence is then log q(y|x) of the known class, and no bound.
  @noDerivative public let isSupervised: Bool
  @noDerivative let activation: Activation

  /// - Parameters:
  ///   - hidden: widths of the hidden layers of q(y|x) and q(z|x, y), one at least; the decoder mirrors them.
  ///   - classifierWeight: of log q(y|x); the paper's alpha / N over the part of examples that have a class.
  ///   - isSupervised: learn q(y|x) alone, from what is labelled.
  ///   - output: makes the last layer from the number of features it gets.
  public init(
    inputSize: Int, classes: Int, hidden: [Int], latentSize: Int, activation: Activation, classifierWeight: Float,
    isSupervised: Bool = false, initializer: Initializer = .uniformFanIn, inputScaling: InputScaling = .none,
    stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) {
    require(!hidden.isEmpty && classes > 1, "semi-supervised model: a hidden layer and two classes at least")
    func stack(_ widths: [Int], _ stream: RandomStream) -> Stack<Dense> {
      Stack(widths: widths, activation: activation, initializer: initializer, stream: stream)
    }
    func dense(_ inputs: Int, _ outputs: Int, _ stream: RandomStream) -> Dense {
      Dense(inputs, outputs, initializer: initializer, stream: stream)
    }
    // As a part of one layer that sees [x | y], or [z | y].
    func rows(_ inputs: Int, _ outputs: Int, _ stream: RandomStream) -> Tensor {
      dense(inputs + classes, outputs, stream).weight.rows(0..<classes)
    }
    let (first, last) = (hidden.first!, hidden.last!)
    classifier = stack([inputSize] + hidden, stream["classifier"])
    classLogits = dense(last, classes, stream["class logits"])
    encoderInput = dense(inputSize, first, stream["encoder input"])
    encoderClasses = rows(inputSize, first, stream["encoder classes"])
    encoder = stack(hidden, stream["encoder"])
    posteriorMean = dense(last, latentSize, stream["posterior mean"])
    posteriorLogVariance = dense(last, latentSize, stream["posterior log variance"])
    decoderInput = dense(latentSize, last, stream["decoder input"])
    decoderClasses = rows(latentSize, last, stream["decoder classes"])
    decoder = stack(hidden.reversed(), stream["decoder"])
    self.output = output(first, stream["output"])
    (inputMean, inputDeviation) = inputScaling.states(inputSize)
    self.inputSize = inputSize
    self.classes = classes
    self.latentSize = latentSize
    self.classifierWeight = classifierWeight
    self.isSupervised = isSupervised
    self.activation = activation
  }

  /// One number more than latents, which chooses the class.
  public var noiseSize: Int { latentSize + 1 }

  /// q(y|x), and q(z|x, y) of every class, of rows [x | y] or [x].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> ClassPosterior {
    let known = withoutDerivative(at: KnownClasses(x, size: inputSize, classes: classes))
    let input = withoutDerivative(at: scaled(x.examples(ofSize: inputSize)))
    let logClass = classLogits(classifier(input)).classLogProbabilities()  // [C, B]
    let sums = encoderInput(input).reshaped(to: withoutDerivative(at: encoderBlock(x)))
    let h = encoder(sums.withEachRow(of: encoderClasses, activation))  // [C, B, H]
    let rows = withoutDerivative(at: [classes * x.shape[0], latentSize] as Shape)
    let gaussians = DiagonalGaussian(
      mean: posteriorMean(h).reshaped(to: rows), logVariance: posteriorLogVariance(h).reshaped(to: rows))
    return ClassPosterior(logClass: logClass, gaussians: gaussians, known: known)
  }

  private func encoderBlock(_ x: Tensor) -> Shape { [1, x.shape[0], encoderClasses.shape[1]] }

  private func decoderBlocks(_ z: Tensor) -> Shape {
    [z.shape[0] * classes, z.shape[1] / classes, decoderClasses.shape[1]]
  }

  /// p(x|y, z) of latents for each class and draw, [K, C B, L]: [K C, B, D].
  @differentiable(reverse)
  func decode(byClass z: Tensor) -> Head.Output {
    let blocks = withoutDerivative(at: decoderBlocks(z))
    return output(decoder(decoderInput(z).reshaped(to: blocks).withOwnRow(of: decoderClasses, activation)))
  }

  /// p(x|y, z) of latents [K, B, L] for every class: [K C, B, D].
  @differentiable(reverse)
  func decode(forAll z: Tensor) -> Head.Output {
    output(decoder(decoderInput(z).withEachRow(of: decoderClasses, activation)))
  }

  /// Evidence of log p(x, y) where y is known, of log p(x) where it is not.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: ClassPosterior, noise: Tensor, divergence form: DivergenceForm
  ) -> Evidence {
    if isSupervised { return supervisedEvidence(encoding, draws: noise.shape[0]) }
    let form = withoutDerivative(at: form)
    let (draws, batch) = withoutDerivative(at: (noise.shape[0], x.shape[0]))
    let target = withoutDerivative(at: x.examples(ofSize: inputSize))
    let drawn = encoding.gaussians.draw(
      noise: withoutDerivative(at: noise.columns(0..<latentSize).repeated(forClasses: classes)), divergence: form)
    let likelihood = decode(byClass: drawn.z).logProbability(of: target)  // [K C, B]
    if form == .sampled { return importanceWeight(likelihood, drawn.divergence, encoding, batch: batch) }

    let weights = encoding.weights  // [C, B]
    let all = withoutDerivative(at: [draws, classes * batch] as Shape)
    let weighed = likelihood.reshaped(to: all) * weights.reshaped(to: withoutDerivative(at: [classes * batch]))
    let logLikelihood = weighed.reshaped(to: withoutDerivative(at: [draws * classes, batch]))
      .summed(overClasses: classes)
    let costs = withoutDerivative(at: drawn.divergence.shape[0])  // K, or 1 where it is analytic
    let groups = withoutDerivative(at: drawn.divergence.shape[2])
    let latents =
      (drawn.divergence * weights.reshaped(to: withoutDerivative(at: [classes * batch, 1])))
      .reshaped(to: withoutDerivative(at: [costs * classes, batch, groups])).summed(overClasses: classes)
    let ofClass = encoding.classDivergence.reshaped(to: withoutDerivative(at: [batch, 1]))
      .broadcast(to: withoutDerivative(at: [costs, batch, 1]))
    return Evidence(logLikelihood: taught(logLikelihood, encoding), divergence: latents.joined(with: ofClass))
  }

  /// In training, what raises the bound also raises log q(y|x) of known classes.
  @differentiable(reverse,wrt: (logLikelihood, encoding))
  private func taught(_ logLikelihood: Tensor, _ encoding: ClassPosterior) -> Tensor {
    let weight = withoutDerivative(at: TrainingPass.current == nil ? 0 : classifierWeight)
    if weight == 0 { return logLikelihood }
    return logLikelihood.alongside(weight * encoding.logOfKnown)
  }

  /// log sum_y p(y) p(x|y, z_y) p(z_y) / q(z_y|x, y), as evidence without divergence.
  @differentiable(reverse,wrt: (likelihood, divergence, encoding))
  private func importanceWeight(
    _ likelihood: Tensor, _ divergence: Tensor, _ encoding: ClassPosterior, batch: Int
  ) -> Evidence {
    let shape = withoutDerivative(at: likelihood.shape)
    let ratio = divergence.sumOverLast().reshaped(to: shape)
    let logWeight = joint(likelihood - ratio, withoutDerivative(at: encoding.known))
    return Evidence(
      logLikelihood: taught(logWeight, encoding),
      divergence: withoutDerivative(at: Tensor(repeating: 0, shape: [1, batch, 1])))
  }

  /// log of p(y) exp(terms) summed over classes that may be, [K C, B] to [K, B].
  @differentiable(reverse,wrt: terms)
  private func joint(_ terms: Tensor, _ known: KnownClasses) -> Tensor {
    let (blocks, batch) = withoutDerivative(at: (terms.shape[0], terms.shape[1]))
    let rows = withoutDerivative(at: [blocks / classes, classes * batch] as Shape)
    let allowed = terms.reshaped(to: rows) + withoutDerivative(at: known.mask.reshaped(to: [classes * batch]))
    return allowed.reshaped(to: withoutDerivative(at: [blocks, batch])).logMeanExp(overClasses: classes)
  }

  /// log q(y|x) of known classes, [K, B].
  @differentiable(reverse,wrt: encoding)
  private func supervisedEvidence(_ encoding: ClassPosterior, draws: Int) -> Evidence {
    let known = encoding.logOfKnown
    let batch = withoutDerivative(at: known.shape[1])
    return Evidence(
      logLikelihood: known.broadcast(to: withoutDerivative(at: [draws, batch])),
      divergence: withoutDerivative(at: Tensor(repeating: 0, shape: [1, batch, 1])))
  }

  /// log sum_y p(y) p(x|y, z) of given latents, over the known class alone where there is one.
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor {
    let known = withoutDerivative(at: KnownClasses(x, size: inputSize, classes: classes))
    let target = withoutDerivative(at: x.examples(ofSize: inputSize))
    return joint(decode(forAll: z).logProbability(of: target), known)
  }

  /// log sum_y q(y|x) q(z|x, y).
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: ClassPosterior) -> Tensor { encoding.logDensity(of: z) }
}
