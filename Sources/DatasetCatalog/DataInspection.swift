import Datasets
import Files

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
    if let container = PictureContainer(at: path) {
      let splits = try load(nameOrPath, variable: variable, limit: limit, pictures: pictures)
      var parts = ["train": DataSummary(splits.train)]
      parts["test"] = splits.test.map { DataSummary($0) }
      return DataInspection(path: path, format: container.rawValue, variables: [], parts: parts)
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
