import Files

/// Containers: which variable holds the examples, and which their classes.
extension DataFile {
  /// The variable asked for, or the first that looks like pictures.
  private func choose(_ wanted: String?, from variables: [VariableInfo]) throws -> VariableInfo {
    let names = variables.map(\.name).joined(separator: ", ")
    if let wanted {
      if let match = variables.first(where: { $0.name == wanted }), match.type != nil { return match }
      throw DataError(
        file: path, expected: "a variable \(wanted) of numbers", found: names.isEmpty ? "none" : names,
        remedy: "choose one of these")
    }
    let candidates = variables.filter(\.isImageLike)
    if let pictures = candidates.first(where: { $0.shape.count >= 3 }) ?? candidates.first { return pictures }
    throw DataError(
      file: path, expected: "a variable of examples", found: names.isEmpty ? "none" : names,
      remedy: "give a file with an array of at least two dimensions")
  }

  private func labelVariable(_ variables: [VariableInfo], counts: [Int]) -> VariableInfo? {
    variables.first { variable in
      variable.type != nil && Self.labelNames.contains(variable.name.lowercased())
        && counts.contains(variable.count ?? 0)
    }
  }

  func readNPZ(name: String, variable: String?, limit: Int?) throws -> Dataset {
    let variables = try NPZReader.variables(path: path)
    let chosen = try choose(variable, from: variables)
    let array = try NPZReader.read(path: path, variable: chosen.name, limit: limit)
    let labels = try labelVariable(variables, counts: [chosen.shape.first ?? 1]).flatMap { info in
      try NPZReader.read(path: path, variable: info.name, limit: limit).labels(count: array.shape[0])
    }
    return array.dataset(name: name, labels: labels)
  }

  func readMATLAB(name: String, variable: String?, limit: Int?) throws -> Dataset {
    let variables = try MATLABReader.variables(path: path)
    let chosen = try choose(variable, from: variables)
    let info = labelVariable(variables, counts: chosen.shape)
    let labelCount = info?.count
    let layout =
      MATLABLayout.known.first { $0.variable == chosen.name && $0.shape == chosen.shape }
      ?? MATLABLayout(guessing: chosen, labelCount: labelCount)
    let array = layout.examples(try MATLABReader.readReversed(path: path, variable: chosen.name)).prefix(limit)
    let labels = try info.flatMap { info -> [Int]? in
      let all = try MATLABReader.read(path: path, variable: info.name)
      return all.labels(count: all.values.count).map { Array($0.prefix(array.shape[0])) }
    }
    var dataset = array.dataset(name: name, labels: labels?.count == array.shape[0] ? labels : nil)
    dataset.isOrdered = layout.isOrdered
    return dataset
  }
}

/// How examples lie in a MATLAB array, which the format doesn't say.
struct MATLABLayout {
  /// The variable's name.
  var variable: String
  /// Its shape in MATLAB.
  var shape: [Int]
  /// The shape of the values as they lie in the file, row-major, with pictures unfolded.
  var stored: [Int]
  /// Where each axis of the examples, [count, height, width ...], is among those.
  var order: [Int]
  /// Neighbours are alike.
  var isOrdered = false

  /// Published sets: Frey (a face a column, row by row), Olivetti (a column, column by column), Caltech-101
  /// silhouettes and COIL-20 (a row, column by column).
  static let known = [
    MATLABLayout(variable: "ff", shape: [560, 1965], stored: [1965, 28, 20], order: [0, 1, 2], isOrdered: true),
    MATLABLayout(variable: "faces", shape: [4096, 400], stored: [400, 64, 64], order: [0, 2, 1]),
    MATLABLayout(variable: "X", shape: [8671, 784], stored: [28, 28, 8671], order: [2, 1, 0]),
    MATLABLayout(variable: "X", shape: [1440, 1024], stored: [32, 32, 1440], order: [2, 1, 0]),
  ]

  /// An array of three or more axes counts examples on its last, [height, width, (channels,) count]; a matrix has
  /// an example a row, unless its classes are as many as its columns.
  init(guessing info: VariableInfo, labelCount: Int?) {
    let rank = info.shape.count
    let hasColumns = rank == 2 && labelCount == info.shape[1] && labelCount != info.shape[0]
    let reversed = Array((0..<rank).reversed())
    self.init(
      variable: info.name, shape: info.shape, stored: info.shape.reversed(),
      order: rank > 2 ? [0] + reversed.dropLast() : hasColumns ? [0, 1] : reversed)
  }

  private init(variable: String, shape: [Int], stored: [Int], order: [Int], isOrdered: Bool = false) {
    self.variable = variable
    self.shape = shape
    self.stored = stored
    self.order = order
    self.isOrdered = isOrdered
  }

  /// The array as [count, example...].
  func examples(_ array: NumericArray) -> NumericArray {
    let stored = array.reshaped(stored)
    return order == Array(order.indices) ? stored : stored.permuted(order)
  }
}
