import Tensors
import TestSupport
import Testing
import _Differentiation

struct PoolingTests {
  @Test func upsamplingRepeatsPixels() {
    let x = Tensor([1, 2, 3, 4], shape: [1, 1, 2, 2])
    let y = x.upsampled(by: Extent(height: 2, width: 1))
    #expect(y == Tensor([1, 2, 3, 4, 1, 2, 3, 4], shape: [1, 2, 2, 2]))
    #expect(x.upsampled(by: Extent(height: 1, width: 2)).scalars == [1, 2, 1, 2, 3, 4, 3, 4])
  }

  @Test func poolingTakesMeansOfBlocks() {
    let x = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [1, 2, 4, 1])
    #expect(x.averagePooled(by: 2) == Tensor([3.5, 5.5], shape: [1, 1, 2, 1]))
    #expect(x.averagePooled(by: Extent(height: 1, width: 4)) == Tensor([2.5, 6.5], shape: [1, 2, 1, 1]))
  }

  @Test(arguments: [Extent(1), Extent(2), Extent(height: 1, width: 3), Extent(height: 3, width: 2)])
  func haveTheirGradients(factor: Extent) {
    let small = sampleTensor([2, 2, 3, 5], seed: 1)
    expectGradient(at: small) { $0.upsampled(by: factor) }
    let large = sampleTensor([2, 2 * factor.height, 3 * factor.width, 5], seed: 2)
    expectGradient(at: large) { $0.averagePooled(by: factor) }
    expectClose(small.upsampled(by: factor).averagePooled(by: factor), small, relative: 1e-6)
  }

  @Test func dataStaysData() {
    let x = sampleTensor([1, 4, 4, 2], seed: 1).asConstant
    #expect(x.averagePooled(by: 2).isConstant && x.upsampled(by: 2).isConstant)
  }

  /// Channels of two images side by side: what skip connections need.
  @Test func channelsAreJoined() {
    let (a, b) = (sampleTensor([2, 3, 2, 4], seed: 1), sampleTensor([2, 3, 2, 3], seed: 2))
    let joined = a.joined(with: b)
    #expect(joined.shape == [2, 3, 2, 7])
    #expect(joined.columns(0..<4) == a && joined.columns(4..<7) == b)
    expectGradient(at: Pair(a, b)) { $0.a.joined(with: $0.b) }
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) { _ = Tensor(repeating: 0, shape: [1, 3, 4, 1]).averagePooled(by: 2) }
    await #expect(processExitsWith: .failure) { _ = Tensor(repeating: 0, shape: [3, 4, 1]).upsampled(by: 2) }
    await #expect(processExitsWith: .failure) { _ = Tensor(repeating: 0, shape: [1, 4, 4, 1]).upsampled(by: 0) }
  }
}
