import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// Page 4: why pixel distance misleads (Doersch's figure 3). A digit with a piece bitten out is nearer to itself than the
/// same digit moved by a pixel, though any eye would say otherwise.
func pixelDistance(_ place: Workplace) throws {
  let (_, test) = try place.digits()
  let (height, width) = (test.exampleShape[0], test.exampleShape[1])
  let moves = [
    ("half a pixel right", 0.5, 0.0), ("half a pixel right and down", 0.5, 0.5), ("one pixel right", 1, 0),
    ("one pixel right and down", 1, 1),
  ]
  let bites = [2, 3, 4, 5, 6]
  var moved = [[Double]](repeating: [], count: moves.count)  // squared distances to the original
  var bitten = [[Double]](repeating: [], count: bites.count)
  let data = Examples(test)
  for first in stride(from: 0, to: data.count, by: 100) {
    let rows = data.fixed(first..<min(first + 100, data.count)).scalars
    for start in stride(from: 0, to: rows.count, by: height * width) {
      let grey = Grey(height: height, width: width, ink: rows[start..<start + height * width].map(Double.init))
      for (i, move) in moves.enumerated() {
        moved[i].append(grey.moved(right: move.1, down: move.2).distance(to: grey))
      }
      for (i, side) in bites.enumerated() { bitten[i].append(grey.bitten(side: side).distance(to: grey)) }
      // Moving by one half is the mean of moving by nothing and by one, so exactly a quarter of the squared distance.
      try check(abs(4 * moved[0].last! - moved[2].last!) < 1e-9 * (1 + moved[2].last!), "a quarter of the distance")
    }
  }
  print("squared pixel distance from \(data.count) test pictures, median")
  for (i, move) in moves.enumerated() {
    print("  moved \(move.0.padding(toLength: 29, withPad: " ", startingAt: 0))\(text(moved[i].median))")
  }
  for (i, side) in bites.enumerated() {
    print("  \(side) x \(side) pixels bitten out            \(text(bitten[i].median))")
  }
  print("pictures for which the bitten one is nearer than the one moved by")
  print("  bitten out" + moves.map { "   \($0.0)" }.joined())
  for (i, side) in bites.enumerated() {
    let shares = moves.indices.map { m in
      100 * Double(zip(bitten[i], moved[m]).filter { $0 < $1 }.count) / Double(data.count)
    }
    print("  \(side) x \(side)     " + zip(shares, moves).map { text($0, 1, width: $1.0.count + 2) + "%" }.joined())
  }

  // sigma at which P(X|z) takes the bitten picture for a thousand times less likely than the whole one: the difference of
  // log N(X; f(z), sigma^2 I) is the squared distance over 2 sigma^2.
  let sigma = (bitten[1].median / (2 * log(1000))).squareRoot()
  let price = moved[3].median / (2 * sigma * sigma)
  print("sigma that makes the median 3 x 3 bite a thousand times less likely: \(text(sigma))")
  print(
    "at that sigma, a pixel right and down is less likely by a factor of e^\(text(price, 0)) = 10^\(text(price / log(10), 0))"
  )

  var sheet: [Picture] = []
  for index in test.firstOf(classes: [3, 2, 5]) {
    let grey = Grey(height: height, width: width, ink: Examples(test).fixed(index..<index + 1).scalars.map(Double.init))
    let row = [grey, grey.bitten(side: 3), grey.moved(right: 0.5, down: 0.5), grey.moved(right: 1, down: 1)]
    print(
      "picture \(index): bitten \(text(row[1].distance(to: grey))), half a pixel \(text(row[2].distance(to: grey))), one pixel \(text(row[3].distance(to: grey)))"
    )
    sheet += row.map { Picture(values: $0.ink.map(Float.init), shape: [height, width]) }
  }
  try PictureGrid(columns: 4, zoom: 4).picture(of: sheet).writePNG(to: place.path("4-distance.png"))
}

/// A grey picture, 0 to 1, in double precision.
struct Grey {
  let height: Int
  let width: Int
  var ink: [Double]

  /// The sum of squared differences.
  func distance(to other: Grey) -> Double { zip(ink, other.ink).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }

  /// Moved by a part of a pixel: each pixel becomes the mean of the four that it now covers, weighted by how much of each
  /// (bilinear). Nothing comes in from outside.
  func moved(right: Double, down: Double) -> Grey {
    func at(_ row: Int, _ column: Int) -> Double { row < 0 || column < 0 ? 0 : ink[row * width + column] }
    var result = self
    for row in 0..<height {
      for column in 0..<width {
        result.ink[row * width + column] =
          (1 - down) * ((1 - right) * at(row, column) + right * at(row, column - 1))
          + down * ((1 - right) * at(row - 1, column) + right * at(row - 1, column - 1))
      }
    }
    return result
  }

  /// Without the ink of the square in which erasing costs most: the worst case for the claim of the page.
  func bitten(side: Int) -> Grey {
    var (most, place) = (-1.0, (0, 0))
    for top in 0...height - side {
      for left in 0...width - side {
        let squares = (0..<side * side).reduce(0.0) {
          let value = ink[(top + $1 / side) * width + left + $1 % side]
          return $0 + value * value
        }
        if squares > most { (most, place) = (squares, (top, left)) }
      }
    }
    var result = self
    for row in place.0..<place.0 + side {
      for column in place.1..<place.1 + side { result.ink[row * width + column] = 0 }
    }
    return result
  }
}
