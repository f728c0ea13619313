import Autoencoders
import Datasets
import Foundation
import Networks
import Pictures
import Tensors

/// Page 3: why P(X|z) is a Gaussian and not a Dirac at f(z). What a shrinking sigma does to the slope that learning
/// follows, and to the probability of pictures that were not seen.
func dirac(_ place: Workplace) throws {
  try slopes(place)
  try shrinkingDeviation(place)
}

/// The smallest model there is: z is an angle, f puts it on a circle of radius theta, the data lie on the circle of radius
/// one. P(X) as a function of theta should have a slope towards one.
private func slopes(_ place: Workplace) throws {
  let radii = (0...400).map { Double($0) / 200 }  // theta
  var curves: [LineChart.Series] = []
  print("P(X) on a circle of radius theta, data at radius 1; theta from 0 to 2")
  for sigma in [0.5, 0.2, 0.1, 0.03, 0.01] {
    let logP = radii.map { logProbabilityOnCircle(theta: $0, sigma: sigma) }
    let top = logP.max() ?? 0
    curves.append(.init(name: "sigma \(sigma)", x: radii, y: logP.map { exp($0 - top) }))
    let gone = logP.filter { Float(exp($0)) == 0 }.count
    print(
      "  sigma \(sigma): exactly zero as a 32-bit number for \(text(100 * Double(gone) / Double(radii.count), 0))% of the thetas"
    )
  }
  // A check on the integral: far off the centre, a circle is nearly a line, and the answer is known.
  let known = Normal.logDensity(0, deviation: 0.01) - log(2 * .pi)
  try check(abs(logProbabilityOnCircle(theta: 1, sigma: 0.01) - known) < 1e-3, "the integral over the angle")
  try LineChart(
    title: "P(X) against the one parameter of f", xLabel: "theta (the data are at 1)", yLabel: "P(X), highest point 1",
    series: curves
  ).writeSVG(to: place.path("3-slopes.svg"))
}

/// log of the mean over angles of N(X; theta (cos a, sin a), sigma^2 I) for X = (1, 0).
private func logProbabilityOnCircle(theta: Double, sigma: Double) -> Double {
  let n = 4000
  let terms = (0..<n).map { i in
    let angle = 2 * .pi * Double(i) / Double(n)
    return Normal.logDensity(theta * cos(angle), mean: 1, deviation: sigma)
      + Normal.logDensity(theta * sin(angle), deviation: sigma)
  }
  return terms.logSumExp - log(Double(n))
}

/// The same model of digits trained with one sigma after the other.
private func shrinkingDeviation(_ place: Workplace) throws {
  let (train, test) = try place.digits()
  let learn = Examples(train, indices: Array(0..<12_000))
  let heldOut = Examples(test, indices: Array(0..<2_000))
  let x = heldOut.fixed(0..<10)
  var settings = TrainingSettings()
  settings.epochs = 6
  settings.optimizer.rate = 0.002
  settings.schedule = Schedule(.cosine(floor: 0))

  let sigmas = [1, 0.5, 0.3, 0.2, 0.15, 0.1, 0.05, 0.02, 0.01]
  var bounds: [Double] = []
  var sheet = pictures(x, shape: test.exampleShape)
  print("digits, \(learn.count) to learn from, \(heldOut.count) held out, 10 latents; nats per digit")
  print("  sigma   held-out bound   log P(X|z)   divergence   latents used   rms error of a pixel")
  for sigma in sigmas {
    let model = FixedDeviationVAE(
      inputSize: train.exampleSize, hidden: 200, latentSize: 10, deviation: sigma, stream: RandomStream(seed: 3))
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(learn)
    let report = Evaluator().bound(trainer.model, on: heldOut)
    bounds.append(report.bound)
    // log P(X|z) is a constant less the squared error over 2 sigma^2.
    let size = Double(train.exampleSize)
    let constant = size * Normal.logDensity(0, deviation: sigma)
    let error = (2 * sigma * sigma * (constant - report.logLikelihood) / size).squareRoot()
    print(
      "  \(text(sigma, 2, width: 5))\(text(report.bound, 1, width: 17))\(text(report.logLikelihood, 1, width: 13))\(text(report.divergence, 1, width: 13))\(String(format: "%15d", report.activeUnits))\(text(error, 3, width: 23))"
    )
    if [1, 0.5, 0.15, 0.01].contains(sigma) {
      let z = RandomStream(seed: 4).normal([10, model.latentSize])
      sheet += pictures(trainer.model.expectation(given: z), shape: test.exampleShape)
    }
  }
  let best = bounds.indices.max { bounds[$0] < bounds[$1] } ?? 0
  print("  best: sigma \(sigmas[best])")
  try check(best != 0 && best != sigmas.count - 1, "neither the widest nor the narrowest is best")
  try PictureGrid(columns: 10, zoom: 2).picture(of: sheet).writePNG(to: place.path("3-digits.png"))
  try LineChart(
    title: "Held-out bound against sigma", xLabel: "sigma", yLabel: "nats per digit", xScale: .logarithmic,
    yRange: -4000...1000, series: [.init(name: "bound", x: sigmas, y: bounds)]
  ).writeSVG(to: place.path("3-bound.svg"))
}
