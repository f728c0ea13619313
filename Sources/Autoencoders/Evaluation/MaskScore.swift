import Foundation

/// Measures of masks, whose pixels are in where they are above one half. Pixels whose truth is missing, NaN, don't count.
public enum MaskMeasure {
  /// Intersection over union of two masks; 1 where both are empty.
  public static func overlap(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
    var (both, either) = (0, 0)
    for (p, q) in zip(a, b) where !p.isNaN && !q.isNaN {
      if p > 0.5 && q > 0.5 { both += 1 }
      if p > 0.5 || q > 0.5 { either += 1 }
    }
    return either == 0 ? 1 : Double(both) / Double(either)
  }

  /// The part of pixels on which two masks agree; 1 where there is no pixel.
  public static func accuracy(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
    var (right, all) = (0, 0)
    for (p, q) in zip(a, b) where !p.isNaN && !q.isNaN {
      all += 1
      if (p > 0.5) == (q > 0.5) { right += 1 }
    }
    return all == 0 ? 1 : Double(right) / Double(all)
  }

  /// The mean of 1 - overlap over all pairs of masks: 0 where all are one, as a single one is.
  public static func diversity(_ masks: [[Float]]) -> Double {
    var (sum, pairs) = (0.0, 0)
    for i in masks.indices {
      for j in masks.indices where j > i {
        sum += 1 - overlap(masks[i], masks[j])
        pairs += 1
      }
    }
    return pairs == 0 ? 0 : sum / Double(pairs)
  }
}

/// What came of pixels by the probability that was said of them: whether of those with 0.7 seven in ten are in.
public struct Calibration: Sendable, Codable, Equatable {
  /// Pixels whose probability lies in one of equal intervals.
  public struct Bin: Sendable, Codable, Equatable {
    /// How many.
    public var count = 0
    /// The sum of their probabilities.
    public var probability = 0.0
    /// How many are in.
    public var hits = 0
  }

  /// From probability 0 to 1.
  public var bins: [Bin]

  /// So many intervals.
  public init(bins: Int = 10) {
    self.bins = [Bin](repeating: Bin(), count: bins)
  }

  /// Counts pixels in. Those whose truth is NaN are left out.
  public mutating func add(_ probabilities: some Collection<Float>, truth: some Collection<Float>) {
    for (p, t) in zip(probabilities, truth) where !t.isNaN {
      let index = min(bins.count - 1, max(0, Int(p * Float(bins.count))))
      bins[index].count += 1
      bins[index].probability += Double(p)
      bins[index].hits += t > 0.5 ? 1 : 0
    }
  }

  /// Adds what another has counted.
  public mutating func add(_ other: Calibration) {
    for i in bins.indices {
      bins[i].count += other.bins[i].count
      bins[i].probability += other.bins[i].probability
      bins[i].hits += other.bins[i].hits
    }
  }

  /// The expected calibration error: how far what was said is from what came, |mean probability - part that is in|, mean
  /// over intervals by their pixels (Naeini et al. 2015). 0 is best.
  public var expectedError: Double {
    let all = bins.reduce(0) { $0 + $1.count }
    return all == 0 ? 0 : bins.reduce(0.0) { $0 + abs($1.probability - Double($1.hits)) } / Double(all)
  }
}

/// How well a conditional model of masks does beside its deterministic network.
public struct SegmentationReport: Sendable, Codable {
  /// Of one prediction of each picture. Errors are standard errors over pictures.
  public struct Score: Sendable, Codable {
    /// The part of pixels on the right side of one half.
    public var pixelAccuracy: Double
    /// Its standard error.
    public var pixelAccuracyError: Double
    /// Intersection over union, mean over pictures.
    public var overlap: Double
    /// Its standard error.
    public var overlapError: Double
    /// What its probabilities are worth.
    public var calibration: Calibration
    /// ``Calibration/expectedError``.
    public var calibrationError: Double
  }

  /// Of the mean over draws.
  public var mean: Score
  /// Of one look, at the mean of p(z|c): the paper's deterministic inference, by the networks that draws go through.
  public var typical: Score
  /// Of the deterministic network.
  public var baseline: Score
  /// The overlap of `mean` less that of `baseline`, and the standard error of the difference, picture by picture.
  public var gain: Double
  /// Its standard error.
  public var gainError: Double
  /// The overlap of a single draw, on average.
  public var drawOverlap: Double
  /// The overlap of that draw which is best for its picture: what one could have who knew the truth.
  public var bestOverlap: Double
  /// ``MaskMeasure/diversity(_:)`` of a picture's draws, on average.
  public var diversity: Double
  /// Draws for each picture.
  public var draws: Int
  /// Pictures.
  public var count: Int

  init(_ parts: [Part], draws: Int) {
    func score(_ of: (Part) -> Part.Prediction) -> Score {
      let (accuracy, overlap) = (
        meanAndError(parts.map { of($0).accuracy }), meanAndError(parts.map { of($0).overlap })
      )
      var calibration = Calibration()
      for part in parts { calibration.add(of(part).calibration) }
      return Score(
        pixelAccuracy: accuracy.0, pixelAccuracyError: accuracy.1, overlap: overlap.0, overlapError: overlap.1,
        calibration: calibration, calibrationError: calibration.expectedError)
    }
    (mean, typical, baseline) = (score { $0.mean }, score { $0.typical }, score { $0.baseline })
    (gain, gainError) = meanAndError(parts.map { $0.mean.overlap - $0.baseline.overlap })
    let overlaps = parts.map { $0.draws.reduce(0, +) / Double(max(1, $0.draws.count)) }
    drawOverlap = meanAndError(overlaps).0
    bestOverlap = meanAndError(parts.map { $0.draws.max() ?? 0 }).0
    diversity = meanAndError(parts.map(\.diversity)).0
    (self.draws, count) = (draws, parts.count)
  }

  /// Of one picture.
  struct Part: Sendable {
    struct Prediction: Sendable {
      var accuracy: Double
      var overlap: Double
      var calibration = Calibration()

      init(_ probabilities: [Float], _ truth: [Float]) {
        accuracy = MaskMeasure.accuracy(probabilities, truth)
        overlap = MaskMeasure.overlap(probabilities, truth)
        calibration.add(probabilities, truth: truth)
      }
    }

    var mean: Prediction
    var typical: Prediction
    var baseline: Prediction
    var draws: [Double]
    var diversity: Double
  }
}
