/// Reads .npz, a zip of .npy members, stored or deflated. Members are streamed: of an array of gigabytes only the
/// examples asked for are inflated.
public enum NPZReader {
  /// The variables of a file; `type` is nil for those that aren't plain numbers.
  public static func variables(path: String) throws -> [VariableInfo] {
    let archive = try ArchiveReader(path: path)
    var variables: [VariableInfo] = []
    while let member = try archive.next() {
      guard member.member.hasSuffix(".npy") else { continue }
      let name = String(member.member.dropLast(4))
      if let header = try? NPYHeader(member) {
        variables.append(VariableInfo(name: name, shape: header.shape, type: header.type))
      } else {
        variables.append(VariableInfo(name: name, shape: [], type: nil))
      }
    }
    return variables
  }

  /// One variable, or its first `limit` examples; throws `DataError`.
  public static func read(path: String, variable: String, limit: Int? = nil) throws -> NumericArray {
    try ArchiveReader(path: path).withMember(variable + ".npy") { member in
      try NPYReader.read(member, name: variable, limit: limit)
    }
  }
}
