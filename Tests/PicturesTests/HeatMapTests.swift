import Foundation
import Testing

@testable import Pictures

struct HeatMapTests {
  private let map = HeatMap(
    title: "What <is> where", rows: ["latent 0", "latent 1"], columns: ["shape", "position x", "size"],
    values: [[0, 0.5, 1], [.nan, 2, 0.25]], top: 1)

  @Test func everyFiniteNumberHasACell() throws {
    let svg = map.svg()
    #expect(svg.components(separatedBy: "<rect").count == 1 + 1 + 5)  // the paper and five cells
    for text in ["latent 1", "position x", "0.50", "1.00", "2.00", "What &lt;is&gt; where"] {
      #expect(svg.contains(text))
    }
    #expect(!svg.contains("nan"))
    #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
  }

  @Test func whiteIsZeroAndNothingIsDeeperThanTheTop() {
    let svg = map.svg()
    #expect(svg.contains("rgb(255,255,255)") && svg.contains("rgb(128,185,217)"))
    #expect(svg.components(separatedBy: "rgb(0,114,178)").count == 1 + 2)  // 1 and 2
  }

  @Test func withoutATopTheLargestIsDeepest() {
    let svg = HeatMap(title: "", rows: ["a"], columns: ["b", "c"], values: [[1, 4]]).svg()
    #expect(svg.contains("rgb(0,114,178)") && svg.contains("rgb(191,220,236)"))
    #expect(HeatMap(title: "", rows: ["a"], columns: ["b"], values: [[0]]).svg().contains("rgb(255,255,255)"))
  }
}
