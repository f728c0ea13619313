import LatentAnalysis
import Tensors
import Testing

struct LinearClassifierTests {
  @Test func linearClassifierSeparatesClouds() {
    let stream = RandomStream(seed: 3)
    let labels = (0..<90).map { $0 % 3 }
    let centres: [[Float]] = [[3, 0], [-3, 1], [0, -3]]
    let features = Tensor(labels.flatMap { centres[$0] }, shape: [90, 2]) + stream.normal([90, 2]).scaled(by: 0.7)
    for loss in LinearClassifier.Loss.allCases {
      let scores = LinearClassifier(features, labels, classes: 3, loss: loss).logProbabilities(features).scalars
      let wrong = labels.indices.count { (i: Int) -> Bool in
        let own = scores[i * 3 + labels[i]]
        return (0..<3).contains { (c: Int) -> Bool in scores[i * 3 + c] > own }
      }
      #expect(wrong <= 2, "\(loss): \(wrong) of 90")
    }
  }
}
