/// What a set of examples looks like in numbers.
public struct DataSummary: Sendable, Codable, Equatable {
  /// Number of examples.
  public var count: Int
  /// The shape of one.
  public var shape: [Int]
  /// uint8 (0 to 255) or float32.
  public var type: String
  /// The least value; NaN is left out here and in what follows.
  public var minimum: Double
  /// The greatest value.
  public var maximum: Double
  /// The mean of all values.
  public var mean: Double
  /// Values that are NaN or infinite.
  public var nonFinite: Int
  /// Values that are missing: NaN.
  public var missing: Int
  /// Examples per class, as text so that it is a JSON object, where there are classes.
  public var labels: [String: Int]?
  /// What the classes are called, by number, where they have names.
  public var labelNames: [String]?
  /// Names of the known causes, where there are any.
  public var factors: [String]?
  /// How many values each of them takes.
  public var factorValues: [String: Int]?
  /// Whether neighbours are alike.
  public var isOrdered: Bool

  /// Looks at all values once.
  public init(_ data: Dataset) {
    count = data.count
    shape = data.exampleShape
    factors = data.factors?.names
    factorValues = data.factors.map { all in
      let names = all.names
      return Dictionary(
        uniqueKeysWithValues: names.indices.map { column in
          let values = stride(from: column, to: all.values.count, by: names.count).map { all.values[$0] }
          return (names[column], Set(values).count)
        })
    }
    isOrdered = data.isOrdered
    labelNames = data.labelNames
    labels = data.labels.map { labels in
      labels.reduce(into: [:]) { $0[String($1), default: 0] += 1 }
    }
    (nonFinite, missing) = (0, 0)
    switch data.values {
    case .bytes, .mapped:
      type = NumberType.uint8.rawValue
      (minimum, maximum, mean) =
        data.values.withBytes { bytes in
          var counts = [Int](repeating: 0, count: 256)
          for byte in bytes { counts[Int(byte)] += 1 }
          let sum = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
          return (
            Double(counts.firstIndex { $0 > 0 } ?? 0), Double(counts.lastIndex { $0 > 0 } ?? 0),
            Double(sum) / Double(max(1, bytes.count))
          )
        } ?? (0, 0, 0)
    case .floats(let floats):
      type = NumberType.float32.rawValue
      var least = Float.infinity
      var greatest = -Float.infinity
      var sum = 0.0
      for value in floats {
        if value.isFinite {
          least = min(least, value)
          greatest = max(greatest, value)
          sum += Double(value)
        } else {
          nonFinite += 1
          if value.isNaN { missing += 1 }
        }
      }
      let finite = floats.count - nonFinite
      minimum = finite > 0 ? Double(least) : 0
      maximum = finite > 0 ? Double(greatest) : 0
      mean = finite > 0 ? sum / Double(finite) : 0
    }
  }
}
