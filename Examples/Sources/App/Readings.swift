import Autoencoders
import Datasets
import Experiments
import Foundation
import Tensors

/// Readings of a machine that an app holds in memory: twelve numbers each, a swing of any phase and some noise.
enum Readings {
  static let size = 12

  /// `count` rows, [count * 12]. One that is `broken` swings twice as fast.
  static func rows(_ count: Int, isBroken: Bool, seed: UInt64) -> [Float] {
    let stream = RandomStream(seed: seed)["readings"]
    let (phases, noise) = (stream["phase"].uniform([count]).scalars, stream["noise"].normal([count * size]).scalars)
    return (0..<count * size).map { index in
      let (row, time) = (index / size, Float(index % size) / Float(size))
      return Float(20) + 3 * Float(sin(2 * .pi * Double(time * (isBroken ? 2 : 1) + phases[row]))) + 0.2 * noise[index]
    }
  }

  /// As examples.
  static func examples(_ count: Int, isBroken: Bool, seed: UInt64) -> Dataset {
    Dataset(name: "readings", exampleShape: [size], values: .floats(rows(count, isBroken: isBroken, seed: seed)))
  }
}

/// What the app asks for; all else follows from the data.
struct ReadingsSettings: RunOverrides {
  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    guard var mlp = model as? MLPSpecification else { return }
    (mlp.hidden, mlp.latent) = ([32], 2)
    model = mlp
  }

  func apply(to training: inout TrainingSettings) throws {
    (training.epochs, training.batchSize, training.threads) = (40, 50, 2)
    training.optimizer.rate = 0.005
  }
}
