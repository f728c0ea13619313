import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// What a model of masks makes of a picture of any size.
struct Segmentation {
  /// The picture as the model saw it: brought to its scale, with a mask's pixel for each of its own.
  let seen: Picture
  /// The deterministic network's probabilities, [height, width] of `seen`.
  let guess: [Float]
  /// Those under each draw of z from p(z|c).
  let draws: [[Float]]

  /// Their mean.
  var mean: [Float] { guess.indices.map { i in draws.reduce(0) { $0 + $1[i] } / Float(draws.count) } }

  /// Their standard deviation: where draws disagree, one half at the most.
  var deviation: [Float] {
    let mean = mean
    return guess.indices.map { i in
      (draws.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[i] - mean[i]) } / Float(draws.count)).squareRoot()
    }
  }

  /// Numbers of every pixel as a grey picture of the scale of `seen`, 1 being white.
  func picture(_ values: [Float]) -> Picture { Picture(values: values, shape: [seen.height, seen.width]) }

  /// White where the mean of the draws is above one half, in a size of one's choice.
  func mask(width: Int, height: Int) -> Picture {
    let grown = picture(mean).resized(toWidth: width, height: height)
    return Picture(width: width, height: height, bytes: grown.bytes.map { $0 > 127 ? 255 : 0 })
  }

  /// The draws' deviation, one half being white.
  func uncertainty(width: Int, height: Int) -> Picture {
    picture(deviation.map { 2 * $0 }).resized(toWidth: width, height: height)
  }
}

/// A model of masks at work on pictures that may be larger than its own.
struct Segmenting {
  let model: any ConditionalModel
  /// Rows, columns and channels of what the model is given.
  let shape: (height: Int, width: Int, channels: Int)
  let draws: Int
  let seed: UInt64

  /// The model looks at parts of its own shape, `tile` rows of the picture high or as large as fit, each half over the next;
  /// where they overlap, what is nearer to a part's middle counts more. A draw has one z for all parts.
  func segment(_ picture: Picture, tile: Int?) -> Segmentation {
    let scale =
      tile.map { Double(shape.height) / Double($0) }
      ?? max(Double(shape.width) / Double(picture.width), Double(shape.height) / Double(picture.height))
    let width = max(shape.width, Int((Double(picture.width) * scale).rounded()))
    let height = max(shape.height, Int((Double(picture.height) * scale).rounded()))
    let seen = picture.resized(toWidth: width, height: height)
    let z = model.priorDraws(draws, RandomStream(seed: seed)["segment"])
    var sums = [[Float]](repeating: [Float](repeating: 0, count: width * height), count: draws + 1)
    var weights = [Float](repeating: 0, count: width * height)
    for top in Self.starts(height, shape.height) {
      for left in Self.starts(width, shape.width) {
        let c = condition(seen, top, left)
        let made = [model.guess(given: c).scalars, model.expectation(given: z, c).scalars].flatMap { $0 }
        for y in 0..<shape.height {
          for x in 0..<shape.width {
            let weight = Float(min(y + 1, shape.height - y) * min(x + 1, shape.width - x))
            let place = (top + y) * width + left + x
            weights[place] += weight
            for k in 0...draws { sums[k][place] += weight * made[(k * shape.height + y) * shape.width + x] }
          }
        }
      }
    }
    let means = sums.map { sum in zip(sum, weights).map { $0 / $1 } }
    return Segmentation(seen: seen, guess: means[0], draws: Array(means.dropFirst()))
  }

  /// Where parts of a side begin, at most half a part from each other.
  static func starts(_ side: Int, _ part: Int) -> [Int] {
    let steps = max(0, 2 * (side - part) + part - 1) / part
    return steps == 0 ? [0] : (0...steps).map { $0 * (side - part) / steps }
  }

  private func condition(_ picture: Picture, _ top: Int, _ left: Int) -> Tensor {
    let row = shape.width * shape.channels
    var values: [Float] = []
    values.reserveCapacity(shape.height * row)
    for y in top..<top + shape.height {
      let first = (y * picture.width + left) * shape.channels
      values += picture.bytes[first..<first + row].map { Float($0) / 255 }
    }
    return Tensor(values, shape: [1, shape.height * row])
  }
}

extension Picture {
  /// In the middle of a white square of this side, as large as fits.
  func boxed(_ side: Int) -> Picture {
    let longer = Double(max(width, height))
    let (w, h) = (
      max(1, Int((Double(width * side) / longer).rounded())), max(1, Int((Double(height * side) / longer).rounded()))
    )
    let small = resized(toWidth: w, height: h)
    let (left, top) = ((side - w) / 2, (side - h) / 2)
    var bytes = [UInt8](repeating: 255, count: side * side * channels)
    for y in 0..<h {
      let target = ((top + y) * side + left) * channels
      bytes.replaceSubrange(
        target..<target + w * channels, with: small.bytes[y * w * channels..<(y + 1) * w * channels])
    }
    return Picture(width: side, height: side, channels: channels, bytes: bytes)
  }
}
