import Foundation
import TestSupport
import Testing

@testable import Pictures

struct JPEGTests {
  @Test(arguments: [1, 3], [false, true])
  func picturesComeBackNearly(channels: Int, isProgressive: Bool) throws {
    let picture = smoothPicture(width: 37, height: 21, channels: channels)
    let found = try Picture.decode(Bytes.jpeg(picture, quality: 98, isProgressive: isProgressive), path: "a.jpg")
    #expect(try #require(difference(found, picture)) <= 12)
  }

  /// Adobe's inks are inverted: 255 is none. No ink is white, black alone is black, full cyan takes red away.
  @Test func inksBecomeColours() throws {
    let inks: [[UInt8]] = [[255, 255, 255, 255], [255, 255, 255, 0], [0, 255, 255, 255]]
    let colours: [[UInt8]] = [[255, 255, 255], [0, 0, 0], [0, 255, 255]]
    for (ink, colour) in zip(inks, colours) {
      let rows = [UInt8]([[UInt8]](repeating: ink, count: 64).joined())
      let picture = try Picture.decode(Bytes.jpeg(rows, width: 8, height: 8, channels: 4), path: "a.jpg")
      let wanted = Picture(
        width: 8, height: 8, channels: 3, bytes: [UInt8]([[UInt8]](repeating: colour, count: 64).joined()))
      #expect(try #require(difference(picture, wanted)) <= 2, "\(ink)")
    }
  }

  /// What is stored for each orientation, by turning the upright picture the other way, is upright again once read.
  @Test(arguments: ExifOrientation.allCases, [true, false])
  func picturesAreTurnedUpright(orientation: ExifOrientation, isLittle: Bool) throws {
    // Bright at the top left, dark at the bottom right, wider than high.
    let levels: [Int] = (0..<512).map { 250 - ($0 % 32) * 4 - ($0 / 32) * 6 }
    let upright = Picture(width: 32, height: 16, bytes: levels.map { UInt8($0) })
    let inverse: [ExifOrientation: ExifOrientation] = [.turnedLeft: .turnedRight, .turnedRight: .turnedLeft]
    let stored = upright.turned(inverse[orientation] ?? orientation)
    #expect((stored.width > stored.height) == !orientation.swapsSides)
    let jpeg = Bytes.exif(Bytes.jpeg(stored), orientation: orientation.rawValue, isLittle: isLittle)
    #expect(ExifOrientation(jpeg: jpeg) == orientation)
    let found = try Picture.decode(jpeg, path: "a.jpg")
    #expect(try #require(difference(found, upright)) <= 6)
  }

  /// Exif's own words for where the stored first row and column belong.
  @Test func turningIsAsExifSays() {
    let stored = Picture(width: 2, height: 1, bytes: [1, 2])
    let first: [(ExifOrientation, [UInt8], Int)] = [
      (.upright, [1, 2], 2), (.mirrored, [2, 1], 2), (.upsideDown, [2, 1], 2), (.mirroredUpsideDown, [1, 2], 2),
      (.transposed, [1, 2], 1), (.turnedLeft, [1, 2], 1), (.antitransposed, [2, 1], 1), (.turnedRight, [2, 1], 1),
    ]
    for (orientation, bytes, width) in first {
      let turned = stored.turned(orientation)
      #expect(turned.bytes == bytes && turned.width == width, "\(orientation)")
    }
    let square = Picture(width: 2, height: 2, bytes: [1, 2, 3, 4])
    // 6: the first row is the right side, the first column the top; 8: the first row is the left side, from below.
    #expect(square.turned(.turnedLeft).bytes == [3, 1, 4, 2])
    #expect(square.turned(.turnedRight).bytes == [2, 4, 1, 3])
  }

  @Test func senselessExifIsUpright() {
    let jpeg = Bytes.jpeg(smoothPicture(width: 8, height: 8, channels: 1))
    #expect(ExifOrientation(jpeg: jpeg) == .upright)
    #expect(ExifOrientation(jpeg: []) == .upright)
    for orientation in [0, 9, 65_535] {
      #expect(ExifOrientation(jpeg: Bytes.exif(jpeg, orientation: orientation, isLittle: true)) == .upright)
    }
    var random = Sequence64(state: 5)
    let whole = Bytes.exif(jpeg, orientation: 6, isLittle: false)
    for _ in 0..<500 {
      var damaged = whole
      damaged[Int.random(in: 0..<60, using: &random)] = UInt8.random(in: 0...255, using: &random)
      _ = ExifOrientation(jpeg: Array(damaged.prefix(Int.random(in: 0...damaged.count, using: &random))))
    }
  }

  /// Where the decoder may halve, what comes of it is still the picture.
  @Test func decodingSmallerIsTheSamePicture() throws {
    let picture = smoothPicture(width: 320, height: 240, channels: 3)
    let jpeg = Bytes.jpeg(picture)
    let halved = try Picture.decode(jpeg, path: "a.jpg", atLeast: (32, 24))
    #expect(halved.width == 80 && halved.height == 60)
    let small = halved.fitted(toWidth: 32, height: 24)
    #expect(try #require(difference(small, picture.fitted(toWidth: 32, height: 24))) <= 4)
  }

  @Test(arguments: [false, true]) func damageIsNamed(isProgressive: Bool) throws {
    let jpeg = Bytes.jpeg(smoothPicture(width: 60, height: 40, channels: 3), isProgressive: isProgressive)
    try expectOnlyDataErrors(Bytes.exif(jpeg, orientation: 3, isLittle: true), "a.jpg", flips: 400) {
      _ = try Picture(reading: $0)
    }
  }

  @Test func hugeClaimsAreRefused() throws {
    let folder = try TemporaryFolder()
    var jpeg = Bytes.jpeg(smoothPicture(width: 16, height: 16, channels: 1))
    // The frame's header: marker, length, bits, height, width.
    let frame = try #require((0..<jpeg.count - 9).first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    for side in [[0xff, 0xff], [0x1f, 0xff]] as [[UInt8]] {
      jpeg.replaceSubrange(frame + 5..<frame + 9, with: side + side)
      let path = try folder.file("huge.jpg", jpeg)
      #expect(dataError { _ = try Picture(readingJPEG: path) }?.file == path)
    }
  }
}
