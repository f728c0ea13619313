import Networks
import Tensors
import _Differentiation

/// What a pass through all blocks ends with.
struct TopDownPass: Differentiable {
  /// [N, H, W, C]
  var h: Tensor
  /// What each block's latents cost, [N, blocks], in nats.
  var costs: Tensor
}

/// The way from nothing to a picture, block by block. Derivatives are written out, as ``Stack``'s are.
extension Stack where Element == TopDownBlock {
  /// Numbers in one draw of all latents.
  var latentSize: Int { layers.reduce(0) { $0 + $1.latentShape.count } }

  /// Which of an example's latents are each block's.
  private var ranges: [Range<Int>] {
    var first = 0
    return layers.map { block in
      defer { first += block.latentShape.count }
      return first..<first + block.latentShape.count
    }
  }

  /// From `start` [N, H, W, C] through blocks that look at the encoder's features, with `values` [N, latentSize] that
  /// are noise or latents.
  @differentiable(reverse,wrt: (self, start, features))
  func inferring(
    from start: Tensor, _ features: FeaturePyramid, _ values: Tensor, _ source: LatentSource
  ) -> TopDownPass {
    var h = start
    var costs: [Tensor] = []
    for (block, range) in zip(layers, ranges) {
      let step = block.step(h, features.levels[block.level], values.columns(range), source)
      h = step.h
      costs.append(step.cost)
    }
    return TopDownPass(h: h, costs: Self.sideBySide(costs))
  }

  @derivative(of: inferring, wrt: (self, start, features))
  func vjpInferring(
    from start: Tensor, _ features: FeaturePyramid, _ values: Tensor, _ source: LatentSource
  ) -> (
    value: TopDownPass,
    pullback: (TopDownPass.TangentVector) -> (TangentVector, Tensor, FeaturePyramid.TangentVector)
  ) {
    typealias Pullback = (TopDownStep.TangentVector) -> (TopDownBlock.TangentVector, Tensor, Tensor)
    var h = start
    var costs: [Tensor] = []
    var pullbacks: [Pullback] = []
    for (block, range) in zip(layers, ranges) {
      let part = values.columns(range)
      let (step, pullback) = valueWithPullback(at: block, h, features.levels[block.level]) {
        $0.step($1, $2, part, source)
      }
      h = step.h
      costs.append(step.cost)
      pullbacks.append(pullback)
    }
    let levels = layers.map(\.level)
    let count = features.levels.count
    return (
      TopDownPass(h: h, costs: Self.sideBySide(costs)),
      { gradient in
        var dh = gradient.h
        var tangents: [TopDownBlock.TangentVector] = []
        var dLevels = [Tensor](repeating: .zero, count: count)
        for index in pullbacks.indices.reversed() {
          let cost = gradient.costs.isSymbolicZero ? Tensor.zero : gradient.costs.column(index)
          let (dBlock, before, dFeatures) = pullbacks[index](TopDownStep.TangentVector(h: dh, cost: cost))
          tangents.append(dBlock)
          dh = before
          dLevels[levels[index]] = dLevels[levels[index]] + dFeatures
        }
        var dFeatures = FeaturePyramid.TangentVector.zero
        dFeatures.levels.base = dLevels
        return (TangentVector(layers: tangents.reversed()), dh, dFeatures)
      }
    )
  }

  /// From `start` [N, H, W, C] with latents z [N, latentSize], and no data.
  @differentiable(reverse,wrt: (self, start, z))
  func generating(from start: Tensor, _ z: Tensor) -> Tensor {
    zip(layers, ranges).reduce(start) { h, part in
      part.0.shaped(part.0.entered(h), by: z.columns(part.1))
    }
  }

  @derivative(of: generating, wrt: (self, start, z))
  func vjpGenerating(from start: Tensor, _ z: Tensor) -> (
    value: Tensor, pullback: (Tensor) -> (TangentVector, Tensor, Tensor)
  ) {
    var h = start
    var pullbacks: [(Tensor) -> (TopDownBlock.TangentVector, Tensor, Tensor)] = []
    for (block, range) in zip(layers, ranges) {
      let (next, pullback) = valueWithPullback(at: block, h, z.columns(range)) { $0.shaped($0.entered($1), by: $2) }
      h = next
      pullbacks.append(pullback)
    }
    return (
      h,
      { gradient in
        var dh = gradient
        var tangents: [TopDownBlock.TangentVector] = []
        var dz: [Tensor] = []
        for pullback in pullbacks.reversed() {
          let (dBlock, before, part) = pullback(dh)
          tangents.append(dBlock)
          dh = before
          dz.append(part)
        }
        if dh.isSymbolicZero { return (TangentVector(layers: tangents.reversed()), .zero, .zero) }
        let whole = dz.dropLast().reversed().reduce(dz.last!) { $0.joined(with: $1) }
        return (TangentVector(layers: tangents.reversed()), dh, whole)
      }
    )
  }

  /// q(z|x) block by block, with each block's latents as `noise` [N, latentSize] makes them: the latents, and the means and
  /// deviations of the Gaussians they were drawn from, each [N, latentSize].
  func posterior(
    from start: Tensor, _ features: FeaturePyramid, noise: Tensor
  ) -> (z: Tensor, mean: Tensor, deviation: Tensor) {
    var h = start
    var (z, means, deviations): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
    for (block, range) in zip(layers, ranges) {
      let here = block.entered(h)
      let q = block.inferred(here, features.levels[block.level])
      let deviation = q.deviation
      let latents = q.mean + deviation * noise.columns(range)
      h = block.shaped(here, by: latents)
      z.append(latents)
      means.append(q.mean)
      deviations.append(deviation)
    }
    func joined(_ parts: [Tensor]) -> Tensor { parts.dropFirst().reduce(parts[0]) { $0.joined(with: $1) } }
    return (joined(z), joined(means), joined(deviations))
  }

  /// Columns [N] side by side, [N, count].
  private static func sideBySide(_ columns: [Tensor]) -> Tensor {
    let (rows, count) = (columns[0].count, columns.count)
    return Tensor(shape: [rows, count]) { out in
      for (index, column) in columns.enumerated() {
        let from = column.pointer
        for row in 0..<rows { out[row * count + index] = from[row] }
      }
    }
  }
}

extension Tensor {
  /// Column `index` of [N, M], [N].
  fileprivate func column(_ index: Int) -> Tensor { columns(index..<index + 1).reshaped(to: [shape[0]]) }
}
