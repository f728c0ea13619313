import ArgumentParser
import Dispatch
import Foundation

/// `speed blas`
struct BLASCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blas", abstract: "GFLOP/s of matrix products on the project's shapes, as a Markdown table.",
    discussion: """
      Each thread makes a product of its own, as in a step of training; the figure is that of all threads together, the \
      best of several blocks. By default that of the library the package is linked to; --library tries others, which \
      have either the interface of oneDNN (dnnl_sgemm) or the standard one (cblas_sgemm):

        speed blas --library libopenblas.so.0 --library libblis.so.4 --library $HOME/mkl/libmkl_rt.so.2
      """)

  @Option(help: "Columns: numbers of threads.") var threads = "1,2"
  @Option(help: "Seconds per figure.") var seconds = 0.5
  @Option(help: "A library's file, beside the package's own; may be given several times.") var library: [String] = []
  @Flag(help: "Only say which library the package is linked to.") var which = false

  /// m, n, k and which factor is turned over: products of a step of training at half a batch, and of evaluation.
  private static let shapes: [(m: Int, n: Int, k: Int, a: Bool, b: Bool)] = [
    (50, 200, 784, false, false), (50, 784, 200, false, false), (784, 200, 50, true, false),
    (64, 400, 784, false, false), (64, 400, 784, false, true), (392, 400, 64, true, false),
    (256, 784, 400, false, false), (392, 400, 256, true, false), (512, 784, 200, false, false),
    (512, 200, 50, false, false), (2000, 784, 200, false, false), (2000, 200, 50, false, false),
    (5000, 784, 200, false, false), (50, 1024, 264, false, true), (32_768, 48, 32, false, false),
  ]

  func run() throws {
    if which { return print(try MatrixLibrary().description) }
    let counts = try threads.split(separator: ",").map {
      guard let count = Int($0), count > 0 else { throw ValidationError("--threads \(threads): numbers of threads") }
      return count
    }
    let libraries = try [MatrixLibrary()] + library.map { try MatrixLibrary(path: $0) }
    for (index, library) in libraries.enumerated() { print("- [\(index + 1)] \(library.description)") }
    let columns = libraries.indices.flatMap { index in counts.map { (index, $0) } }
    let heads = columns.map { "[\($0 + 1)] \($1) thread\($1 == 1 ? "" : "s")" }
    print("\n| GFLOP/s, m x n x k | \(heads.joined(separator: " | ")) |")
    print("| --- |\(String(repeating: " ---: |", count: columns.count))")
    for shape in Self.shapes {
      let calls = (0..<(counts.max() ?? 1)).map { _ in Self.call(shape) }
      let figures = columns.map { rate(calls.prefix($1), by: libraries[$0]) }.map { String(format: "%.0f", $0) }
      let note = shape.a ? ", transposed left" : shape.b ? ", transposed right" : ""
      print("| \(shape.m) x \(shape.n) x \(shape.k)\(note) | \(figures.joined(separator: " | ")) |")
      for call in calls { for factor in [call.a, call.b, call.out] { free(factor.pointer) } }
    }
  }

  private static func call(_ shape: (m: Int, n: Int, k: Int, a: Bool, b: Bool)) -> MatrixCall {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    return MatrixCall(
      a: .init(pointer: MatrixCall.numbers(m * k), stride: shape.a ? m : k, isTransposed: shape.a),
      b: .init(pointer: MatrixCall.numbers(k * n), stride: shape.b ? k : n, isTransposed: shape.b), m: m, n: n, k: k,
      out: .init(pointer: MatrixCall.numbers(m * n), stride: n))
  }

  /// The best of blocks of about 50 ms, each thread with its own arrays.
  private func rate(_ calls: ArraySlice<MatrixCall>, by library: MatrixLibrary) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var (block, best) = (1, 0.0)
    while clock.now - start < .seconds(seconds) {
      let elapsed = clock.measure {
        DispatchQueue.concurrentPerform(iterations: calls.count) { [block] thread in
          library.useOneThread()
          for _ in 0..<block { calls[thread].run(by: library) }
        }
      }
      if elapsed < .milliseconds(40) {
        block *= 2
      } else {
        best = max(best, 1e-9 * calls.reduce(0) { $0 + $1.operations } * Double(block) / (elapsed / .seconds(1)))
      }
    }
    return best
  }
}
