import Files

/// The sets that are known by name.
public enum Catalog {
  /// All of them, in the order in which they are listed.
  public static let all: [CatalogEntry] = [
    mnist, binarizedMNIST, fashionMNIST, omniglot, freyFaces, digits, scenes, sprites, orlFaces, olivetti, yaleFaces,
    silhouettes, coil20, coil100, cifar10, houseNumbers, faces, horses, membranes,
  ]

  /// The set of that name; case doesn't matter, and `_` is as good as `-`.
  public static func entry(named name: String) -> CatalogEntry? {
    let wanted = normalized(name)
    return all.first { $0.name == wanted }
  }

  /// The set of masks whose photographs are meant by `NAME:photos`.
  static func maskedEntry(ofPhotographs name: String) -> CatalogEntry? {
    let ending = ":\(CatalogEntry.photographs)"
    guard name.hasSuffix(ending), let entry = entry(named: String(name.dropLast(ending.count))) else { return nil }
    return entry.holdsMasks ? entry : nil
  }

  /// The set of that name; throws `DataError` with the names it could have meant.
  public static func known(_ name: String) throws -> CatalogEntry {
    if let entry = entry(named: name) { return entry }
    throw DataError(file: name, expected: "a known set", found: "none of that name", remedy: advice(name))
  }

  /// What to say to a name that isn't known.
  static func advice(_ name: String) -> String {
    let near = names(near: name)
    if !near.isEmpty { return "did you mean \(near.prefix(3).joined(separator: " or "))?" }
    return "known sets: \(all.map(\.name).joined(separator: ", "))"
  }

  /// Names that could have been meant, the nearest first.
  public static func names(near name: String) -> [String] {
    let wanted = normalized(name)
    let ranked = all.map { ($0.name, distance(Array(wanted), Array($0.name))) }
    let near = ranked.filter { candidate, distance in
      distance <= max(2, candidate.count / 3) || (wanted.count >= 3 && candidate.contains(wanted))
    }
    return near.sorted { $0.1 < $1.1 }.map(\.0)
  }

  private static func normalized(_ name: String) -> String {
    String(name.lowercased().map { $0 == "_" ? "-" : $0 })
  }

  /// Levenshtein's distance: insertions, deletions and replacements.
  private static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in second.enumerated() {
        let replaced = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
