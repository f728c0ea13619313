/// The pen's way through one digit: points, and strokes as smooth curves through some of them.
///
/// Strokes name points by index, so strokes that meet still meet after the points have been moved.
/// A stroke that ends where it began is closed and has no corner there.
struct Glyph {
  /// x to the right, y down, the digit about 1 high.
  let points: [(x: Double, y: Double)]
  let strokes: [[Int]]

  /// Ways of writing each digit; the more often a way is listed, the more often it is written.
  static let ways: [[Glyph]] = [
    [zero], [stick, stick, flaggedOne], [two, two, loopedTwo], [three], [openFour, openFour, closedFour],
    [five], [six], [seven, seven, crossedSeven], [eight], [nine, straightNine],
  ]

  static let zero = Glyph(
    points: [
      (0.36, 0.00), (0.11, 0.16), (0.00, 0.50), (0.11, 0.86), (0.33, 1.00), (0.57, 0.84), (0.67, 0.48), (0.57, 0.13),
    ],
    strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 0]])

  static let stick = Glyph(points: [(0.10, 0.00), (0.10, 0.50), (0.10, 1.00)], strokes: [[0, 1, 2]])

  static let flaggedOne = Glyph(
    points: [(-0.12, 0.22), (0.00, 0.13), (0.12, 0.00), (0.12, 0.50), (0.12, 1.00)],
    strokes: [[0, 1, 2], [2, 3, 4]])

  static let two = Glyph(
    points: [
      (0.03, 0.22), (0.14, 0.05), (0.36, 0.00), (0.57, 0.13), (0.54, 0.38), (0.31, 0.68), (0.00, 0.97), (0.32, 0.95),
      (0.66, 0.98),
    ],
    strokes: [[0, 1, 2, 3, 4, 5, 6], [6, 7, 8]])

  static let loopedTwo = Glyph(
    points: [
      (0.03, 0.19), (0.16, 0.04), (0.37, 0.00), (0.56, 0.14), (0.52, 0.40), (0.32, 0.70), (0.13, 0.93), (0.00, 0.92),
      (0.05, 0.79), (0.24, 0.80), (0.45, 0.95), (0.70, 0.93),
    ],
    strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]])

  static let three = Glyph(
    points: [
      (0.03, 0.12), (0.26, 0.00), (0.51, 0.09), (0.49, 0.31), (0.22, 0.46), (0.51, 0.55), (0.61, 0.76), (0.43, 0.97),
      (0.18, 0.99), (0.00, 0.87),
    ],
    strokes: [[0, 1, 2, 3, 4], [4, 5, 6, 7, 8, 9]])

  static let openFour = Glyph(
    points: [
      (0.10, 0.03), (0.05, 0.29), (0.02, 0.56), (0.31, 0.57), (0.63, 0.53), (0.53, 0.00), (0.50, 0.50), (0.47, 1.00),
    ],
    strokes: [[0, 1, 2], [2, 3, 4], [5, 6, 7]])

  static let closedFour = Glyph(
    points: [
      (0.46, 0.00), (0.23, 0.34), (0.00, 0.65), (0.32, 0.66), (0.65, 0.64), (0.45, 0.50), (0.44, 1.00),
    ],
    strokes: [[0, 1, 2], [2, 3, 4], [0, 5, 6]])

  static let five = Glyph(
    points: [
      (0.60, 0.01), (0.37, 0.02), (0.15, 0.03), (0.12, 0.23), (0.09, 0.44), (0.33, 0.38), (0.56, 0.50), (0.59, 0.73),
      (0.42, 0.95), (0.17, 0.99), (0.00, 0.89),
    ],
    strokes: [[0, 1, 2], [2, 3, 4], [4, 5, 6, 7, 8, 9, 10]])

  static let six = Glyph(
    points: [
      (0.47, 0.00), (0.24, 0.20), (0.07, 0.49), (0.05, 0.80), (0.25, 1.00), (0.50, 0.89), (0.53, 0.66), (0.33, 0.54),
      (0.09, 0.70),
    ],
    strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8]])

  static let seven = Glyph(
    points: [(0.00, 0.05), (0.31, 0.03), (0.62, 0.00), (0.46, 0.32), (0.32, 0.65), (0.24, 1.00)],
    strokes: [[0, 1, 2], [2, 3, 4, 5]])

  static let crossedSeven = Glyph(
    points: seven.points + [(0.16, 0.51), (0.38, 0.50), (0.60, 0.48)],
    strokes: seven.strokes + [[6, 7, 8]])

  static let eight = Glyph(
    points: [
      (0.54, 0.11), (0.32, 0.00), (0.10, 0.12), (0.12, 0.31), (0.33, 0.47), (0.54, 0.66), (0.54, 0.88), (0.31, 1.00),
      (0.07, 0.88), (0.10, 0.65), (0.53, 0.30),
    ],
    strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 10, 0]])

  static let nine = Glyph(
    points: [
      (0.54, 0.12), (0.33, 0.00), (0.09, 0.13), (0.05, 0.36), (0.24, 0.50), (0.46, 0.38), (0.55, 0.45), (0.51, 0.75),
      (0.40, 1.00),
    ],
    strokes: [[0, 1, 2, 3, 4, 5, 0], [0, 6, 7, 8]])

  static let straightNine = Glyph(
    points: [
      (0.52, 0.10), (0.31, 0.00), (0.08, 0.12), (0.05, 0.34), (0.24, 0.47), (0.45, 0.36), (0.50, 0.55), (0.48, 1.00),
    ],
    strokes: [[0, 1, 2, 3, 4, 5, 0], [0, 6, 7]])
}
