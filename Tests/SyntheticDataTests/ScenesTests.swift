import Datasets
import Foundation
import Pictures
import TestSupport
import Testing

@testable import SyntheticData

struct ScenesTests {
  private let side = 96
  private func picture(_ mesh: Mesh, azimuth: Float = 0, elevation: Float = 0, light: Float = 0) -> Picture {
    SceneCamera(side: side).picture(mesh, ScenePose(azimuth: azimuth, elevation: elevation, light: light))
  }

  private func grey(_ value: Float) -> UInt8 { UInt8((255 * value).rounded()) }

  /// The middle of a lit sphere that faces the camera: Lambert's cosine of the light's height, and the ambient part.
  @Test func aSphereIsShadedAsLambertSays() {
    let camera = SceneCamera(side: side)
    let sphere = Mesh.sphere(radius: 0.8).moved(by: Vector(0, 0, camera.height))
    let middle = picture(sphere).bytes[side / 2 * side + side / 2]
    let expected = (1 - SceneCamera.ambient) * cosine(40 * .pi / 180) + SceneCamera.ambient * 0.75
    #expect(abs(Float(middle) - 255 * expected) < 4)
    // The pole that points to the light is the brightest of all: cosine 1.
    let brightest = Float(picture(sphere).bytes.max()!)
    let most = (1 - SceneCamera.ambient) + SceneCamera.ambient * (0.75 + 0.25 * sine(40 * .pi / 180))
    #expect(abs(brightest - 255 * most) < 4)
  }

  /// The face of a box that is seen head-on: a rectangle whose sides perspective says.
  @Test func theSilhouetteOfABoxHasItsArea() {
    let camera = SceneCamera(side: side)
    let (width, height, depth): (Float, Float, Float) = (1.2, 0.9, 0.5)
    let box = Mesh.box(width: width, depth: depth, height: height)
    let shown = picture(box, light: 0).bytes.count { $0 > grey(SceneCamera.ground) + 20 }
    let scale = camera.distance / (camera.distance - depth / 2) * Float(side) / (2 * camera.halfWidth)
    let expected = width * scale * height * scale
    #expect(abs(Float(shown) - expected) < 2 * (width + height) * scale * 0.6, "\(shown), expected \(expected)")
  }

  @Test(arguments: SceneThing.allCases) func aFullTurnChangesNothing(_ thing: SceneThing) {
    let mesh = thing.mesh(CounterGenerator(seed: 1, stream: 3))
    let (a, b) = (picture(mesh, azimuth: 30, elevation: 25), picture(mesh, azimuth: 390, elevation: 25))
    let changed = zip(a.bytes, b.bytes).count { abs(Int($0) - Int($1)) > 3 }
    #expect(changed < 8)
    // And half a turn changes much: nothing looks the same from behind.
    let behind = picture(mesh, azimuth: 210, elevation: 25)
    #expect(zip(a.bytes, behind.bytes).count { abs(Int($0) - Int($1)) > 3 } > 300)
  }

  @Test func lightFromTheLeftLightsTheLeft() {
    let sphere = Mesh.sphere(radius: 0.8).moved(by: Vector(0, 0, 0.8))
    func halves(_ light: Float) -> (left: Int, right: Int) {
      let bytes = picture(sphere, elevation: 30, light: light).bytes
      let left = bytes.indices.filter { $0 % side < side / 2 }.reduce(0) { $0 + Int(bytes[$1]) }
      return (left, bytes.reduce(0) { $0 + Int($1) } - left)
    }
    #expect(halves(-70).left > halves(-70).right * 5 / 4)
    #expect(halves(70).right > halves(70).left * 5 / 4)
    #expect(abs(halves(0).left - halves(0).right) < halves(0).left / 100)
  }

  @Test func turningIsAntiClockwiseSeenFromAbove() {
    // A thin fin towards whoever stands in front: turned by 90 degrees it points to the right.
    let fin = Mesh.box(y: -0.5, width: 0.1, depth: 1, height: 0.6)
    let bytes = picture(fin, azimuth: 90, elevation: 20).bytes
    let bright = bytes.indices.filter { bytes[$0] > grey(SceneCamera.ground) + 20 }
    #expect(!bright.isEmpty && bright.allSatisfy { $0 % side >= side / 2 - 4 })
  }

  @Test func shadowsFallAwayFromTheLight() {
    let box = Mesh.box(width: 0.4, depth: 0.4, height: 1)
    let bytes = picture(box, elevation: 55, light: -75).bytes
    let dark = bytes.indices.filter { bytes[$0] == grey(SceneCamera.shadow) }
    #expect(dark.count > 100 && dark.allSatisfy { $0 % side > side / 2 })
  }

  @Test func thingsStandOnTheGroundInTheirCircle() {
    for thing in SceneThing.allCases {
      for number in 0..<20 {
        let mesh = thing.mesh(CounterGenerator(seed: 1, stream: UInt64(number)))
        #expect(mesh.vertices.allSatisfy { $0.place.z > -1e-4 && $0.place.z < 1.36 })
        #expect(mesh.vertices.allSatisfy { ($0.place.x * $0.place.x + $0.place.y * $0.place.y).squareRoot() < 1.001 })
        #expect(mesh.vertices.allSatisfy { abs($0.normal.dot($0.normal) - 1) < 1e-3 && (0...1).contains($0.shade) })
        #expect(mesh.vertices.map(\.place.z).min()! < 0.02, "\(thing) \(number) hovers")
      }
    }
  }

  @Test func everyThingIsSeenInEveryPose() {
    let set = Scenes.generate(thingsOfAClass: 1, seed: 1)
    let poses = Scenes.poses.count
    #expect(poses == 11 * 4 * 6 && set.count == 7 * poses && set.exampleShape == [64, 64])
    let factors = set.factors!
    #expect(factors.names == Scenes.factorNames && factors.identity == ["class", "object"])
    #expect((0..<set.count).allSatisfy { factors.value("class", of: $0) == Float(set.labels![$0]) })
    for (name, values) in [("azimuth", Scenes.azimuths), ("elevation", Scenes.elevations), ("light", Scenes.lights)] {
      let groups = FactorGroups(factors, varying: [name])
      #expect(groups.count == set.count / values.count)
      for group in [0, groups.count - 1].map({ groups[$0] }) {
        #expect(group.map { factors.value(name, of: $0) } == values)
        for other in Scenes.factorNames where other != name {
          #expect(Set(group.map { factors.value(other, of: $0) }).count == 1)
        }
      }
    }
    #expect(FactorGroups(factors, varying: ["class", "object"]).count == poses)
  }

  @Test func aPictureDependsOnItsNumberAlone() throws {
    let (all, few) = (
      Scenes.generate(thingsOfAClass: 2, seed: 4), Scenes.generate(thingsOfAClass: 2, seed: 4, limit: 7)
    )
    #expect(few.count == 7 && Picture(few, at: 6) == Picture(all, at: 6))
    // Of one class there are as many things.
    let cars = try Scenes.splits(of: Scenes.kind(named: "scenes:car"), limit: 300)
    #expect(cars.train.count == 300 && Set(cars.train.labels!) == [SceneThing.car.rawValue])
    #expect(cars.test!.factors!.value("object", of: 299) == 155)
    #expect(dataError { _ = try Scenes.kind(named: "scenes:cat") }?.remedy.contains("car, duck") == true)
    // Parts share no thing.
    let splits = Scenes.splits(limit: 1)
    let numbers = [splits.train, splits.validation!, splits.test!].map { $0.factors!.value("object", of: 0) }
    #expect(numbers == [0, 140, 154])
  }
}
