/// Flags that were called otherwise before. The old names still work and are in no help.
enum FormerNames {
  static let flags = [
    "--average": "--ema-decay", "--initial": "--initializer", "--maps": "--channels", "--segment": "--checkpoint-steps",
  ]

  /// Arguments with today's names, `--flag value` and `--flag=value` alike.
  static func replaced(_ arguments: [String]) -> [String] {
    guard arguments.first == "train" else { return arguments }
    return arguments.map { argument in
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let new = flags[String(parts[0])] else { return argument }
      return parts.count == 1 ? new : "\(new)=\(parts[1])"
    }
  }
}
