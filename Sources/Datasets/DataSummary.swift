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

/// What is at a path, or behind a name: format, variables, and each part's numbers.
public struct DataInspection: Sendable, Codable, Equatable {
  /// A variable of a file.
  public struct Variable: Sendable, Codable, Equatable {
    /// Its name; empty in a file of one array.
    public var name: String
    /// Its shape, in the file's order of axes.
    public var shape: [Int]
    /// How its numbers are stored; nil for text, objects and the like.
    public var type: String?
  }

  /// The path, or the folder of a set.
  public var path: String
  /// The file's format, or "set" for a known one.
  public var format: String
  /// The variables of the file.
  public var variables: [Variable]
  /// train, and validation and test where the set has them.
  public var parts: [String: DataSummary]
  /// Why the examples can't be read, where they can't though the file can be listed.
  public var problem: String?
}

extension DataLocator {
  /// Looks at a file or a known set; throws `DataError` where there is none, or it can't even be listed.
  ///
  /// `pictures` is what becomes of pictures as they are read.
  public func inspect(
    _ nameOrPath: String, variable: String? = nil, limit: Int? = nil, pictures: PictureOptions = PictureOptions()
  ) throws -> DataInspection {
    if let entry = Catalog.entry(named: nameOrPath) {
      let splits = try load(nameOrPath, limit: limit, pictures: pictures)
      var parts = ["train": DataSummary(splits.train)]
      parts["validation"] = splits.validation.map { DataSummary($0) }
      parts["test"] = splits.test.map { DataSummary($0) }
      return DataInspection(
        path: try folder(of: entry) ?? entry.name, format: "set", variables: [], parts: parts)
    }
    let (path, chosen) = try Self.file(nameOrPath)
    if let format = Self.manyPictures(at: path) {
      let splits = try load(nameOrPath, variable: variable, limit: limit, pictures: pictures)
      var parts = ["train": DataSummary(splits.train)]
      parts["test"] = splits.test.map { DataSummary($0) }
      return DataInspection(path: path, format: format, variables: [], parts: parts)
    }
    let file = try DataFile(path: path)
    let variables = try file.variables().map {
      DataInspection.Variable(name: $0.name, shape: $0.shape, type: $0.type?.rawValue)
    }
    var result = DataInspection(path: path, format: file.format.rawValue, variables: variables, parts: [:])
    do {
      let data = try file.read(variable: variable ?? chosen, limit: limit)
      result.parts["train"] = DataSummary(try data.fitted(pictures))
    } catch let error as DataError where variables.count > 1 && variable == nil && chosen == nil {
      // The list of variables is the answer; which of them is readable may be what is being asked.
      result.problem = error.description
    }
    return result
  }
}
