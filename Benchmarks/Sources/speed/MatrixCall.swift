/// One product, ready to be made: which numbers, how many, and where the result goes.
struct MatrixCall: @unchecked Sendable {
  /// Rows and columns of a factor as it lies in memory, and whether it is turned over first.
  struct Factor {
    let pointer: UnsafeMutablePointer<Float>
    let stride: Int
    var isTransposed = false
  }

  let a: Factor
  let b: Factor
  let m: Int
  let n: Int
  let k: Int
  let out: Factor
  var isAdding = false

  /// Multiplications and additions.
  var operations: Double { 2 * Double(m * n * k) }

  func run(by library: MatrixLibrary) {
    library.multiply(
      a.pointer, stride: a.stride, transposed: a.isTransposed, b.pointer, stride: b.stride,
      transposed: b.isTransposed, m: m, n: n, k: k, into: out.pointer, stride: out.stride, adding: isAdding)
  }

  /// Ordinary small numbers, never given back: a process makes its arrays once.
  static func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    for i in 0..<count { pointer[i] = Float(i % 17 - 8) / 64 }
    return pointer
  }
}
