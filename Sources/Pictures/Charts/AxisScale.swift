import Foundation

/// How numbers are laid along an axis of a chart.
public enum AxisScale: Sendable {
  /// Equal differences are equally far apart.
  case linear
  /// Equal ratios are equally far apart; what is not positive is not shown.
  case logarithmic
}

/// One axis: the numbers it spans, where they are on the paper, and the ticks.
struct Axis {
  let scale: AxisScale
  let low: Double
  let high: Double
  /// Where `low` and `high` are, in pixels.
  let start: Double
  let end: Double
  /// Epochs and counts get no ticks between whole numbers.
  private let leastStep: Double

  /// An axis over the shown part of `values`, or over `range`; `rounded` extends it to the next ticks.
  init(
    over values: some Sequence<Double>, range: ClosedRange<Double>?, scale: AxisScale, rounded: Bool, start: Double,
    end: Double
  ) {
    self.scale = scale
    self.start = start
    self.end = end
    var (low, high) = (Double.infinity, -Double.infinity)
    if let range {
      (low, high) = (range.lowerBound, range.upperBound)
    } else {
      for value in values where Self.shows(value, scale) { (low, high) = (min(low, value), max(high, value)) }
    }
    if !(low <= high && Self.shows(low, scale) && Self.shows(high, scale)) { (low, high) = (1, 10) }
    let isWhole = values.allSatisfy { !Self.shows($0, scale) || $0 == $0.rounded() }
    if high - low <= max(1e-12 * max(abs(low), abs(high)), 1e-300) {
      let room = max(abs(low) * 0.1, 1e-3)
      (low, high) = scale == .logarithmic ? (low / 2, high * 2) : (low - room, high + room)
    }
    leastStep = isWhole && scale == .linear ? 1 : 0
    if rounded && range == nil && scale == .linear {
      let step = max(Self.niceStep(low: low, high: high, count: Self.tickCount(start, end)), leastStep)
      (low, high) = ((low / step + 1e-9).rounded(.down) * step, (high / step - 1e-9).rounded(.up) * step)
    }
    self.low = low
    self.high = high
  }

  /// Whether a number has a place on such an axis; the limits keep differences and ratios finite.
  static func shows(_ value: Double, _ scale: AxisScale) -> Bool {
    abs(value) <= 1e300 && (scale == .linear || value >= 1e-300)
  }

  /// Where a number is on the paper, or nil if it has no place.
  func position(_ value: Double) -> Double? {
    guard Self.shows(value, scale) else { return nil }
    let part =
      scale == .linear ? (value - low) / (high - low) : (log10(value) - log10(low)) / (log10(high) - log10(low))
    return start + part * (end - start)
  }

  /// How much of a linear axis goes into a pixel.
  var unitsPerPixel: Double { (high - low) / abs(end - start) }

  /// The same linear axis about the same middle, with so much in a pixel.
  func widened(toUnitsPerPixel unit: Double) -> Axis {
    let (middle, half) = ((low + high) / 2, unit * abs(end - start) / 2)
    return Axis(over: [], range: middle - half...middle + half, scale: scale, rounded: false, start: start, end: end)
  }

  /// Numbers to write beside the axis, with their text.
  var ticks: [(value: Double, label: String)] {
    let count = Self.tickCount(start, end)
    if scale == .logarithmic && high / low >= 5 { return Self.logTicks(low: low, high: high, count: count) }
    let step = max(Self.niceStep(low: low, high: high, count: count), leastStep)
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { (Double($0) * step, Self.label(Double($0) * step, step: step)) }
  }

  private static func logTicks(low: Double, high: Double, count: Int) -> [(value: Double, label: String)] {
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let leaders: [Double] = log10(high / low) < 2.5 ? [1, 2, 5] : [1]
    let skip = max(1, decades.count / max(count, 1))
    return decades.filter { $0 % skip == 0 }.flatMap { decade in
      leaders.map { $0 * pow(10, Double(decade)) }.filter { $0 >= low * 0.999_999 && $0 <= high * 1.000_001 }.map {
        ($0, label($0, step: $0))
      }
    }
  }

  // About one tick per 80 pixels across, 55 up.
  private static func tickCount(_ start: Double, _ end: Double) -> Int {
    max(2, Int(abs(end - start) / (end > start ? 80 : 55)))
  }

  /// The smallest of 1, 2, 5 times a power of ten that needs no more than about `count` steps.
  private static func niceStep(low: Double, high: Double, count: Int) -> Double {
    let raw = (high - low) / Double(count)
    let power = pow(10, log10(raw).rounded(.down))
    return ([1, 2, 5].first { $0 * power >= raw * 0.999_999 } ?? 10) * power
  }

  private static func label(_ value: Double, step: Double) -> String {
    if value == 0 { return "0" }
    if abs(value) >= 1e6 || step < 1e-5 { return String(format: "%.4g", value).replacing("-", with: "\u{2212}") }
    let decimals = max(0, Int(-(log10(step) + 1e-9).rounded(.down)))
    let digits = String(format: "%.\(decimals)f", abs(value))
    let whole = digits.prefix { $0 != "." }
    // Thousands apart by a thin space, from five digits on.
    let grouped =
      whole.count < 5
      ? String(whole)
      : whole.enumerated().map { (($0 > 0 && (whole.count - $0) % 3 == 0) ? "\u{2009}" : "") + String($1) }.joined()
    return (value < 0 ? "\u{2212}" : "") + grouped + digits.dropFirst(whole.count)
  }
}
