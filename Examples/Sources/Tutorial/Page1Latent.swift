import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// Page 1: what is latent. Three models of the same digits that decide nothing, the class, or twenty things before they
/// draw a pixel.
func latent(_ place: Workplace) throws {
  let (train, test) = try place.digits()
  let (trainLabels, labels) = (train.labels ?? [], test.labels ?? [])
  let data = test.binarised()
  let shape = test.exampleShape

  // No decision: every pixel is drawn by itself. One decision: the class, then every pixel by itself.
  let pixels = ClassThenPixels(train.binarised(), labels: trainLabels.map { _ in 0 })
  let classThenPixels = ClassThenPixels(train.binarised(), labels: trainLabels)
  let (alone, _) = pixels.judged(on: data)
  let (byClass, guesses) = classThenPixels.judged(on: data)

  // Twenty decisions: z ~ N(0, I), then every pixel by itself, given z.
  let model = try place.model("digits")
  let report = Evaluator(threads: 2).bound(model, on: data)

  print("log p(x) of \(data.count) test pictures, nats per picture")
  print("  pixels without a decision   \(text(alone.mean, 1, width: 7))  exact")
  print("  class first, then pixels    \(text(byClass.mean, 1, width: 7))  exact")
  print("  \(model.latentSize) latents, then pixels     \(text(report.bound, 1, width: 7))  lower bound")
  try check(alone.mean < byClass.mean && byClass.mean < report.bound, "each decision helps")

  let right = zip(guesses, labels).filter { $0 == $1 }.count
  print(
    "class read back from the pixels by Bayes' rule: right for \(text(100 * Double(right) / Double(labels.count), 1))%")

  let stream = RandomStream(seed: 1)
  let z = stream["z"].normal([10, model.latentSize])
  let made = model.expectation(given: z)
  let rows = [
    pixels.sample(classes: Array(repeating: 0, count: 10), stream["pixels"]),
    classThenPixels.sample(classes: Array(0..<10), stream["class"]), stream["draw"].bernoulli(made), made,
  ]
  try PictureGrid(columns: 10, zoom: 2).picture(of: rows.flatMap { pictures($0, shape: shape) })
    .writePNG(to: place.path("1-decisions.png"))

  try turnLatents(of: model, report, test, to: place.path("1-turned.png"))
}

/// One digit, encoded; then the four latents that are used most, each turned from -3 to 3 while the others rest.
private func turnLatents(
  of model: MLPAutoencoder<BernoulliOutput>, _ report: BoundReport, _ test: Dataset, to path: String
) throws {
  let used = report.divergenceByGroup.indices.sorted { report.divergenceByGroup[$0] > report.divergenceByGroup[$1] }
  let x = test.binarised(test.firstOf(classes: [3])).fixed(0..<1)
  let mean = model.posterior(model.encode(x)).mean.scalars
  var points: [Float] = []
  for unit in used.prefix(4) {
    for step in -6...6 {
      var z = mean
      z[unit] = Float(step) / 2
      points += z
    }
  }
  let decoded = model.expectation(given: Tensor(points, shape: [4 * 13, mean.count]))
  try PictureGrid(columns: 13, zoom: 2).picture(of: pictures(decoded, shape: test.exampleShape)).writePNG(to: path)
  print(
    "latents turned, with their divergence in nats: "
      + used.prefix(4).map { "\($0) (\(text(report.divergenceByGroup[$0])))" }.joined(separator: ", "))
}

/// p(x) = sum over classes c of p(c) times the product over pixels of Bernoulli(x_i; p_ci): a model whose one latent
/// variable is the class. Learned by counting.
private struct ClassThenPixels {
  let logPrior: [Double]
  /// [C][D]
  let probabilities: [[Double]]

  init(_ data: Examples, labels: [Int]) {
    let classes = (labels.max() ?? 0) + 1
    var count = [Double](repeating: 0, count: classes)
    var ink = [[Double]](repeating: [Double](repeating: 0, count: data.exampleSize), count: classes)
    for first in stride(from: 0, to: data.count, by: 500) {
      let range = first..<min(first + 500, data.count)
      let rows = data.fixed(range).scalars
      for (row, label) in labels[range].enumerated() {
        count[label] += 1
        for i in 0..<data.exampleSize { ink[label][i] += Double(rows[row * data.exampleSize + i]) }
      }
    }
    logPrior = count.map { log($0 / Double(data.count)) }
    // One more of either kind than was seen (Laplace), so that nothing is impossible.
    probabilities = zip(ink, count).map { ink, count in ink.map { ($0 + 1) / (count + 2) } }
  }

  /// log p(x) of each example, and the class with the greatest p(c|x) = p(c) p(x|c) / p(x).
  func judged(on data: Examples) -> (logProbabilities: [Double], classes: [Int]) {
    let blank = probabilities.map { $0.reduce(0) { $0 + log(1 - $1) } }
    let logOdds = probabilities.map { $0.map { log($0 / (1 - $0)) } }
    var result: ([Double], [Int]) = ([], [])
    for first in stride(from: 0, to: data.count, by: 500) {
      let count = min(500, data.count - first)
      let rows = data.fixed(first..<first + count).scalars
      for row in 0..<count {
        let joint = logPrior.indices.map { c in
          logOdds[c].indices.reduce(logPrior[c] + blank[c]) {
            $0 + Double(rows[row * data.exampleSize + $1]) * logOdds[c][$1]
          }
        }
        result.0.append(joint.logSumExp)
        result.1.append(joint.indices.max { joint[$0] < joint[$1] } ?? 0)
      }
    }
    return result
  }

  /// A picture of each class: [classes.count, D].
  func sample(classes: [Int], _ stream: RandomStream) -> Tensor {
    let p = classes.flatMap { probabilities[$0].map(Float.init) }
    return stream.bernoulli(Tensor(p, shape: [classes.count, p.count / classes.count]))
  }
}
