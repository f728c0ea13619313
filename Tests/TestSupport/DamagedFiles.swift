import Files
import Foundation
import Testing

/// Numbers that are the same on every run.
package struct Sequence64: RandomNumberGenerator {
  package var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Cuts and damages a file in many ways: what `read` throws must be a `DataError`, and a cut file must not pass.
package func expectOnlyDataErrors(
  _ bytes: [UInt8], _ name: String, cuts: Int = 150, flips: Int = 300, mayPassWhenCut: Bool = false,
  _ read: (String) throws -> Void
) throws {
  let folder = try TemporaryFolder()
  func attempt(_ content: [UInt8], _ what: String, mustFail: Bool) throws {
    let path = try folder.file(name, content)
    do {
      try read(path)
      #expect(!mustFail, "\(name) \(what) was read")
    } catch let error as DataError {
      #expect(error.description.contains(name))
      #expect(!error.description.contains("\n"))
    } catch {
      Issue.record("\(name) \(what): \(error)")
    }
  }
  try read(try folder.file(name, bytes))
  try attempt([], "empty", mustFail: true)
  for index in 0..<min(cuts, bytes.count) {
    let cut = bytes.count <= cuts ? index : index * bytes.count / cuts
    try attempt(Array(bytes[..<cut]), "cut at \(cut)", mustFail: !mayPassWhenCut)
  }
  var random = Sequence64(state: 7)
  // VAE_FUZZ=20 tries twenty times as many.
  let effort = ProcessInfo.processInfo.environment["VAE_FUZZ"].flatMap { Int($0) } ?? 1
  for round in 0..<(flips * effort) {
    var damaged = bytes
    // Headers are at the front: damage them more often.
    let reach = round % 2 == 0 ? min(bytes.count, 256) : bytes.count
    for _ in 0...(round % 3) {
      damaged[Int.random(in: 0..<reach, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    try attempt(damaged, "damaged, round \(round)", mustFail: false)
  }
}

/// What an expression throws, if it is a `DataError`.
package func dataError(_ body: () throws -> Void) -> DataError? {
  do {
    try body()
    return nil
  } catch { return error as? DataError }
}
