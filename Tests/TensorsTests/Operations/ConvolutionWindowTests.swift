import Foundation
import Tensors
import Testing

struct ConvolutionWindowTests {
  @Test func sizesAreThoseOfPyTorch() {
    let halving = ConvolutionWindow(kernel: 4, stride: 2, padding: 1)
    #expect(halving.outputSize(of: 64) == 32)
    #expect(halving.outputSize(of: Extent(height: 7, width: 5)) == Extent(height: 3, width: 2))
    #expect(halving.transposedSize(of: 32) == 64)
    #expect(ConvolutionWindow.same(5).outputSize(of: 11) == 11)
    #expect(ConvolutionWindow.same(Extent(height: 1, width: 3)).padding == Extent(height: 0, width: 1))
    #expect(ConvolutionWindow(kernel: 7).outputSize(of: 6) == 0)
    #expect(ConvolutionWindow(kernel: 7).outputSize(of: 7) == 1)
  }

  /// Whatever a convolution makes of a size, some number of extra rows and columns brings that back.
  @Test func everySizeCanBeHadBack() {
    for (kernel, stride, padding) in [(4, 2, 1), (3, 2, 1), (3, 3, 0), (5, 1, 2), (2, 4, 0), (1, 2, 0), (5, 4, 2)] {
      let window = ConvolutionWindow(kernel: Extent(kernel), stride: Extent(stride), padding: Extent(padding))
      for size in 5...19 {
        let output = window.outputSize(of: Extent(size))
        let sizes = (0..<stride).map { window.transposedSize(of: output, extra: Extent($0)) }
        #expect(sizes.contains(Extent(size)), "\(window) of \(size)")
        for size in sizes { #expect(window.outputSize(of: size) == output) }
      }
    }
  }

  @Test func isCodableAndReadable() throws {
    let window = ConvolutionWindow(kernel: Extent(height: 4, width: 3), stride: 2, padding: 1)
    let data = try JSONEncoder().encode(window)
    #expect(try JSONDecoder().decode(ConvolutionWindow.self, from: data) == window)
    #expect("\(window)" == "4x3 kernel, stride 2x2, padding 1x1")
  }

  @Test func trapsOnSizesThatMakeNoSense() async {
    await #expect(processExitsWith: .failure) { _ = ConvolutionWindow(kernel: 0) }
    await #expect(processExitsWith: .failure) { _ = ConvolutionWindow(kernel: 3, stride: 0) }
    await #expect(processExitsWith: .failure) { _ = ConvolutionWindow(kernel: 3, padding: -1) }
    await #expect(processExitsWith: .failure) { _ = ConvolutionWindow.same(4) }
  }
}
