import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// Page 5: why plain sampling fails. The log of the mean of P(X|z) over n draws of z ~ N(0, I), for n up to a million,
/// beside a hundred draws from Q(z|X).
func naiveSampling(_ place: Workplace) throws {
  let (_, test) = try place.digits()
  let chosen = test.firstOf(classes: [1, 0, 4, 3, 8])
  let classes = chosen.map { test.labels?[$0] ?? 0 }
  let data = test.binarised(chosen)
  let x = data.fixed(0..<chosen.count)

  for run in ["digits-2d", "digits"] {
    let model = try place.model(run)
    let draws = run == "digits" ? 1_000_000 : 100_000
    let naive = PriorEstimate(
      model, of: x, greys: Examples(test, indices: chosen).fixed(0..<chosen.count), draws: draws)
    let fromQ = posteriorEstimates(model, x, draws: [1, 10, 100, 10_000])
    let price = model.posterior(model.encode(x))
    print("\(model.latentSize) latents; log p(x) of five test digits, nats")
    print("  digit   from P: 100      10,000   \(draws)   from Q: 100     10,000   D[Q||P(z)]   draws it asks for")
    for (i, label) in classes.enumerated() {
      let nats = divergence(mean: price.mean.rows(i..<i + 1), deviation: price.deviation.rows(i..<i + 1))
      func at(_ n: Int) -> Double { naive.estimates[i][naive.marks.firstIndex(of: n) ?? 0] }
      print(
        "  \(label)    \(text(at(100), 1, width: 14))\(text(at(10_000), 1, width: 12))\(text(at(draws), 1, width: 10))\(text(fromQ[2][i], 1, width: 14))\(text(fromQ[3][i], 1, width: 11))\(text(nats, 1, width: 13))\(String(format: "%20.0e", exp(nats)))"
      )
    }
    let n = naive.marks.filter { $0 <= draws }.map(Double.init)
    let shown = [0, 3, 4].filter(classes.indices.contains)  // enough to look at
    let plain = shown.map {
      LineChart.Series(name: "a \(classes[$0]), z from P(z)", x: n, y: naive.estimates[$0])
    }
    let level = shown.map {
      LineChart.Series(
        name: "a \(classes[$0]), 100 z from Q", x: [1, Double(draws)], y: [fromQ[2][$0], fromQ[2][$0]], isDashed: true)
    }
    try LineChart(
      title: "Estimates of log p(x), \(model.latentSize) latents", xLabel: "draws of z from N(0, I)", yLabel: "nats",
      xScale: .logarithmic, yRange: -500 ... -30, series: plain + level
    ).writeSVG(to: place.path("5-\(run).svg"))

    if run == "digits" {
      try check(
        naive.estimates.map { $0.last ?? 0 }.mean < fromQ[2].mean, "a million plain draws find less than a hundred of Q"
      )
      print("nearest of \(draws) pictures f(z), z from the prior; squared pixel distance")
      for (i, label) in classes.enumerated() {
        let grey = Grey(
          height: test.exampleShape[0], width: test.exampleShape[1],
          ink: Examples(test).fixed(chosen[i]..<chosen[i] + 1).scalars.map(Double.init))
        print(
          "  a \(label): \(text(naive.nearest[i], 1)); itself moved by half a pixel right and down: \(text(grey.moved(right: 0.5, down: 0.5).distance(to: grey), 1)); decoded from Q's mean: \(text(reconstructionDistance(model, x, grey, i), 1))"
        )
      }
    }
  }
}

/// Plain sampling, a thousand draws at a time: however many there are, no more are in memory.
private struct PriorEstimate {
  let marks = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
  /// log of the mean of p(x|z) over the first n draws: [picture][mark].
  var estimates: [[Double]]
  /// The least squared distance of any f(z) to the grey picture.
  var nearest: [Double]

  init(_ model: MLPAutoencoder<BernoulliOutput>, of x: Tensor, greys: Tensor, draws: Int) {
    let (count, size, block) = (x.shape[0], x.shape[1], min(1000, draws))
    // log p(x|z) = x . logits + log p(0|z), so one matrix product serves all pictures.
    let (bits, pixels) = (x.transposed, greys.transposed)  // [D, B]
    let nothing = Tensor(repeating: 0, shape: [1, size])
    let noBias = Tensor(repeating: 0, shape: [count])
    let length = greys.squaredRowLengths
    var logSums = [Double](repeating: -.infinity, count: count)
    estimates = Array(repeating: [], count: count)
    nearest = Array(repeating: .infinity, count: count)
    for first in stride(from: 0, to: draws, by: block) {
      let z = RandomStream(seed: 5).normal([block, 1, model.latentSize], first: first * model.latentSize)
      let output = model.decode(z)
      let blank = output.logProbability(of: nothing).scalars  // [block]
      let logits = output.logits.reshaped(to: [block, size])
      let products = dense(logits, bits, noBias, .identity).scalars  // [block, B]
      let made = sigmoid(logits)
      let overlap = dense(made, pixels, noBias, .identity).scalars
      let madeLength = made.squaredRowLengths
      for row in 0..<block {
        for i in 0..<count {
          logSums[i] = [logSums[i], Double(products[row * count + i]) + Double(blank[row])].logSumExp
          nearest[i] = min(nearest[i], madeLength[row] - 2 * Double(overlap[row * count + i]) + length[i])
        }
        let n = first + row + 1
        if marks.contains(n) { for i in 0..<count { estimates[i].append(logSums[i] - log(Double(n))) } }
      }
    }
  }
}

/// log of the mean of p(x, z) / q(z|x) over draws from q, for growing numbers of draws: [number][picture].
private func posteriorEstimates(_ model: MLPAutoencoder<BernoulliOutput>, _ x: Tensor, draws: [Int]) -> [[Double]] {
  let encoding = model.encode(x)
  return draws.map { n in
    var logSums = [Double](repeating: -.infinity, count: x.shape[0])
    let block = min(n, 100)
    for first in stride(from: 0, to: n, by: block) {
      let noise = RandomStream(seed: 6)[first].normal([block, x.shape[0], model.noiseSize])
      let weights = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled).logWeight.scalars
      for (place, weight) in weights.enumerated() {
        let i = place % x.shape[0]
        logSums[i] = [logSums[i], Double(weight)].logSumExp
      }
    }
    return logSums.map { $0 - log(Double(n)) }
  }
}

/// D[N(mean, deviation^2) || N(0, I)] in nats.
private func divergence(mean: Tensor, deviation: Tensor) -> Double {
  zip(mean.scalars, deviation.scalars).reduce(0) {
    let (m, s) = (Double($1.0), Double($1.1))
    return $0 + 0.5 * (m * m + s * s - 1) - log(s)
  }
}

private func reconstructionDistance(
  _ model: MLPAutoencoder<BernoulliOutput>, _ x: Tensor, _ grey: Grey, _ index: Int
) -> Double {
  let mean = model.posterior(model.encode(x)).mean.rows(index..<index + 1)
  let made = model.expectation(given: mean).scalars.map(Double.init)
  return Grey(height: grey.height, width: grey.width, ink: made).distance(to: grey)
}

extension Tensor {
  /// Rows and columns of a matrix exchanged.
  var transposed: Tensor {
    let (rows, columns, from) = (shape[0], shape[1], scalars)
    return Tensor((0..<rows * columns).map { from[$0 % rows * columns + $0 / rows] }, shape: [columns, rows])
  }

  /// The sum of squares of each row of a matrix.
  var squaredRowLengths: [Double] {
    let (columns, from) = (shape[1], scalars)
    return (0..<shape[0]).map { row in
      (row * columns..<(row + 1) * columns).reduce(0) { $0 + Double(from[$1]) * Double(from[$1]) }
    }
  }
}
