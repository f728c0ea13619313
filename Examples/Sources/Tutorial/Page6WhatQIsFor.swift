import Autoencoders
import Foundation
import Tensors

/// Page 6: what Q is for. Draws from Q are not draws from P(z), so a mean over them is not P(X). The identity says what it
/// is instead:
///
///     log P(X) - D[Q || P(z|X)] = E_Q[log P(X|z)] - D[Q || P(z)]
func whatQIsFor(_ place: Workplace) throws {
  try exactly()
  try betweenBounds(place)
}

/// Every term of the identity where each has a formula, for four choices of Q.
private func exactly() throws {
  let model = LinearGaussian(
    weight: [[1.2, 0.3], [-0.5, 0.9], [0.8, -1.1], [0.2, 0.7]], bias: [0.5, -0.2, 0.1, 0.3], sigma: 0.3)
  let x = [1.9, 0.6, -0.4, 1.2]
  let logP = model.logProbability(of: x)
  let posterior = model.posterior(of: x)
  let precision = posterior.covariance.inverse
  let choices: [(String, LinearGaussian.Latents)] = [
    ("the prior", .prior),
    ("a guess", .init(mean: posterior.mean.map { $0 + 0.1 }, covariance: Matrix(0.09, 0, 0, 0.09))),
    ("best diagonal", .init(mean: posterior.mean, covariance: Matrix(1 / precision.a, 0, 0, 1 / precision.d))),
    ("the posterior", posterior),
  ]
  print("linear-Gaussian model, one x; nats. log P(X) = \(text(logP, 4))")
  print(
    "  Q                 D[Q||P(z|X)]   E log P(X|z)   D[Q||P(z)]   left side   right side   log of mean P(X|z)   weighted by P/Q"
  )
  for (name, q) in choices {
    let error = q.divergence(from: posterior)
    let likelihood = model.expectedLogLikelihood(of: x, under: q)
    let price = q.divergence(from: .prior)
    let (left, right) = (logP - error, likelihood - price)
    try check(abs(left - right) < 1e-9, "the identity for \(name): \(left) and \(right)")

    // What draws from Q say about P(X): as they are, and with each weighted by P(z) / Q(z).
    let noise = RandomStream(seed: 7).normal([100_000, 2]).scalars.map(Double.init)
    var (plain, weighted): ([Double], [Double]) = ([], [])
    for k in stride(from: 0, to: noise.count, by: 2) {
      let z = q.draw([noise[k], noise[k + 1]])
      let fit = model.logLikelihood(of: x, given: z)
      plain.append(fit)
      weighted.append(fit + LinearGaussian.Latents.prior.logDensity(z) - q.logDensity(z))
    }
    let n = log(Double(plain.count))
    try check(abs(plain.mean - likelihood) < 0.02 * abs(likelihood) + 0.02, "the formula for E log P(X|z) of \(name)")
    print(
      "  \(name.padding(toLength: 15, withPad: " ", startingAt: 0))\(text(error, 4, width: 15))\(text(likelihood, 4, width: 15))\(text(price, 4, width: 13))\(text(left, 4, width: 12))\(text(right, 4, width: 13))\(text(plain.logSumExp - n, 3, width: 21))\(text(weighted.logSumExp - n, 3, width: 18))"
    )
  }
}

/// A trained model: log P(X) is not known, but on pictures that the model itself has drawn it can be shut in from both
/// sides, because the z that made them is a draw from P(z|X).
private func betweenBounds(_ place: Workplace) throws {
  let model = try place.model("digits")
  let (_, test) = try place.digits()
  let count = 100
  let z = RandomStream(seed: 8)["z"].normal([count, model.latentSize])
  let drawn = model.sample(given: z, RandomStream(seed: 8)["x"]).asConstant
  let real = test.binarised().fixed(0..<count)

  print("the model with \(model.latentSize) latents, \(count) pictures; log P(X), nats per picture")
  print("  draws of Q   its own pictures: at least   at most     test pictures: at least")
  var gap = 0.0
  for n in [1, 10, 100, 1000] {
    let low = logMeanWeights(model, drawn, draws: n).mean
    let high = logMeanWeights(model, drawn, draws: n, from: z).mean
    print(
      "  \(String(format: "%10d", n))\(text(low, 2, width: 29))\(text(high, 2, width: 10))\(text(logMeanWeights(model, real, draws: n).mean, 2, width: 26))"
    )
    gap = high - low
    try check(gap > -0.5, "the upper side is above the lower")
  }
  print("  with 1,000 draws the two sides are \(text(gap)) nats apart")
}

/// log of the mean of P(X, z) / Q(z|X) over draws of Q, for each picture. In the mean it is at most log P(X). With one of
/// the draws replaced by `maker`, the z that has made the picture, it is at least log P(X).
private func logMeanWeights(
  _ model: MLPAutoencoder<BernoulliOutput>, _ x: Tensor, draws: Int, from maker: Tensor? = nil
) -> [Double] {
  let count = x.shape[0]
  let encoding = model.encode(x)
  let (mean, deviation) = model.posterior(encoding)
  var logSums = [Double](repeating: -.infinity, count: count)
  func add(_ noise: Tensor) {
    let weights = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled).logWeight.scalars
    for (place, weight) in weights.enumerated() {
      logSums[place % count] = [logSums[place % count], Double(weight)].logSumExp
    }
  }
  if let z = maker { add(((z - mean) / deviation).reshaped(to: [1, count, model.latentSize])) }
  for draw in (maker == nil ? 0 : 1)..<draws {
    add(RandomStream(seed: 9)[draw].normal([1, count, model.latentSize]))
  }
  return logSums.map { $0 - log(Double(draws)) }
}
