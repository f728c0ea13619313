import Foundation
import Tensors
import Testing

@testable import LatentAnalysis

struct DisentanglementCompletenessTests {
  private func scores(_ importances: [[Double]]) -> (Double, Double) {
    let found = DisentanglementCompleteness(
      importances: importances, accuracies: [Double](repeating: 1, count: importances[0].count))
    return (found.disentanglement, found.completeness)
  }

  @Test func scoresAreThoseOfTheEntropies() {
    #expect(scores([[1, 0], [0, 1]]) == (1, 1))
    // Each factor in two of four latents: log 2 of log 4.
    let split = scores([[0.5, 0], [0.5, 0], [0, 0.5], [0, 0.5]])
    #expect(abs(split.0 - 1) < 1e-12 && abs(split.1 - 0.5) < 1e-12)
    // Both factors in one latent; the other has no weight.
    let mixed = scores([[1, 1], [0, 0]])
    #expect(abs(mixed.0) < 1e-12 && abs(mixed.1 - 1) < 1e-12)
    // Weights 1.5 and 0.5: rows of entropy h(2/3) and 0.
    let h = -(2.0 / 3) * log(2.0 / 3) - (1.0 / 3) * log(1.0 / 3)
    let uneven = scores([[1, 0.5], [0, 0.5]])
    #expect(abs(uneven.0 - (0.75 * (1 - h / log(2)) + 0.25)) < 1e-12)
    #expect(abs(uneven.1 - 0.5) < 1e-12)
    #expect(scores([[0, 0], [0, 0]]) == (0, 0))
  }
}
