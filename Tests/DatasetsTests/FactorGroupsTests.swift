import Testing

@testable import Datasets

struct FactorGroupsTests {
  /// Three things in two lights, one picture missing.
  private let factors = Dataset.Factors(names: ["thing", "light"], values: [0, 0, 0, 1, 1, 0, 2, 1, 2, 0])

  @Test func groupsVaryInWhatTheyShouldAlone() {
    let lights = FactorGroups(factors, varying: ["light"])
    #expect((0..<lights.count).map { Array(lights[$0]) } == [[0, 1], [2], [3, 4]])
    let things = FactorGroups(factors, varying: ["thing"])
    #expect((0..<things.count).map { Array(things[$0]) } == [[0, 2, 4], [1, 3]])
    #expect(Array(things.group(of: 3)) == [1, 3])
  }

  @Test func someExamplesAreNumberedAmongThemselves() {
    let groups = FactorGroups(factors, varying: ["thing"], indices: [4, 3, 1])
    #expect((0..<groups.count).map { Array(groups[$0]) } == [[0], [1, 2]])
  }

  @Test func allVaryOrNoneAreThere() {
    #expect(Array(FactorGroups(factors, varying: ["thing", "light"])[0]) == [0, 1, 2, 3, 4])
    #expect(FactorGroups(factors, varying: ["thing"], indices: []).count == 0)
  }
}
