import Networks
import Tensors
import _Differentiation

/// Latents in groups, one after the other: the layers of a deep model. Sums over groups, and back.
public struct LatentGroups: Sendable {
  /// Latents in each group.
  public let sizes: [Int]
  /// 1 where a latent (row) is of a group (column), [D, G]; and turned over, [G, D].
  private let membership: (Frozen<Tensor>, Frozen<Tensor>)

  /// Groups of the given sizes.
  public init(_ sizes: [Int]) {
    require(!sizes.isEmpty && sizes.allSatisfy { $0 > 0 }, "LatentGroups: sizes \(sizes); expected some, each above 0")
    self.sizes = sizes
    let (latents, groups) = (sizes.reduce(0, +), sizes.count)
    let groupOf = sizes.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    func matrix(_ rows: Int, _ columns: Int, _ isOne: (Int, Int) -> Bool) -> Tensor {
      Tensor((0..<rows * columns).map { isOne($0 / columns, $0 % columns) ? 1 : 0 }, shape: [rows, columns])
    }
    membership = (
      Frozen(matrix(latents, groups) { groupOf[$0] == $1 }), Frozen(matrix(groups, latents) { groupOf[$1] == $0 })
    )
  }

  /// Latents in all.
  public var count: Int { sizes.reduce(0, +) }

  /// Which latents are each group's.
  public var ranges: [Range<Int>] {
    var first = 0
    return sizes.map { size in
      defer { first += size }
      return first..<first + size
    }
  }

  /// Sums over each group, [..., D] to [..., G].
  @differentiable(reverse,wrt: x)
  public func sums(of x: Tensor) -> Tensor {
    dense(x, membership.0.part, Tensor(repeating: 0, shape: [membership.0.part.shape[1]]), .identity)
  }

  /// Each group's number for each of its latents, [..., G] to [..., D].
  @differentiable(reverse,wrt: x)
  public func spread(_ x: Tensor) -> Tensor {
    dense(x, membership.1.part, Tensor(repeating: 0, shape: [membership.1.part.shape[1]]), .identity)
  }
}
