import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

struct AttentionTests {
  private let batch = 2
  private let points = 3
  private let height = 6
  private let width = 5

  /// Centre, spacing and log-variance, well within the picture.
  private var places: Tensor { Tensor([2.2, 1.1, 0.3, 3.1, 0.7, -0.4], shape: [2, 3]) }

  private func filters(seed: UInt64) -> AttentionFilters {
    AttentionFilters(
      x: sampleTensor([batch, points, width], seed: seed), y: sampleTensor([batch, points, height], seed: seed + 1))
  }

  @Test func filtersAreNormalisedGaussiansAtEvenPlaces() {
    let (places, size) = (places.scalars.map(Double.init), width)
    let expected = (0..<batch).flatMap { b -> [Double] in
      let (centre, spacing, variance) = (places[3 * b], places[3 * b + 1], Foundation.exp(places[3 * b + 2]))
      return (0..<points).flatMap { i -> [Double] in
        let middle = centre + (Double(i) - Double(points - 1) / 2) * spacing
        let values = (0..<size).map { Foundation.exp(-pow(Double($0) - middle, 2) / (2 * variance)) }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
      }
    }
    expectClose(
      gaussianFilters(self.places, points: points, size: size), expected, shape: [batch, points, size],
      relative: 1e-5, absolute: 1e-7)
  }

  @Test func filtersHaveTheGradientOfDifferences() {
    expectGradient(at: places, tolerance: 5e-4) { gaussianFilters($0, points: 3, size: 6) }
  }

  /// However far off and however sharp, a filter adds up to one and its gradient is a number.
  @Test func filtersOutsideThePictureStayFinite() {
    let places = Tensor([-400, 3, -20, 900, 1e6, 2, 2.5, 0.001, -20, 3, 1, 20], shape: [4, 3])
    let (value, pullback) = valueWithPullback(at: places) { gaussianFilters($0, points: 4, size: 7) }
    for sum in value.sumOverLast().scalars { #expect(abs(sum - 1) < 1e-5) }
    for number in pullback(sampleTensor(value.shape, seed: 3)).scalars { #expect(number.isFinite) }
  }

  @Test(arguments: [1, 3]) func glimpsesAreProductsWithFilters(channels: Int) {
    let filters = filters(seed: 4)
    let pictures = sampleTensor([batch, height * width * channels], seed: 6)
    let (x, y, p) = (filters.x.scalars, filters.y.scalars, pictures.scalars)
    let expected = (0..<batch * points * points * channels).map { index -> Double in
      let (b, rest) = index.quotientAndRemainder(dividingBy: points * points * channels)
      let (n, m, c) = (rest / (points * channels), rest / channels % points, rest % channels)
      var sum = 0.0
      for row in 0..<height {
        for column in 0..<width {
          let weight = Double(y[(b * points + n) * height + row]) * Double(x[(b * points + m) * width + column])
          sum += weight * Double(p[((b * height + row) * width + column) * channels + c])
        }
      }
      return sum
    }
    expectClose(
      glimpse(pictures, through: filters), expected, shape: [batch, points * points * channels], relative: 1e-5,
      absolute: 1e-5)
  }

  @Test(arguments: [1, 2]) func writingIsTheTransposeOfReading(channels: Int) {
    let filters = filters(seed: 7)
    let pictures = sampleTensor([batch, height * width * channels], seed: 9)
    let patches = sampleTensor([batch, points * points * channels], seed: 10)
    let blank = Tensor(repeating: 0, shape: pictures.shape)
    let seen = (glimpse(pictures, through: filters) * patches).sum()
    let written = (blank.adding(patches: patches, through: filters) * pictures).sum()
    #expect(abs(seen - written) < 1e-4 * max(1, abs(seen)))
    let onTop = pictures.adding(patches: patches, through: filters)
    expectClose(onTop, pictures + blank.adding(patches: patches, through: filters), relative: 1e-5, absolute: 1e-6)
  }

  @Test(arguments: [1, 2]) func gradientsAreThoseOfDifferences(channels: Int) {
    let pictures = sampleTensor([batch, height * width * channels], seed: 11)
    let patches = sampleTensor([batch, points * points * channels], seed: 12)
    let filters = filters(seed: 13)
    expectGradient(at: Triple(pictures, filters.x, filters.y), "glimpse") {
      glimpse($0.a, through: AttentionFilters(x: $0.b, y: $0.c))
    }
    expectGradient(at: Triple(patches, filters.x, filters.y), "patch") {
      pictures.adding(patches: $0.a, through: AttentionFilters(x: $0.b, y: $0.c))
    }
    expectGradient(at: pictures, "canvas") { $0.adding(patches: patches, through: filters) }
  }

  /// Data get no gradient, and what is written on them is no data.
  @Test func constantsStayConstantWhereTheyAreRead() {
    let filters = filters(seed: 14)
    let pictures = sampleTensor([batch, height * width], seed: 15).asConstant
    let (value, pullback) = valueWithPullback(at: pictures, filters) { glimpse($0, through: $1) }
    let (dPictures, dFilters) = pullback(Tensor(repeating: 1, shape: value.shape))
    #expect(dPictures.isSymbolicZero && !dFilters.x.isSymbolicZero)
    let patches = sampleTensor([batch, points * points], seed: 16)
    #expect(!pictures.adding(patches: patches, through: filters).isConstant)
  }
}
