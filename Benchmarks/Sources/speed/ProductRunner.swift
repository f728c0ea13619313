import Dispatch

/// Runs the products of a graph and nothing else, split over threads the way the library splits them.
///
/// The rows of every array are cut into one shard per thread; a thread multiplies its rows, forward and backward. A
/// weight's gradient is cut by the weight's own rows instead: a thread adds up its rows over all shards.
final class ProductRunner: Work, @unchecked Sendable {
  private typealias Numbers = UnsafeMutablePointer<Float>

  private let graph: ProductGraph
  private let threads: Int
  private let library: MatrixLibrary
  private let values: [Numbers]
  private let gradients: [Numbers]
  private let weights: [Numbers]
  private let weightGradients: [Numbers]
  private var calls: [[MatrixCall]] = []

  init(_ graph: ProductGraph, threads: Int, library: MatrixLibrary) {
    self.graph = graph
    self.threads = threads
    self.library = library
    let (sizes, weightSizes) = (graph.values.map { $0.rows * $0.width }, graph.weights.map { $0.inputs * $0.outputs })
    values = sizes.map(MatrixCall.numbers)
    weights = weightSizes.map(MatrixCall.numbers)
    gradients = graph.hasBackwardPass ? sizes.map(MatrixCall.numbers) : []
    weightGradients = graph.hasBackwardPass ? weightSizes.map(MatrixCall.numbers) : []
    calls = (0..<threads).map { graph.hasBackwardPass ? forward($0) + backward($0) : forward($0) }
  }

  var unitsPerStep: Double { graph.unitsPerPass }

  /// Passes until told to stop. Threads do not wait for one another between passes.
  func run(until isDone: (Int) -> Bool) -> Double {
    var passes = 0
    var block = 1
    let clock = ContinuousClock()
    while !isDone(passes) {
      let elapsed = clock.measure {
        DispatchQueue.concurrentPerform(iterations: threads) { [block] thread in
          library.useOneThread()
          for _ in 0..<block { for call in calls[thread] { call.run(by: library) } }
        }
      }
      passes += block
      // Blocks of a tenth to a fifth of a second, so that the threads' meeting after each costs nothing.
      if elapsed < .milliseconds(100) { block *= 2 }
    }
    return 0
  }

  private func share(_ count: Int, _ thread: Int) -> Range<Int> {
    count * thread / threads..<count * (thread + 1) / threads
  }

  private func forward(_ thread: Int) -> [MatrixCall] {
    graph.edges.map { edge in
      let (weight, rows) = (graph.weights[edge.weight], share(graph.values[edge.to].rows, thread))
      return MatrixCall(
        a: part(values[edge.from], rows, weight.inputs), b: factor(edge.weight, turned: false), m: rows.count,
        n: weight.outputs, k: weight.inputs, out: part(values[edge.to], rows, weight.outputs))
    }
  }

  private func backward(_ thread: Int) -> [MatrixCall] {
    let edges = graph.edges.reversed()
    var begun = Set<Int>()
    return edges.filter { !graph.values[$0.from].isData }.map { inputGradient($0, thread) }
      + edges.flatMap { weightGradient($0, thread, isFirst: begun.insert($0.weight).inserted) }
  }

  private func inputGradient(_ edge: ProductGraph.Edge, _ thread: Int) -> MatrixCall {
    let (weight, rows) = (graph.weights[edge.weight], share(graph.values[edge.to].rows, thread))
    return MatrixCall(
      a: part(gradients[edge.to], rows, weight.outputs), b: factor(edge.weight, turned: true), m: rows.count,
      n: weight.inputs, k: weight.outputs, out: part(gradients[edge.from], rows, weight.inputs))
  }

  /// The thread's rows of the weight as it is stored, added up over the shards of the batch.
  private func weightGradient(_ edge: ProductGraph.Edge, _ thread: Int, isFirst: Bool) -> [MatrixCall] {
    let weight = graph.weights[edge.weight]
    var (left, right) = ((values[edge.from], weight.inputs), (gradients[edge.to], weight.outputs))
    if weight.hasRowPerOutput { swap(&left, &right) }
    let mine = share(left.1, thread)
    return (0..<threads).map { shard in
      let rows = share(graph.values[edge.to].rows, shard)
      return MatrixCall(
        a: .init(pointer: left.0 + rows.lowerBound * left.1 + mine.lowerBound, stride: left.1, isTransposed: true),
        b: part(right.0, rows, right.1), m: mine.count, n: right.1, k: rows.count,
        out: part(weightGradients[edge.weight], mine, right.1), isAdding: !isFirst || shard > 0)
    }
  }

  private func part(_ numbers: Numbers, _ rows: Range<Int>, _ width: Int) -> MatrixCall.Factor {
    .init(pointer: numbers + rows.lowerBound * width, stride: width)
  }

  /// A weight as the right factor: from inputs to outputs, or `turned`, back.
  private func factor(_ index: Int, turned: Bool) -> MatrixCall.Factor {
    let weight = graph.weights[index]
    return .init(
      pointer: weights[index], stride: weight.hasRowPerOutput ? weight.inputs : weight.outputs,
      isTransposed: weight.hasRowPerOutput != turned)
  }
}
