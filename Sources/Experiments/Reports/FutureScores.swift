import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Tensors

/// How well futures drawn from a model cover what happened, beside the regressor and beside no motion.
package struct FutureScores: Codable {
  /// One way to predict.
  struct Method: Codable {
    var name: String
    /// Futures of each frame.
    var samples: Int
    /// Mean over frames of the truth's log density under a kernel estimate, nats; its standard error.
    var logDensity: Double
    var standardError: Double
    /// The kernel's deviation in pixels, chosen on other frames than are judged.
    var bandwidth: Double
    /// Mean distance of the truth from the nearest future, root mean square over points and steps, in pixels.
    var leastDistance: Double
    /// The part of futures that go the truth's way: the cosine of both is above one half.
    var agreement: Double
  }

  var split: String
  var count: Int
  var methods: [Method]
  /// Mean least distance from the first n futures of the model, for n = 1, 2, 3 ..., in pixels.
  var distanceByDraws: [Double]

  package init(
    _ futures: Futures, _ examples: Examples, tuning: Examples, samples: Int, limit: Int, split: String,
    reporter: any Reporter
  ) {
    let (judged, other) = (Self.spread(examples, limit), Self.spread(tuning, limit))
    (self.split, count) = (split, judged.count)
    let form = futures.form
    let scale = Double(form.points * form.steps).squareRoot()
    let candidates = (0..<25).map { 0.05 * Foundation.pow(1.35, Double($0)) }
    let clock = ReportedTask(reporter, total: judged.count + other.count, unit: "frames")
    var done = 0
    func predicted(_ rows: [Tensor], _ stream: RandomStream) -> (truths: [[Float]], byMethod: [[[[Float]]]]) {
      var (truths, drawn, guessed): ([[Float]], [[[Float]]], [[[Float]]]) = ([], [], [])
      for (index, row) in rows.enumerated() {
        let c = futures.model.condition(of: row)
        truths.append(form.transform(of: futures.model.target(of: row).scalars))
        drawn.append(futures.draws(samples, given: c, stream[index]).map { form.transform(of: $0) })
        guessed.append([form.transform(of: futures.guess(given: c))])
        done += 1
        clock.show(done, prefix: "futures")
      }
      let still = [[[Float]]](
        repeating: [[Float](repeating: 0, count: form.points * 2 * form.coefficients)], count: rows.count)
      return (truths, [drawn, guessed, still])
    }
    let stream = RandomStream(seed: futures.seed)["scores"]
    let (tuned, found) = (predicted(other, stream["tuning"]), predicted(judged, stream["judged"]))
    reporter.endProgress()
    methods = zip(["model", "regressor", "no motion"], found.byMethod.indices).map { name, index in
      let bandwidth = SampleScores.bestBandwidth(
        tuned.truths, samples: tuned.byMethod[index], from: candidates
      ).bandwidth
      let all = found.byMethod[index]
      let densities = found.truths.indices.map {
        SampleScores.kernelLogDensity(of: found.truths[$0], samples: all[$0], bandwidth: bandwidth)
      }
      let mean = densities.reduce(0, +) / Double(max(1, densities.count))
      let variance = densities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, densities.count - 1))
      let distances = found.truths.indices.map {
        SampleScores.leastDistances(of: found.truths[$0], samples: all[$0]).last!
      }
      let agreeing = found.truths.indices.map { index in
        Double(all[index].count { Self.cosine($0, found.truths[index]) > 0.5 }) / Double(all[index].count)
      }
      let n = Double(max(1, densities.count))
      return Method(
        name: name, samples: all.first?.count ?? 0, logDensity: mean, standardError: (variance / n).squareRoot(),
        bandwidth: bandwidth, leastDistance: distances.reduce(0, +) / n / scale,
        agreement: agreeing.reduce(0, +) / n)
    }
    let byDraws = found.truths.indices.map {
      SampleScores.leastDistances(of: found.truths[$0], samples: found.byMethod[0][$0])
    }
    distanceByDraws = (0..<samples).map { n in
      byDraws.reduce(0) { $0 + $1[n] } / Double(max(1, byDraws.count)) / scale
    }
  }

  private static func spread(_ examples: Examples, _ limit: Int) -> [Tensor] {
    let count = min(limit, examples.count)
    return (0..<count).map {
      let position = $0 * examples.count / count
      return examples.batch([position], stream: RandomStream(seed: 0))
    }
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
    let zero = [Float](repeating: 0, count: a.count)
    let (x, y) = (SampleScores.squaredDistance(a, zero), SampleScores.squaredDistance(b, zero))
    let product = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    return x > 0 && y > 0 ? product / (x * y).squareRoot() : 0
  }

  /// For people.
  package var text: String {
    var lines = [
      "\(Format.count(count)) \(split) frames; trajectories by their cosine coefficients, in pixels", "",
      "             log density (kernel)   kernel   nearest   the truth's way",
    ]
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    for method in methods {
      lines.append(
        method.name + String(repeating: " ", count: max(0, 11 - method.name.count))
          + pad("\(Format.fixed(method.logDensity, 1)) ± \(Format.fixed(method.standardError, 1))", 22)
          + pad(Format.fixed(method.bandwidth), 9) + pad(Format.fixed(method.leastDistance, 3), 10)
          + pad("\(Format.fixed(100 * method.agreement, 1))%", 18))
    }
    let marks = [1, 2, 5, 10, 20, 50, 100].filter { $0 <= distanceByDraws.count }
    lines += [
      "",
      "nearest of n futures  "
        + marks.map { "\($0): \(Format.fixed(distanceByDraws[$0 - 1], 3))" }.joined(separator: "  "),
    ]
    return lines.joined(separator: "\n")
  }
}
