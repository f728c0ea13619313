import LatentAnalysis
import Tensors
import Testing

struct InvarianceTests {
  @Test func varianceIsWithinThingsOrBetweenThem() {
    let codes = Tensor([0, 1, 0, 3, 5, 1, 5, 3], shape: [4, 2])
    let groups = [[0, 1], [2, 3]]
    #expect(Invariance.shareWithin(groups, of: codes, units: [0]) == 0)
    #expect(Invariance.shareWithin(groups, of: codes, units: [1]) == 1)
    // 25 between and 4 within.
    #expect(abs(Invariance.shareWithin(groups, of: codes, units: [0, 1]) - 4.0 / 29) < 1e-9)
    #expect(Invariance.shareWithin([[0], [1]], of: Tensor(repeating: 1, shape: [2, 1]), units: [0]) == 0)
  }
}
