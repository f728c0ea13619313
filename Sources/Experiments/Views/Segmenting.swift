import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Pictures
import Tensors

/// What a model of masks makes of a picture of any size.
package struct Segmentation {
  /// The picture as the model saw it: brought to its scale, with a mask's pixel for each of its own.
  let seen: Picture
  /// The deterministic network's probabilities, [height, width] of `seen`.
  let guess: [Float]
  /// Those under each draw of z from p(z|c).
  package let draws: [[Float]]

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
  package func mask(width: Int, height: Int) -> Picture {
    let grown = picture(mean).resized(toWidth: width, height: height)
    return Picture(width: width, height: height, bytes: grown.bytes.map { $0 > 127 ? 255 : 0 })
  }

  /// The draws' deviation, one half being white.
  package func uncertainty(width: Int, height: Int) -> Picture {
    picture(deviation.map { 2 * $0 }).resized(toWidth: width, height: height)
  }
}

/// A model of masks at work on pictures that may be larger than its own.
package struct Segmenting {
  package let model: any ConditionalModel
  /// Rows, columns and channels of what the model is given.
  package let shape: (height: Int, width: Int, channels: Int)
  package let draws: Int
  let seed: UInt64

  /// The model looks at parts of its own shape, `tile` rows of the picture high or as large as fit, each half over the next;
  /// where they overlap, what is nearer to a part's middle counts more. A draw has one z for all parts.
  package func segment(_ picture: Picture, tile: Int?) -> Segmentation {
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

extension Segmenting {
  /// The model of a run at work. Throws ``ExperimentError`` where it is none of masks given pictures.
  package init(_ run: Run, _ opened: any LatentVariableModel, draws: Int, seed: UInt64) throws {
    let configuration = run.configuration
    guard let model = opened as? any ConditionalModel, let given = configuration.examples.condition?.shape,
      Picture.isPicture(shape: given), given.prefix(2) == configuration.examples.shape.prefix(2),
      configuration.model.likelihood == .bernoulli, model.inputSize == given[0] * given[1]
    else {
      throw ExperimentError(
        "\(run.path) holds no model of masks given pictures; train one with vae train PHOTOS --masks MASKS")
    }
    self.init(
      model: model, shape: (given[0], given[1], given.count == 3 ? given[2] : 1), draws: draws, seed: seed)
  }

  /// The height of the part of a picture that the model sees at once: what was asked for, or that of the run's own examples;
  /// nil for as large as fits. Throws `SettingError` where it can't be.
  package func tile(of picture: Picture, _ path: String, asked tile: Int?, _ run: Run) throws -> Int? {
    let known = Catalog.entry(named: run.configuration.data.source)?.tileSide
    guard let rows = tile ?? known else { return nil }
    let columns = rows * shape.width / shape.height
    guard rows <= picture.height && columns <= picture.width else {
      if tile == nil { return nil }
      throw SettingError("tile", "\(rows): \(path) is only \(picture.width) x \(picture.height)")
    }
    let scale = Double(shape.height) / Double(rows)
    guard Double(picture.width * picture.height) * scale * scale * Double(draws + 1) < 0x1p28 else {
      throw SettingError(
        "tile",
        "\(rows): too small a part of \(path), \(picture.width) x \(picture.height), for \(draws) draws to be held; "
          + "take larger ones or fewer draws")
    }
    return rows
  }

  /// A picture as the run was given them. Throws unless it is one, or may be turned into one.
  package func read(_ path: String, converts: Bool) throws -> Picture {
    let picture = try Picture(reading: path)
    if picture.channels == shape.channels { return picture }
    guard converts else {
      throw ExperimentError(
        "\(path) is \(picture.channels == 1 ? "grey" : "in colour"), and the run was given pictures "
          + "\(shape.channels == 1 ? "in grey" : "in colour"); --convert turns it into such a one")
    }
    return shape.channels == 1 ? picture.grey : picture.coloured
  }

  /// A sheet of examples, chosen by the seed.
  package func sheet(of examples: Examples, count: Int) -> Picture {
    let positions = someOf(examples.count, count: count, seed: seed)
    let rows = examples.batch(positions[...], stream: RandomStream(seed: seed)["segment"])
    let (height, width, channels) = shape
    let seenShape = channels == 1 ? [height, width] : [height, width, channels]
    return Segmentation.sheet(
      (0..<rows.shape[0]).map { index -> [Picture] in
        let row = rows.rows(index..<index + 1)
        let seen = Picture(values: model.condition(of: row).scalars, shape: seenShape)
        let truth = Picture(values: model.target(of: row).scalars, shape: [height, width])
        return segment(seen, tile: nil).row(truth: truth)
      })
  }
}

extension Segmentation {
  /// What was seen, the deterministic guess, draws, their mean and deviation, and the truth where it is known.
  package func row(truth: Picture?) -> [Picture] {
    let shown = draws.prefix(4).map { picture($0) }
    let all =
      [seen, picture(guess)] + shown + [picture(mean), picture(deviation.map { 2 * $0 })] + (truth.map { [$0] } ?? [])
    return all.map { $0.coloured.boxed(96) }
  }

  /// Rows below each other.
  package static func sheet(_ rows: [[Picture]]) -> Picture {
    PictureGrid(columns: rows[0].count, zoom: 1, background: 128).picture(of: rows.flatMap { $0 })
  }

  /// How much is white, how far draws agree and, where it is known, how far the mask is the truth.
  package func summary(_ mask: Picture, truth: Picture?) -> String {
    let white = Double(mask.bytes.count { $0 > 127 }) / Double(mask.bytes.count)
    var text =
      "\(Format.fixed(100 * white, 1))% white, overlap of two draws \(Format.fixed(1 - MaskMeasure.diversity(draws)))"
    if let truth {
      let (found, known) = (mask.bytes.map { Float($0) / 255 }, truth.bytes.map { Float($0) / 255 })
      text +=
        ", overlap with the truth \(Format.fixed(MaskMeasure.overlap(found, known))), pixels right "
        + "\(Format.fixed(100 * MaskMeasure.accuracy(found, known), 1))%"
    }
    return text
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
