/// Which matrix products a step is made of: arrays of numbers, and weights that lead from one to another.
struct ProductGraph {
  /// An array of activations, and in the backward pass of their gradients.
  struct Value {
    let width: Int
    let rows: Int
    /// The data have no gradient.
    var isData = false
  }

  /// A product: the array `from` times a weight gives the array `to`.
  struct Edge {
    let from: Int
    let to: Int
    let weight: Int
  }

  /// A matrix from inputs to outputs.
  struct Weight {
    let inputs: Int
    let outputs: Int
    /// Stored [outputs, inputs], as a recurrent cell's are, rather than [inputs, outputs].
    var hasRowPerOutput = false
  }

  private(set) var values: [Value] = []
  private(set) var weights: [Weight] = []
  private(set) var edges: [Edge] = []
  /// Whether gradients are computed too.
  var hasBackwardPass = true
  /// What one pass through the graph is worth, in units of the case.
  var unitsPerPass = 1.0

  mutating func value(_ width: Int, rows: Int, isData: Bool = false) -> Int {
    values.append(Value(width: width, rows: rows, isData: isData))
    return values.count - 1
  }

  mutating func weight(_ inputs: Int, _ outputs: Int, hasRowPerOutput: Bool = false) -> Int {
    weights.append(Weight(inputs: inputs, outputs: outputs, hasRowPerOutput: hasRowPerOutput))
    return weights.count - 1
  }

  mutating func multiply(_ from: Int, by weight: Int, into to: Int) {
    edges.append(Edge(from: from, to: to, weight: weight))
  }

  /// A layer with a weight of its own; returns its output.
  mutating func layer(_ from: Int, _ outputs: Int) -> Int {
    let to = value(outputs, rows: values[from].rows)
    multiply(from, by: weight(values[from].width, outputs), into: to)
    return to
  }

  /// Floating-point operations of one unit: two for each multiplication and addition.
  var operations: Double {
    let perPass = edges.reduce(0.0) { sum, edge in
      let weight = weights[edge.weight]
      let forward = 2.0 * Double(values[edge.to].rows * weight.inputs * weight.outputs)
      let parts = hasBackwardPass ? (values[edge.from].isData ? 2.0 : 3.0) : 1.0
      return sum + forward * parts
    }
    return perPass / unitsPerPass
  }
}

extension Case {
  /// The products of one step of this case on `threads` threads.
  func products(threads: Int) -> ProductGraph? {
    switch kind {
    case .training: trainingProducts()
    case .estimate: estimateProducts(threads: threads)
    case .recurrent: recurrentProducts()
    case .convolution: convolutionProducts()
    case .program: nil
    }
  }

  private func trainingProducts() -> ProductGraph {
    var graph = ProductGraph()
    let x = graph.value(Self.pixels, rows: batch, isData: true)
    let features = hidden.reduce(x) { graph.layer($0, $1) }
    _ = graph.layer(features, latent)  // means
    _ = graph.layer(features, latent)  // log-variances
    decoder(&graph, rows: batch * (samples ?? 1))
    return graph
  }

  /// The decoder alone, 512 rows per thread as the evaluator takes them; a unit is an image with all its draws.
  private func estimateProducts(threads: Int) -> ProductGraph {
    var graph = ProductGraph()
    let rows = 512 * threads
    decoder(&graph, rows: rows)
    graph.hasBackwardPass = false
    graph.unitsPerPass = Double(rows) / Double(samples ?? 1)
    return graph
  }

  private func decoder(_ graph: inout ProductGraph, rows: Int) {
    let z = graph.value(latent, rows: rows)
    let features = hidden.reversed().reduce(z) { graph.layer($0, $1) }
    _ = graph.layer(features, Self.pixels)
  }

  /// What convolutions compute, as products: each output pixel is a row, of the numbers under the kernel (4x4, stride 2)
  /// times the weight; turned round, each input pixel is, and makes that many numbers. That the numbers under kernels
  /// have to be gathered is not counted.
  private func convolutionProducts() -> ProductGraph {
    var graph = ProductGraph()
    let (picture, kernel) = (Self.picture, 16)
    let channels = [picture[2]] + hidden
    var pixels = picture[0] * picture[1]
    var turned: [(window: Int, rows: Int, inputs: Int)] = []
    for (inputs, outputs) in zip(channels, channels.dropFirst()) {
      pixels /= 4
      let windows = graph.value(kernel * inputs, rows: batch * pixels, isData: turned.isEmpty)
      _ = graph.layer(windows, outputs)
      turned.append((kernel * inputs, batch * pixels, outputs))
    }
    let features = graph.value(pixels * channels[hidden.count], rows: batch)
    for _ in 0..<2 { _ = graph.layer(features, latent) }  // means and log-variances
    _ = graph.layer(graph.value(latent, rows: batch), pixels * channels[hidden.count])
    for layer in turned.reversed() { _ = graph.layer(graph.value(layer.inputs, rows: layer.rows), layer.window) }
    return graph
  }

  /// Both cells' input and recurrent products and the two heads, at every step with the same weights. The state before
  /// the first step is zero and takes no product.
  private func recurrentProducts() -> ProductGraph {
    var graph = ProductGraph()
    let (units, given) = (hidden[0], inputs ?? 0)
    let encoder = RecurrentWeights(&graph, inputs: given + units, units: units)
    let heads = [graph.weight(units, latent), graph.weight(units, latent)]
    let decoder = RecurrentWeights(&graph, inputs: latent, units: units)
    for step in 0..<(glimpses ?? 1) {
      encoder.multiply(&graph, rows: batch, isFirst: step == 0)
      let features = graph.value(units, rows: batch)
      for head in heads { graph.multiply(features, by: head, into: graph.value(latent, rows: batch)) }
      decoder.multiply(&graph, rows: batch, isFirst: step == 0)
    }
    return graph
  }
}

/// The two weights of a cell with four gates.
private struct RecurrentWeights {
  private let input: Int
  private let recurrent: Int

  init(_ graph: inout ProductGraph, inputs: Int, units: Int) {
    input = graph.weight(inputs, 4 * units, hasRowPerOutput: true)
    recurrent = graph.weight(units, 4 * units, hasRowPerOutput: true)
  }

  func multiply(_ graph: inout ProductGraph, rows: Int, isFirst: Bool) {
    for weight in isFirst ? [input] : [input, recurrent] {
      let from = graph.value(graph.weights[weight].inputs, rows: rows)
      graph.multiply(from, by: weight, into: graph.value(graph.weights[weight].outputs, rows: rows))
    }
  }
}
