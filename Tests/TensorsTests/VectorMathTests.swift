import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

/// The largest error of `function` in units of the last place of the true value, over floats in `range`.
///
/// Every 4001st float: some 10^5 to 10^6 of them, in every binade. The bounds stated here and in the documentation were
/// taken over every third float.
private func worstError(
  of function: (Tensor) -> Tensor, against truth: (Double) -> Double, in range: ClosedRange<Float>
) -> (ulps: Double, at: Float) {
  var inputs: [Float] = []
  for bits in stride(from: UInt32(0), to: UInt32.max - 4001, by: 4001) {
    let x = Float(bitPattern: bits)
    if range.contains(x) { inputs.append(x) }
  }
  let outputs = function(Tensor(inputs)).scalars
  var (worst, place) = (0.0, Float.nan)
  for i in inputs.indices {
    let expected = truth(Double(inputs[i]))
    let unit = expected == 0 ? Double(Float.leastNonzeroMagnitude) : Double(Float(abs(expected)).ulp)
    let error = abs(Double(outputs[i]) - expected) / unit
    if !(error <= worst) { (worst, place) = (error, inputs[i]) }
  }
  return (worst, place)
}

private let everything: ClosedRange<Float> = -Float.infinity ... .infinity

struct VectorMathTests {
  @Test func exponential() {
    let (ulps, x) = worstError(of: { exp($0) }, against: { Foundation.exp($0) }, in: -87.3...88.7)
    #expect(ulps <= 1.2, "at \(x)")
    #expect(exp(Tensor([0, -0.0])).scalars == [1, 1])
  }

  @Test func logarithm() {
    let range = Float.leastNormalMagnitude...Float.greatestFiniteMagnitude
    let (ulps, x) = worstError(of: { log($0) }, against: { Foundation.log($0) }, in: range)
    #expect(ulps <= 1, "at \(x)")
    #expect(log(Tensor([1])).scalar == 0)
    // The sweep may step over the last floats.
    expectClose(log(Tensor([.greatestFiniteMagnitude])).scalar, 88.7228391, relative: 1e-7, absolute: 0)
  }

  @Test func hyperbolicTangent() {
    let (ulps, x) = worstError(of: { tanh($0) }, against: { Foundation.tanh($0) }, in: everything)
    #expect(ulps <= 2.6, "at \(x)")
    // Signed zeros and numbers too small to be normal stay what they are.
    let small: [Float] = [0, -0.0, 1e-37, -1e-37, .leastNormalMagnitude / 8, -.leastNonzeroMagnitude]
    #expect(tanh(Tensor(small)).scalars.map(\.bitPattern) == small.map(\.bitPattern))
  }

  @Test func sigmoidFunction() {
    let (ulps, x) = worstError(of: { sigmoid($0) }, against: { 1 / (1 + Foundation.exp(-$0)) }, in: -87.3 ... .infinity)
    #expect(ulps <= 3, "at \(x)")
  }

  @Test func softplusFunction() {
    let (ulps, x) = worstError(
      of: { softplus($0) }, against: { max($0, 0) + log1p(Foundation.exp(-abs($0))) }, in: -87.3...3e38)
    #expect(ulps <= 3, "at \(x)")
  }

  @Test func siluFunction() {
    let truth = { (x: Double) in x / (1 + Foundation.exp(-x)) }
    let (ulps, x) = worstError(of: { silu($0) }, against: truth, in: -87.3 ... .infinity)
    #expect(ulps <= 4, "at \(x)")
  }

  @Test func geluFunction() {
    let truth = { (x: Double) in 0.5 * x * erfc(-x / 2.0.squareRoot()) }
    let (ulps, x) = worstError(of: { gelu($0) }, against: truth, in: -1...3e38)
    #expect(ulps <= 6, "at \(x)")
    let negative = stride(from: Float(-12.9), to: -1, by: 0.001).map { $0 }
    expectClose(
      gelu(Tensor(negative)), negative.map { truth(Double($0)) }, shape: [negative.count], relative: 6e-6, absolute: 0)
  }

  @Test func eluFunction() {
    let (ulps, x) = worstError(of: { elu($0) }, against: { $0 > 0 ? $0 : expm1($0) }, in: -Float.infinity...3e38)
    #expect(ulps <= 1.1, "at \(x)")
  }

  /// The gradients that are functions of the input, to rounding of 1.
  @Test func gradientsOfInputs() {
    let x = stride(from: Float(-20), to: 20, by: 0.001).map { $0 }
    func expectGradient(_ activation: Activation, _ truth: (Double) -> Double) {
      expectClose(
        gradientParts(at: Tensor(x)) { activate($0, with: activation) }[0], x.map { truth(Double($0)) },
        shape: [x.count], relative: 0, absolute: 3e-7, "\(activation)")
    }
    expectGradient(.silu) { x in
      let s = 1 / (1 + Foundation.exp(-x))
      return s * (1 + x * (1 - s))
    }
    expectGradient(.gelu) { x in
      0.5 * erfc(-x / 2.0.squareRoot()) + x * Foundation.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    }
  }

  /// The softplus's gradient, from its value y: 1 - exp(-y).
  @Test func softplusGradient() {
    func gradient(_ y: Tensor) -> Tensor {
      var out = [Float](repeating: 0, count: y.count)
      ck_activation_gradient(
        [Float](repeating: 1, count: y.count), y.scalars, &out, y.count, Int32(CK_SOFTPLUS.rawValue))
      return Tensor(out)
    }
    let (ulps, y) = worstError(of: gradient, against: { -expm1(-$0) }, in: 0...Float.infinity)
    #expect(ulps <= 1.1, "at \(y)")
  }

  /// A Bernoulli row's exp(-|l|) is meant to be added to 1: right to 2e-7 of 1 for every logit, in value and residual.
  @Test func bernoulliTerms() {
    let logits = stride(from: UInt32(0), to: UInt32.max - 40_001, by: 40_001).map { Float(bitPattern: $0) }
      .filter { abs($0) <= 1e4 }
    let x = [Float](repeating: 0, count: logits.count)
    var value = x
    var residual = x
    ck_bernoulli_log_probability(logits, x, &value, &residual, 1, logits.count, 1)
    for (i, logit) in logits.enumerated() {
      let l = Double(logit)
      let softplus = max(l, 0) + log1p(Foundation.exp(-abs(l)))
      #expect(abs(Double(value[i]) + softplus) <= 2e-7 * max(1, softplus), "at \(l)")
      #expect(abs(Double(residual[i]) + 1 / (1 + Foundation.exp(-l))) <= 2e-7, "at \(l)")
    }
  }

  /// A NaN comes out as one, wherever it sits in a vector.
  @Test func notANumberStaysOne() {
    for function in [
      exp, log, sqrt, tanh, sigmoid, softplus, relu, square, silu, gelu, elu, leakyReLU,
    ] as [(Tensor) -> Tensor] {
      for place in 0..<21 {
        var x = [Float](repeating: 0.5, count: 21)
        x[place] = .nan
        let y = function(Tensor(x)).scalars
        #expect(y.indices.filter { y[$0].isNaN } == [place])
      }
    }
  }

  @Test func infinitiesGoToTheirLimits() {
    let both = Tensor([.infinity, -.infinity])
    #expect(tanh(both).scalars == [1, -1])
    #expect(relu(both).scalars == [.infinity, 0])
    #expect(softplus(both).scalars[0] == .infinity)
    expectClose(softplus(both).scalars[1], 0, absolute: 2e-38)
    #expect(sigmoid(both).scalars[0] == 1)
    expectClose(sigmoid(both).scalars[1], 0, absolute: 2e-38)
    for function in [silu, gelu] as [(Tensor) -> Tensor] {
      #expect(function(both).scalars[0] == .infinity)
      expectClose(function(both).scalars[1], 0, absolute: 2e-36)
    }
    #expect(elu(both).scalars == [.infinity, -1] && leakyReLU(both).scalars == [.infinity, -.infinity])
    #expect(log(both).scalars[0] == .infinity)
    // exp is clamped to its range, so that it never makes an infinity.
    let clamped = exp(both).scalars
    #expect(clamped[0] > 3.3e38 && clamped[0].isFinite)
    #expect(clamped[1] > 0 && clamped[1] < 1.3e-38)
    #expect(log(Tensor([0])).scalar < -87.3 && log(Tensor([0])).scalar.isFinite)
    #expect(sqrt(Tensor([0, 4, .infinity])).scalars == [0, 2, .infinity])
  }

  @Test func signsAreKept() {
    let x = sampleTensor([500], seed: 1, bound: 20)
    #expect(tanh(-x) == -tanh(x))
  }

  /// Vector bodies and the remainders after them give the same numbers.
  @Test func lengthDoesNotMatter() {
    let whole = sampleTensor([67], seed: 2, bound: 30)
    for function in [exp, tanh, sigmoid, softplus, silu, gelu, elu] as [(Tensor) -> Tensor] {
      let expected = function(whole).scalars
      for length in 1...67 {
        #expect(function(Tensor(Array(whole.scalars.prefix(length)))).scalars == Array(expected.prefix(length)))
      }
    }
  }
}
