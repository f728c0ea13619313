import Autoencoders
import Datasets
import Tensors

/// Bright bars on 4 x 4 pixels: data small enough for whole runs in a blink.
public enum Bars {
  /// `count` pictures, the same for one seed.
  public static func examples(_ count: Int, seed: UInt64 = 0, binarization: Binarization = .dynamic) -> Examples {
    let stream = RandomStream(seed: seed)["bars"]
    let bars = stream.uniform([count, 4]).scalars
    let grey = stream["grey"].uniform([count, 16]).scalars
    let values = (0..<count * 16).map { index in
      let (example, row) = (index / 16, index % 16 / 4)
      return bars[example * 4 + row] > 0.5 ? 0.8 + 0.2 * grey[index] : 0.2 * grey[index]
    }
    return Examples(Dataset(name: "bars", exampleShape: [4, 4], values: .floats(values)), binarization: binarization)
  }

  /// A small model of them.
  public static func model(seed: UInt64, hidden: [Int] = [12], latent: Int = 3) -> MLPAutoencoder<BernoulliOutput> {
    MLPAutoencoder(
      inputSize: 16, hidden: hidden, latentSize: latent, activation: .tanh, stream: RandomStream(seed: seed)
    ) { BernoulliOutput(features: $0, size: 16, stream: $1) }
  }

  /// Settings of a short run, with some of them changed.
  public static func settings(epochs: Int = 3, _ change: (inout TrainingSettings) -> Void = { _ in })
    -> TrainingSettings
  {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batchSize = 20
    settings.seed = 5
    change(&settings)
    return settings
  }
}
