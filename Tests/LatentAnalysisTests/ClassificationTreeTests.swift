import Tensors
import Testing

@testable import LatentAnalysis

struct ClassificationTreeTests {
  private func tree(
    _ columns: [[Float]], _ labels: [Int], weights: [Double] = [1, 1, 1], _ limits: ClassificationTree.Limits = .init()
  ) -> ClassificationTree {
    ClassificationTree(
      SortedColumns(columns), times: [Int](repeating: 1, count: labels.count), labels: labels, weights: weights,
      limits: limits)
  }

  /// Impurity W - sum of squares / W: 4 - 8 / 4 = 2 at the root, nothing in pure leaves.
  @Test func oneThresholdTellsTwoClasses() {
    let columns: [[Float]] = [[5, 1, 6, 2], [0, 0, 0, 0]]
    let grown = tree(columns, [1, 0, 1, 0])
    #expect(grown.importances == [2, 0])
    #expect((0..<4).map { grown.label(columns, row: $0) } == [1, 0, 1, 0])
    #expect(grown.label([[3.4], [9]], row: 0) == 0 && grown.label([[3.6], [9]], row: 0) == 1)
  }

  @Test func classesInRowsNeedOneThresholdEach() {
    let columns: [[Float]] = [(0..<60).map { Float($0 / 20) }]
    let labels = (0..<60).map { $0 / 20 }
    let whole = tree(columns, labels)
    #expect((0..<60).allSatisfy { whole.label(columns, row: $0) == labels[$0] })
    // With two leaves one class can't be told from a neighbour.
    let halves = tree(columns, labels, .init(leaves: 2))
    #expect((0..<60).count { halves.label(columns, row: $0) == labels[$0] } == 40)
    #expect(tree(columns, labels, .init(leaves: 1)).importances == [0])
  }

  /// Neither column tells by itself: the first threshold gains little or nothing, the two below it everything.
  @Test func columnsTellTogether() {
    let columns: [[Float]] = [[0, 0, 1, 1, 1], [0, 1, 0, 1, 1]]
    let labels = [0, 1, 1, 0, 0]
    let grown = tree(columns, labels)
    #expect((0..<5).map { grown.label(columns, row: $0) } == labels)
    #expect(grown.importances.allSatisfy { $0 > 0 })
  }

  @Test func weightsDecideWhatALeafSays() {
    let columns: [[Float]] = [[0, 0, 0]]
    #expect(tree(columns, [0, 0, 1]).label(columns, row: 0) == 0)
    #expect(tree(columns, [0, 0, 1], weights: [1, 5, 1]).label(columns, row: 0) == 1)
  }

  @Test func leavesHaveTheRowsTheyNeed() {
    let columns: [[Float]] = [[0, 1, 2, 3, 4, 5]]
    let labels = [0, 1, 1, 1, 1, 1]
    #expect(tree(columns, labels).label(columns, row: 0) == 0)
    #expect(tree(columns, labels, .init(leastRows: 3)).label(columns, row: 0) == 1)
    #expect(tree(columns, labels, .init(leastRows: 4)).importances == [0])
  }

  @Test func rowsCountAsOftenAsTheyOccur() {
    let data = SortedColumns([[0, 1, 2, 3]])
    let grown = ClassificationTree(data, times: [0, 3, 0, 2], labels: [0, 1, 0, 0], weights: [1, 1])
    #expect((0..<4).map { grown.label(data.columns, row: $0) } == [1, 1, 1, 0])
    #expect(abs(grown.importances[0] - (5 - 13.0 / 5)) < 1e-12)
  }
}
