import Autoencoders
import Datasets
import Pictures
import Tensors

/// A conditional model at work on rows [x | c].
package struct Completing {
  package let model: any ConditionalModel
  package let condition: Condition?
  package let seed: UInt64

  /// The model of a run, for examples under a condition. Throws ``ExperimentError`` where it is a model of the data alone.
  package init(_ run: Run, _ opened: any LatentVariableModel, _ examples: Examples, seed: UInt64) throws {
    guard let model = opened as? any ConditionalModel else {
      throw ExperimentError(
        "\(run.path) holds a model of the data alone; train one with --given, or see vae impute, which fills in what is "
          + "missing with any model")
    }
    (self.model, condition, self.seed) = (model, examples.condition, seed)
  }

  /// Whole examples, [N draws, D], those of one condition after the other.
  package func completions(_ rows: Tensor, draws: Int, temperature: Float, drawn: Bool) -> Tensor {
    let stream = RandomStream(seed: seed)["completions"]
    let parts = (0..<rows.shape[0]).map { index -> Tensor in
      let c = model.condition(of: rows.rows(index..<index + 1))
      let z = model.priorDraws(draws, stream["z"][index], temperature: temperature)
      let x = drawn ? model.sample(given: z, c, stream["x"][index]) : model.expectation(given: z, c)
      return whole(x.reshaped(to: [draws, model.inputSize]), Tensor.stacked([Tensor](repeating: c, count: draws)))
    }
    return Tensor.stacked(parts)
  }

  /// The deterministic network's, [N, D].
  func guesses(_ rows: Tensor) -> Tensor {
    let c = model.condition(of: rows)
    return whole(model.guess(given: c), c)
  }

  /// A row for each example: what is given, the guess, completions, the truth.
  package func sheet(_ rows: Tensor, _ completions: Tensor, draws: Int, _ showing: Showing) throws -> Picture {
    let (c, x) = (model.condition(of: rows), model.target(of: rows))
    let truth = try showing.pictures(whole(x, c))
    let guesses = try showing.pictures(guesses(rows))
    let completed = try showing.pictures(completions)
    let given = try self.given(c, showing)
    let sheetRows = truth.indices.map { i in
      (given.map { [$0[i]] } ?? []) + [guesses[i]] + completed[i * draws..<(i + 1) * draws] + [truth[i]]
    }
    let isColoured = sheetRows.joined().contains { $0.channels == 3 }
    return PictureGrid(columns: sheetRows[0].count)
      .picture(of: sheetRows.flatMap { $0.map { isColoured ? $0.coloured : $0 } })
  }

  /// What is given, with the middle of the range where there is nothing; nil where it is no picture.
  private func given(_ c: Tensor, _ showing: Showing) throws -> [Picture]? {
    switch condition {
    case .part:
      let unknown = Tensor(repeating: 0.5, shape: [c.shape[0], model.inputSize])
      return try showing.pictures(whole(unknown, c))
    case .pictures(let others):
      let values = c.scalars
      return stride(from: 0, to: values.count, by: others.exampleSize).map {
        Picture(values: values[$0..<$0 + others.exampleSize], shape: others.exampleShape)
      }
    case .label, nil: return nil
    }
  }

  private func whole(_ x: Tensor, _ c: Tensor) -> Tensor {
    if case .part(let part) = condition { return part.assembled(target: x, given: c) }
    return x
  }
}
