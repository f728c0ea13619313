import Tensors
import TestSupport
import Testing
import _Differentiation

struct NormalizationTests {
  @Test func groupsMatchReferenceValues() throws {
    let reference = try Reference.operation("group_normalization")
    let point = Triple(try reference.input("x"), try reference.input("scale"), try reference.input("offset"))
    let (value, pullback) = valueWithPullback(at: point) { groupNormalization($0.a, $0.b, $0.c, groups: 3) }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["x": parts[0], "scale": parts[1], "offset": parts[2]])
  }

  @Test func batchesMatchReferenceValues() throws {
    let reference = try Reference.operation("batch_normalization")
    let point = Triple(try reference.input("x"), try reference.input("scale"), try reference.input("offset"))
    let (value, pullback) = valueWithPullback(at: point) { batchNormalization($0.a, $0.b, $0.c).value }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["x": parts[0], "scale": parts[1], "offset": parts[2]])
  }

  @Test func givenMomentsMatchReferenceValues() throws {
    let reference = try Reference.operation("batch_normalization_given")
    let point = Triple(try reference.input("x"), try reference.input("scale"), try reference.input("offset"))
    let (mean, variance) = (try reference.input("mean"), try reference.input("variance"))
    let (value, pullback) = valueWithPullback(at: point) {
      batchNormalization($0.a, $0.b, $0.c, mean: mean, variance: variance)
    }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["x": parts[0], "scale": parts[1], "offset": parts[2]])
  }

  /// Channels fewer and more than are taken at a time, groups across that border, one group and one for each channel.
  @Test(arguments: [(4, 1), (4, 4), (6, 3), (40, 5), (64, 64), (66, 2), (1, 1)]) func groupsHaveTheirGradient(
    channels: Int, groups: Int
  ) {
    let point = Triple(
      sampleTensor([2, 3, 2, channels], seed: 1), sampleTensor([channels], seed: 2), sampleTensor([channels], seed: 3))
    expectGradient(at: point) { groupNormalization($0.a, $0.b, $0.c, groups: groups) }
  }

  @Test(arguments: [[7, 3], [2, 3, 4, 5], [2, 3, 4, 35]]) func batchesHaveTheirGradient(shape: [Int]) {
    let channels = shape.last!
    let point = Triple(
      sampleTensor(Shape(shape), seed: 1), sampleTensor([channels], seed: 2), sampleTensor([channels], seed: 3))
    expectGradient(at: point) { batchNormalization($0.a, $0.b, $0.c).value }
    let (mean, variance) = (sampleTensor([channels], seed: 4), square(sampleTensor([channels], seed: 5)) + 0.25)
    expectGradient(at: point) { batchNormalization($0.a, $0.b, $0.c, mean: mean, variance: variance) }
  }

  /// A mean far from zero does not eat up the deviation, and many rows add up exactly enough.
  @Test func resultHasMeanZeroAndDeviationOne() {
    let x = sampleTensor([1, 90, 100, 33], seed: 1, bound: 1) + 1000
    let (ones, zeros) = (Tensor(repeating: 1, shape: [33]), Tensor(repeating: 0, shape: [33]))
    let batch = batchNormalization(x, ones, zeros)
    let columns = batch.value.reshaped(to: [9000, 33])
    for mean in columns.meanOverFirst().scalars { expectClose(mean, 0, absolute: 1e-4) }
    for square in square(columns).meanOverFirst().scalars { expectClose(square, 1, relative: 1e-3) }
    for variance in batch.variance.scalars { expectClose(variance, 1.0 / 3, relative: 0.05) }
    for mean in batch.mean.scalars { expectClose(mean, 1000, relative: 1e-4) }
  }

  @Test func groupsOfOneImageAreItsOwn() {
    let x = sampleTensor([3, 4, 4, 6], seed: 1)
    let (scale, offset) = (sampleTensor([6], seed: 2), sampleTensor([6], seed: 3))
    let whole = groupNormalization(x, scale, offset, groups: 2)
    #expect(whole.rows(1..<2) == groupNormalization(x.rows(1..<2), scale, offset, groups: 2))
  }

  @Test func aConstantInputIsFinite() {
    let x = Tensor(repeating: 3, shape: [2, 2, 2, 4])
    let (ones, offset) = (Tensor(repeating: 1, shape: [4]), Tensor([1, 2, 3, 4]))
    #expect(groupNormalization(x, ones, offset, groups: 2).rows(0..<1).scalars.prefix(4) == [1, 2, 3, 4])
    let parts = gradientParts(at: Triple(x, ones, offset)) { groupNormalization($0.a, $0.b, $0.c, groups: 2) }
    for part in parts { #expect(part.isFinite) }
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      let four = Tensor(repeating: 1, shape: [4])
      _ = groupNormalization(Tensor(repeating: 0, shape: [1, 2, 2, 4]), four, four, groups: 3)
    }
    await #expect(processExitsWith: .failure) {
      let four = Tensor(repeating: 1, shape: [4])
      _ = groupNormalization(Tensor(repeating: 0, shape: [1, 2, 2, 3]), four, four, groups: 1)
    }
    await #expect(processExitsWith: .failure) {
      let four = Tensor(repeating: 1, shape: [4])
      _ = batchNormalization(Tensor(repeating: 0, shape: [2, 3]), four, four)
    }
  }
}
