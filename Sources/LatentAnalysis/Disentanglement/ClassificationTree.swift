/// Columns of numbers, and the order of each: what trees are grown on.
struct SortedColumns: Sendable {
  let columns: [[Float]]
  /// By column, its rows in rising order.
  let orders: [[Int32]]

  init(_ columns: [[Float]]) {
    self.columns = columns
    orders = columns.map { column in
      column.indices.map(Int32.init).sorted { (column[Int($0)], $0) < (column[Int($1)], $1) }
    }
  }
}

/// A decision tree: thresholds on numbers, chosen one after the other, each where it lowers the Gini impurity of all leaves
/// most (Breiman et al. 1984, leaves best first).
struct ClassificationTree: Sendable {
  /// What ends its growth.
  struct Limits: Sendable {
    /// Leaves there may be.
    var leaves = Int.max
    /// Rows a leaf must have.
    var leastRows = 1
  }

  private struct Node: Sendable {
    var column = -1  // a leaf
    var threshold: Float = 0
    var left = 0
    var right = 0
    var label: Int
  }

  private var nodes: [Node] = []
  /// By column, by how much its thresholds have lowered the impurity, in units of weight.
  private(set) var importances: [Double]

  /// Grows on rows of `data` that occur `times` each, of classes `labels`; a row weighs `weights` of its class.
  init(
    _ data: SortedColumns, times: [Int], labels: [Int], weights: [Double], limits: Limits = Limits()
  ) {
    importances = [Double](repeating: 0, count: data.columns.count)
    var rows = TreeRows(data, times: times, labels: labels, weights: weights)
    let all = 0..<rows.count
    nodes = [Node(label: rows.mostFrequent(all))]
    var open = [(node: 0, range: all, split: rows.bestSplit(all, leastRows: limits.leastRows))]
    var leaves = 1
    while leaves < limits.leaves,
      let next = open.indices.filter({ open[$0].split != nil }).max(by: { open[$0].split!.gain < open[$1].split!.gain })
    {
      let (node, range, found) = open.remove(at: next)
      let split = found!
      importances[split.column] += split.gain
      let middle = rows.partition(range, by: split)
      (nodes[node].column, nodes[node].threshold) = (split.column, split.threshold)
      (nodes[node].left, nodes[node].right) = (nodes.count, nodes.count + 1)
      for part in [range.lowerBound..<middle, middle..<range.upperBound] {
        open.append((nodes.count, part, rows.bestSplit(part, leastRows: limits.leastRows)))
        nodes.append(Node(label: rows.mostFrequent(part)))
      }
      // A leaf that can't be split has nothing left to do.
      open.removeAll { $0.split == nil }
      leaves += 1
    }
  }

  /// The class of row `row` of columns.
  func label(_ columns: [[Float]], row: Int) -> Int {
    var node = nodes[0]
    while node.column >= 0 { node = nodes[columns[node.column][row] <= node.threshold ? node.left : node.right] }
    return node.label
  }
}

/// A threshold and what it gains.
struct TreeSplit {
  var column: Int
  /// Left is at or below it.
  var threshold: Float
  var gain: Double
}

/// The rows of a tree in the order of each column, so that those of a node lie side by side in all of them.
private struct TreeRows {
  let data: SortedColumns
  let labels: [Int]
  let weights: [Double]
  let count: Int
  private var orders: [[Int32]]
  private var isLeft: [Bool]
  private var spare: [Int32]

  init(_ data: SortedColumns, times: [Int], labels: [Int], weights: [Double]) {
    (self.data, self.labels, self.weights) = (data, labels, weights)
    orders = data.orders.map { order in order.flatMap { repeatElement($0, count: times[Int($0)]) } }
    count = orders[0].count
    isLeft = [Bool](repeating: false, count: labels.count)
    spare = [Int32](repeating: 0, count: count)
  }

  private func classWeights(_ range: Range<Int>) -> [Double] {
    var sums = [Double](repeating: 0, count: weights.count)
    for row in orders[0][range] {
      let label = labels[Int(row)]
      sums[label] += weights[label]
    }
    return sums
  }

  /// The class of most weight, the first where several have it.
  func mostFrequent(_ range: Range<Int>) -> Int {
    let sums = classWeights(range)
    return sums.indices.max { (sums[$0], $1) < (sums[$1], $0) } ?? 0
  }

  /// The threshold that lowers the impurity most, if one lowers it.
  ///
  /// Impurity is W - sum of squared class weights / W of either side, brought up to date row by row.
  func bestSplit(_ range: Range<Int>, leastRows: Int) -> TreeSplit? {
    let sums = classWeights(range)
    let (total, squares) = (sums.reduce(0, +), sums.reduce(0) { $0 + $1 * $1 })
    guard range.count >= 2 * leastRows, squares < total * total * (1 - 1e-12) else { return nil }
    var best = TreeSplit(column: 0, threshold: 0, gain: 1e-9 * total)
    var isFound = false
    for column in orders.indices {
      let (order, values) = (orders[column], data.columns[column])
      var (left, right) = ([Double](repeating: 0, count: sums.count), sums)
      var (leftWeight, leftSquares, rightSquares) = (0.0, 0.0, squares)
      for place in range.lowerBound..<range.upperBound - 1 {
        let row = Int(order[place])
        let label = labels[row]
        let weight = weights[label]
        leftSquares += weight * (2 * left[label] + weight)
        rightSquares -= weight * (2 * right[label] - weight)
        left[label] += weight
        right[label] -= weight
        leftWeight += weight
        let (here, next) = (values[row], values[Int(order[place + 1])])
        guard here < next, place + 1 - range.lowerBound >= leastRows, range.upperBound - place - 1 >= leastRows else {
          continue
        }
        let gain = leftSquares / leftWeight + rightSquares / (total - leftWeight) - squares / total
        if gain > best.gain {
          // The middle, unless it is no number between the two.
          let middle = here + 0.5 * (next - here)
          best = TreeSplit(column: column, threshold: middle < next ? middle : here, gain: gain)
          isFound = true
        }
      }
    }
    return isFound ? best : nil
  }

  /// Puts the rows of a node that go left before the others, in every order; returns where the others begin.
  mutating func partition(_ range: Range<Int>, by split: TreeSplit) -> Int {
    for row in orders[0][range] { isLeft[Int(row)] = data.columns[split.column][Int(row)] <= split.threshold }
    var middle = range.lowerBound
    for column in orders.indices {
      var (left, right) = (range.lowerBound, 0)
      for place in range {
        let row = orders[column][place]
        if isLeft[Int(row)] {
          orders[column][left] = row
          left += 1
        } else {
          spare[right] = row
          right += 1
        }
      }
      for place in 0..<right { orders[column][left + place] = spare[place] }
      middle = left
    }
    return middle
  }
}
