import Networks
import Tensors

/// Which model, in full: enough to build it again.
public struct ModelConfiguration: Codable, Sendable, Equatable {
  /// The architectures.
  public enum Family: String, Codable, Sendable, CaseIterable {
    /// Fully connected layers: ``MLPAutoencoder``.
    case mlp
    /// Convolutions, for pictures: ``ConvolutionalAutoencoder``.
    case conv
    /// The same on batches in which one known factor varies, a latent for each: ``InverseGraphicsAutoencoder``.
    case dcign
    /// Many groups of latents at several resolutions, for pictures: ``HierarchicalAutoencoder``.
    case hierarchical
    /// A canvas that is written on step by step, for pictures: ``DRAW``.
    case draw
    /// Fully connected layers with latents added at several: ``DeepLatentGaussianModel``.
    case dlgm
    /// Layers of latents, each depending on that above; q(z|x) from the top down: ``LadderAutoencoder``.
    case ladder
    /// The same with q(z|x) from the bottom up: ``BottomUpAutoencoder``.
    case bottomUp = "bottom-up"
    /// Examples of several classes, few of them known: ``SemiSupervisedAutoencoder``.
    case m2
    /// The same of what another model draws: ``StackedAutoencoder``.
    case m1m2

    /// Whether it is a model of pictures.
    public var isOfPictures: Bool { isConvolutional || self == .hierarchical || self == .draw }
    /// Whether its networks are those of ``ConvolutionalAutoencoder``.
    public var isConvolutional: Bool { self == .conv || self == .dcign }
    /// Whether it has latents in several layers of their own sizes.
    public var isDeep: Bool { self == .dlgm || self == .ladder || self == .bottomUp }
    /// Whether it is a model of examples and their classes.
    public var hasClasses: Bool { self == .m2 || self == .m1m2 }
  }

  /// The distributions q(z|x) of a deep latent Gaussian model.
  public enum PosteriorFamily: String, Codable, Sendable, CaseIterable {
    /// Independent Gaussians: ``DiagonalGaussian``.
    case diagonal
    /// A precision that is diagonal but for one direction, for each layer: ``RankOneGaussian``.
    case rankOne = "rank-one"
    /// Any covariance: ``FullGaussian``.
    case full
    /// A Gaussian that a flow bends: ``FlowPosterior``.
    case flow
  }

  /// The distributions p(z) of a model of fully connected layers.
  public enum PriorFamily: String, Codable, Sendable, CaseIterable {
    /// N(0, I).
    case standard
    /// Learned Gaussians: ``MixturePrior``.
    case mixture
    /// The posteriors of learned pseudo-inputs: ``VampPrior``.
    case vamp
  }

  /// The distributions p(x|z).
  public enum LikelihoodFamily: String, Codable, Sendable, CaseIterable {
    /// Independent 0/1 variables: ``Bernoulli``.
    case bernoulli
    /// Independent normal variables: ``Gaussian``.
    case gaussian
    /// Independent 8-bit numbers: ``DiscretizedLogistic``.
    case logistic
    /// 8-bit pixels, grey or colour: ``LogisticMixture``.
    case mixture
  }

  /// The architecture.
  public var family = Family.mlp
  /// Numbers in one example.
  public var inputSize: Int
  /// Shape of one example, [height, width] or [height, width, channels]; flat where there is none.
  public var exampleShape: [Int]?
  /// Widths of the encoder's hidden layers; the decoder mirrors them. Draw: units of each LSTM. Ladder and bottom-up: one for each layer of latents,
  /// which has two hidden layers of it.
  public var hidden = [400]
  /// Latent units; hierarchical: for each pixel of each block; draw: for each glimpse.
  public var latent = 20
  /// Deep models: latents of each layer, nearest to the data first.
  public var latents: [Int]?
  /// Deep latent Gaussian models: q(z|x); diagonal without.
  public var posterior: PosteriorFamily?
  /// Flow: how many steps; four without.
  public var flowSteps: Int?
  /// Mlp: p(z); N(0, I) without.
  public var prior: PriorFamily?
  /// Learned priors: how many Gaussians; 100 without.
  public var priorComponents: Int?
  /// Conv: channels after each halving.
  public var maps: [Int]?
  /// Conv: residual blocks at each resolution. Hierarchical: blocks at each, all pixels first.
  public var blocks: [Int]?
  /// Hierarchical: channels of features.
  public var width: Int?
  /// Draw: how it goes about it.
  public var drawing: DrawingSettings?
  /// The hidden layers' activation.
  public var activation = Activation.relu
  /// What is done to the encoder's input.
  public var inputScaling = InputScaling.none
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// The distribution p(x|z).
  public var likelihood = LikelihoodFamily.bernoulli
  /// Gaussian, logistic: what the variance depends on.
  public var variance = VarianceForm.learned
  /// Gaussian, logistic: the floor of the standard deviation, in the data's units.
  public var leastDeviation: Float = 0.02
  /// Gaussian: whether means pass through a sigmoid, for data in [0, 1].
  public var boundedMean = true
  /// Mixture: logistic variables for each pixel; ten where nothing is said.
  public var components: Int?
  /// Mlp, conv: leapfrog steps inside q(z|x), see ``HamiltonianAutoencoder``; none without.
  public var leapfrogs: Int?
  /// How often a momentum is drawn, to be followed by so many leapfrogs; once without.
  public var momenta: Int?
  /// Hidden units of the reverse models that leapfrogs need; 200 without.
  public var reverseHidden: Int?

  /// Numbers in the condition of a conditional model; nil for p(x) alone.
  public var conditionSize: Int?
  /// Of a condition that is a picture: rows, columns and perhaps channels.
  public var conditionShape: [Int]?
  /// The CVAE's part of what a conditional model is trained by, the rest being the GSNN's; nil is 1.
  public var cvaeShare: Float?
  /// M2, m1m2: classes, and how they are learned.
  public var semi: SemiSupervision?
  /// Dcign: which factors have latents, and how they are learned.
  public var graphics: InverseGraphics?

  /// A default model for examples of `inputSize` numbers.
  public init(inputSize: Int) { self.inputSize = inputSize }

  /// Numbers in one pixel: 3 where the shape's last is, else 1.
  public var channels: Int { exampleShape?.count == 3 ? exampleShape![2] : 1 }

  /// The likelihood as one of pixels, for a decoder whose last layer gives raw numbers for each.
  public var pixelDistribution: any PixelDistribution {
    switch likelihood {
    case .bernoulli: BernoulliPixels(channels: channels)
    case .gaussian: GaussianPixels(channels: channels, isBounded: boundedMean, leastDeviation: leastDeviation)
    case .logistic: LogisticPixels(channels: channels, leastDeviation: leastDeviation)
    case .mixture: mixturePixels
    }
  }

  var mixturePixels: MixturePixels { MixturePixels(channels: channels, components: components ?? 10) }
}
