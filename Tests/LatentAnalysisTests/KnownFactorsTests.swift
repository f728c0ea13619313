import Foundation
import Tensors
import Testing

@testable import LatentAnalysis

struct KnownFactorsTests {
  @Test func valuesAreClassesInTheirOrder() throws {
    let values = (0..<120).flatMap { (i: Int) -> [Float] in [Float(i % 3) - 1, 7, Float(i % 2) * 0.5] }
    let factors = try KnownFactors(names: ["a", "colour", "b"], values: values)
    #expect(factors.names == ["a", "b"] && factors.constantNames == ["colour"] && factors.sizes == [3, 2])
    #expect(factors.classes[0].prefix(4) == [0, 1, 2, 0] && factors.classes[1].prefix(3) == [0, 1, 0])
    #expect(abs(factors.entropies[0] - log(3)) < 1e-12)
  }

  @Test func manyValuesAreCutIntoPartsOfEqualCounts() throws {
    let values = (0..<1000).flatMap { (i: Int) -> [Float] in [Float((i * 7) % 1000), Float(i % 2)] }
    let factors = try KnownFactors(names: ["angle", "b"], values: values)
    #expect(factors.sizes == [20, 2])
    #expect((0..<20).allSatisfy { part in factors.classes[0].count { $0 == part } == 50 })
    #expect(factors.classes[0][1] == 0 && factors.classes[0][10] == 1)  // values 7 and 70
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    func error(_ names: [String], _ values: [Float]) -> FactorError? {
      do { _ = try KnownFactors(names: names, values: values) } catch { return error as? FactorError }
      return nil
    }
    let two = (0..<100).flatMap { (index: Int) -> [Float] in [7, Float(index % 2)] }
    #expect(error(["a", "b"], two) == .tooFewFactors(["b"], count: 100))
    #expect(error(["a"], [Float](repeating: 1, count: 100)) == .tooFewFactors([], count: 100))
    #expect(error(["a", "b"], Array(two.prefix(20))) == .tooFewExamples(10))
    #expect(error(["a"], [Float](repeating: .nan, count: 100)) == .unknownValue("a"))
    #expect("\(FactorError.tooFewFactors(["b"], count: 100))".contains("only b"))
  }
}
