import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct ResidualBlockTests {
  private let x = sampleTensor([2, 3, 4, 6], seed: 1, bound: 1)

  @Test func beginsAsTheIdentity() {
    let block = ResidualBlock(6, 6, stream: RandomStream(seed: 1))
    #expect(block(x) == x)
    #expect(block.shortcut.layers.isEmpty)
  }

  @Test(arguments: [6, 4]) func gradientReachesEveryParameter(outputs: Int) {
    let block = ResidualBlock(
      6, outputs, groups: 4, activation: .softplus, startsAsIdentity: false, stream: RandomStream(seed: 2))
    #expect(block(x).shape == [2, 3, 4, outputs])
    #expect(block.normalization1.groups == 3)
    expectGradient(at: block) { $0(x) }
    let parts = gradientParts(at: block) { block in
      let y = block(x)
      return y * y
    }
    #expect(parts.count == (outputs == 6 ? 8 : 10))
    for part in parts { #expect(part.sumOfSquares > 0) }
  }

  @Test func stacksOfThem() {
    let stack = Stack((0..<3).map { ResidualBlock(6, 6, startsAsIdentity: false, stream: RandomStream(seed: 3)[$0]) })
    #expect(stack(x).shape == x.shape)
    let names = stack.parameterNames
    #expect(names.count == 24 && names[0] == "0.normalization1.scale" && names[23] == "2.convolution2.bias")
    for part in gradientParts(at: stack, of: { square($0(x)) }) { #expect(part.sumOfSquares > 0) }
  }
}
