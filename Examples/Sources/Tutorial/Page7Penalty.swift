import Autoencoders
import Foundation
import Pictures
import Tensors

/// Page 7: what the divergence is a penalty for. The latents of test digits are sent twice by a real entropy coder: with
/// the code that is right for them, made for Q(z|X), and with the one that a receiver who knows no X must use, made for
/// P(z) = N(0, I). The second takes longer, by D[Q || P].
func penalty(_ place: Workplace) throws {
  let model = try place.model("digits")
  let (_, test) = try place.digits()
  let count = 1000
  let data = test.binarised(Array(0..<count))
  let x = data.fixed(0..<count)
  let encoding = model.encode(x)
  let (mean, deviation) = model.posterior(encoding)
  let noise = RandomStream(seed: 10).normal([1, count, model.latentSize])
  let (m, s) = (mean.scalars.map(Double.init), deviation.scalars.map(Double.init))
  let z = zip(zip(m, s), noise.scalars).map { q, e in q.0 + q.1 * Double(e) }

  // The divergence by its formula, in bits.
  let units = model.latentSize
  var bits = [Double](repeating: 0, count: units)
  for i in z.indices {
    let nats = 0.5 * (m[i] * m[i] + s[i] * s[i] - 1) - log(s[i])
    bits[i % units] += nats / log(2) / Double(count)
  }
  let divergence = bits.reduce(0, +)
  print("D[Q||P] of \(count) test digits: \(text(divergence)) bits per digit")
  print("  by latent, largest first: " + bits.sorted(by: >).map { text($0) }.joined(separator: " "))
  try LineChart(
    title: "What each latent costs", xLabel: "latents, the costliest first", yLabel: "bits per digit",
    series: [.init(name: "bits", x: bits.indices.map { Double($0 + 1) }, y: bits.sorted(by: >))]
  ).writeSVG(to: place.path("7-bits.svg"))

  print("coded for real, bits per digit")
  print("  cell       code for P   code for Q   difference")
  var last = (0.0, 0.0)
  for cell in [1.0, 0.25, 1.0 / 16, 1.0 / 256] {
    let wrong = try length(z, cell: cell) { _ in (0, 1) } / Double(count)
    let right = try length(z, cell: cell) { (m[$0], s[$0]) } / Double(count)
    print(
      "  1/\(String(Int(1 / cell)).padding(toLength: 4, withPad: " ", startingAt: 0))\(text(wrong, 2, width: 15))\(text(right, 2, width: 13))\(text(wrong - right, 2, width: 13))"
    )
    last = (wrong, right)
  }
  try check(abs(last.0 - last.1 - divergence) < 0.02 * divergence, "the difference is the divergence")

  // What a digit costs in all: z with the code for P, the pixels given z, and the bits of Q's code paid back.
  let fit = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled).logLikelihood.scalars
  let pixels = -fit.map(Double.init).mean / log(2)
  print(
    "pixels given z: \(text(pixels)) bits; z and pixels: \(text(last.0 + pixels)); with Q's bits back: \(text(last.0 - last.1 + pixels))"
  )
  let bound = Evaluator().bound(model, on: data, samples: 10)
  print(
    "the bound on the same digits: \(text(bound.bound)) nats = \(text(-bound.bound / log(2))) bits to send a digit of 784 bits"
  )
}

/// Bits that the numbers take when number i is sent with a code for N(mean, deviation^2) of `code(i)`. Decodes them again.
private func length(_ z: [Double], cell: Double, code: (Int) -> (Double, Double)) throws -> Double {
  func made(_ i: Int) -> NormalCode { NormalCode(mean: code(i).0, deviation: code(i).1, cell: cell) }
  var coder = EntropyCoder()
  for (i, number) in z.enumerated() {
    let code = made(i)
    coder.push(code.interval(ofCell: code.index(of: number)))
  }
  let bytes = coder.bytes
  for (i, number) in z.enumerated().reversed() {
    let code = made(i)
    let interval = coder.pop { code.interval(ofCell: code.cell(at: $0)) }
    try check(interval == code.interval(ofCell: code.index(of: number)), "number \(i) comes back as it was sent")
  }
  return Double(bytes) * 8
}
