import Foundation
import Networks
import TestSupport
import Testing

struct ScheduleTests {
  @Test func constantStaysAtOne() {
    for step in [0, 5, 99, 200] { #expect(Schedule().factor(step: step, of: 100) == 1) }
  }

  @Test func warmUpRisesToOne() {
    let schedule = Schedule(.constant, warmUpSteps: 4)
    #expect((0..<6).map { schedule.factor(step: $0, of: 100) } == [0.25, 0.5, 0.75, 1, 1, 1])
  }

  @Test func cosineFallsToItsFloor() {
    let schedule = Schedule(.cosine(floor: 0.1))
    #expect(schedule.factor(step: 0, of: 100) == 1)
    expectClose(schedule.factor(step: 25, of: 100), Float(0.1 + 0.45 * (1 + 0.5.squareRoot())))
    expectClose(schedule.factor(step: 50, of: 100), 0.55)
    expectClose(schedule.factor(step: 100, of: 100), 0.1)
    expectClose(schedule.factor(step: 1000, of: 100), 0.1)
    let factors = (0..<100).map { schedule.factor(step: $0, of: 100) }
    #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 > $1 } == true)
    #expect(schedule.factor(step: 0, of: 0) == 1)
  }

  @Test func stepsMultiply() {
    let schedule = Schedule(.steps(at: [0.5, 0.75], factor: 0.1))
    #expect(schedule.factor(step: 49, of: 100) == 1)
    expectClose(schedule.factor(step: 50, of: 100), 0.1)
    expectClose(schedule.factor(step: 74, of: 100), 0.1)
    expectClose(schedule.factor(step: 75, of: 100), 0.01)
  }

  @Test func warmUpMultipliesTheShape() {
    let schedule = Schedule(.cosine(floor: 0), warmUpSteps: 100)
    expectClose(schedule.factor(step: 49, of: 98), 0.25)
  }

  @Test func isCodable() throws {
    for schedule in [Schedule(), Schedule(.cosine(floor: 0.5), warmUpSteps: 3), Schedule(.steps(at: [0.5], factor: 2))]
    {
      let data = try JSONEncoder().encode(schedule)
      #expect(try JSONDecoder().decode(Schedule.self, from: data) == schedule)
    }
  }
}
