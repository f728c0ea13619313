import Foundation
import Tensors

/// How well samples cover the truth where a density is not to be had, or not comparable: as Walker et al. 2016 judge
/// predictions.
public enum SampleScores {
  /// log of the mean over samples of N(truth; sample, bandwidth^2 I), in nats: the truth [D] under a kernel density estimate
  /// of samples [N, D].
  public static func kernelLogDensity(of truth: [Float], samples: [[Float]], bandwidth: Double) -> Double {
    var sum = StreamingLogMeanExp()
    let constant = Double(truth.count) * (0.5 * Foundation.log(2 * Double.pi) + Foundation.log(bandwidth))
    for sample in samples {
      sum.add(-0.5 * squaredDistance(truth, sample) / (bandwidth * bandwidth) - constant)
    }
    return sum.value
  }

  /// Of all bandwidths tried, the one under which the mean log density of the truths is greatest.
  public static func bestBandwidth(
    _ truths: [[Float]], samples: [[[Float]]], from candidates: [Double]
  ) -> (bandwidth: Double, logDensity: Double) {
    let scored = candidates.map { h -> (bandwidth: Double, logDensity: Double) in
      let total = zip(truths, samples).reduce(0.0) {
        $0 + kernelLogDensity(of: $1.0, samples: $1.1, bandwidth: h)
      }
      return (h, total / Double(max(truths.count, 1)))
    }
    return scored.max { $0.logDensity < $1.logDensity } ?? (1, -.infinity)
  }

  /// The sum of squared differences.
  public static func squaredDistance(_ a: [Float], _ b: [Float]) -> Double {
    require(a.count == b.count, "SampleScores: \(a.count) numbers beside \(b.count)")
    return zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
  }

  /// For each n up to the number of samples, the least distance of the truth from the first n of them.
  public static func leastDistances(of truth: [Float], samples: [[Float]]) -> [Double] {
    var least = Double.infinity
    return samples.map {
      least = min(least, squaredDistance(truth, $0).squareRoot())
      return least
    }
  }
}
