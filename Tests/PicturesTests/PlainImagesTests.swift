import Foundation
import Pictures
import Tensors
import Testing

struct PlainImagesTests {
  @Test func bitsArePackedEightToAByteAndExamplesBeginNewOnes() {
    let bits: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    #expect(PlainImages(bits, levels: 2, exampleShape: [3, 3]).packed == [0x81, 0x80, 0x40, 0x00])
    #expect(PlainImages([7, 255], levels: 256, exampleShape: [1, 1]).packed == [7, 255])
  }

  @Test func compressorsFindWhatThereIsToFind() throws {
    let noise = RandomStream(seed: 1).uniform([40 * 400]).scalars.map { UInt8(min($0, 0.999) * 256) }
    for values in [noise, [UInt8](repeating: 9, count: noise.count)] {
      let images = PlainImages(values, levels: 256, exampleShape: [20, 20])
      let sizes = [images.gzipSize(), images.bzip2Size(), images.pngSize(), images.pngSizeOfEach()]
      for size in try sizes.map({ try #require($0) }) {
        if values == noise { #expect(size > noise.count) } else { #expect(size > 30 && size < noise.count / 4) }
      }
    }
  }

  @Test func oneBitPicturesAreSmallerThanPlainOnes() throws {
    let bits = (0..<28 * 28 * 50).map { UInt8($0 / 28 % 2) }
    let size = try #require(PlainImages(bits, levels: 2, exampleShape: [28, 28]).pngSize())
    #expect(size > 60 && size < bits.count / 8 / 4)
  }

  /// The same size as the writer that the program's pictures come from, up to its effort.
  @Test func pngSizeIsThatOfAFile() throws {
    let noise = RandomStream(seed: 2).uniform([30 * 20 * 3]).scalars.map { UInt8(min($0, 0.999) * 256) }
    for channels in [1, 3] {
      let values = Array(noise[..<(600 * channels)])
      let picture = Picture(width: 20, height: 30, channels: channels, bytes: values)
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plain-\(UUID().uuidString).png").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try picture.writePNG(to: folder)
      let written = try Data(contentsOf: URL(fileURLWithPath: folder)).count
      let size = try #require(
        PlainImages(values, levels: 256, exampleShape: [30, 20] + (channels == 3 ? [3] : [])).pngSize())
      #expect(abs(size - written) < 100)
    }
  }

  @Test func whatIsNoPictureHasNoPNG() {
    let images = PlainImages([1, 2, 3, 4], levels: 256, exampleShape: [4])
    #expect(images.pngSize() == nil && images.pngSizeOfEach() == nil && images.gzipSize() != nil)
  }
}
