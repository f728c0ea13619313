import CKernels

/// The forces of t-SNE on points in the plane, and room for them. Each worker may compute rows of its own.
package final class NeighbourForces: @unchecked Sendable {
  /// What draws each point, [2 count].
  package let pull: UnsafeMutablePointer<Float>
  /// What pushes each point away, [2 count].
  package let push: UnsafeMutablePointer<Float>
  /// For each point, the sum of its closeness to all others, [count].
  package let totals: UnsafeMutablePointer<Double>
  private let count: Int

  /// Room for `count` points.
  package init(_ count: Int) {
    self.count = count
    pull = .allocate(capacity: 2 * count)
    push = .allocate(capacity: 2 * count)
    totals = .allocate(capacity: count)
  }

  deinit {
    pull.deallocate()
    push.deallocate()
    totals.deallocate()
  }

  /// Computes those of the points in `rows`, for places [count, 2] and affinities [count, count].
  package func compute(places: Tensor, affinities: Tensor, rows: Range<Int>) {
    ck_neighbour_forces(
      places.pointer, affinities.pointer, pull, push, totals, rows.lowerBound, rows.upperBound, count)
  }
}
