import Tensors

extension Evaluator {
  /// Masks for conditions c, as the model expects them under `draws` latents from p(z|c), their mean, and the deterministic
  /// network's, against the truth. `progress` is told examples done.
  public func segmentation(
    _ model: some ConditionalModel, on data: any BatchSource, draws: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> SegmentationReport {
    let parts = inBlocks(of: data, stream: stream["segmentation"], progress) { rows, _, stream in
      let (truths, conditions) = (model.target(of: rows), model.condition(of: rows))
      let guesses = model.guess(given: conditions)
      let middle = Tensor(repeating: 0, shape: [1, rows.shape[0], model.latentSize])
      let typical = model.expectation(given: middle, conditions).reshaped(to: guesses.shape)
      return (0..<rows.shape[0]).map { index -> SegmentationReport.Part in
        let truth = truths.rows(index..<index + 1).scalars
        let masks = model.expectations(draws, given: conditions.rows(index..<index + 1), stream[index])
        let each = (0..<draws).map { masks.rows($0..<$0 + 1).scalars }
        return SegmentationReport.Part(
          mean: .init(masks.meanOverFirst().scalars, truth),
          typical: .init(typical.rows(index..<index + 1).scalars, truth),
          baseline: .init(guesses.rows(index..<index + 1).scalars, truth),
          draws: each.map { MaskMeasure.overlap($0, truth) }, diversity: MaskMeasure.diversity(each))
      }
    }
    return SegmentationReport(parts, draws: draws)
  }
}
