import Datasets
import Files
import Pictures
import Tensors

/// Lit things on a table, drawn with known causes from nothing but a seed: what a model of inverse graphics learns from.
///
/// Each thing is seen in all poses of a grid, so every cause is independent of the others, and for every picture there are
/// those that differ from it in one cause alone.
public enum Scenes {
  /// Rows and columns of every picture.
  public static let side = 64

  /// The names of the known causes, in the order of `Dataset.factors`.
  ///
  /// class is the `SceneThing`; object numbers the things, those of one class one after the other; azimuth, elevation and
  /// light are angles in degrees, as in `ScenePose`.
  public static let factorNames = ["class", "object", "azimuth", "elevation", "light"]

  /// How far things are turned: -75 to 75 in steps of 15.
  public static let azimuths: [Float] = stride(from: -75, through: 75, by: 15).map { Float($0) }
  /// How high the camera is: 10 to 55 in steps of 15.
  public static let elevations: [Float] = stride(from: 10, through: 55, by: 15).map { Float($0) }
  /// Where the light comes from: -75 to 75 in steps of 30.
  public static let lights: [Float] = stride(from: -75, through: 75, by: 30).map { Float($0) }

  /// Pictures of one thing: azimuth by azimuth, in each elevation by elevation, in each light by light.
  public static let poses: [ScenePose] = azimuths.flatMap { azimuth in
    elevations.flatMap { elevation in
      lights.map { ScenePose(azimuth: azimuth, elevation: elevation, light: $0) }
    }
  }

  /// Things of each class in the parts of the set `scenes`; no thing is in two of them.
  package static let thingsOfAClass = (train: 20, validation: 2, test: 3)

  /// Pictures in a part with so many things of each class.
  package static func count(thingsOfAClass: Int) -> Int { SceneThing.allCases.count * thingsOfAClass * poses.count }

  /// All poses of things of some classes, `thingsOfAClass` of each, as 64 x 64 grey bytes; labels are classes.
  ///
  /// - Parameters:
  ///   - kinds: the classes, all by default.
  ///   - first: the number of the first thing. A thing depends on its class, its number and the seed alone.
  ///   - limit: draws only the first so many.
  public static func generate(
    _ kinds: [SceneThing] = SceneThing.allCases, thingsOfAClass: Int, first: Int = 0, seed: UInt64, limit: Int? = nil
  ) -> Dataset {
    require(thingsOfAClass > 0 && first >= 0, "Scenes: \(thingsOfAClass) things of a class from number \(first)")
    let things = kinds.flatMap { kind in (0..<thingsOfAClass).map { (kind: kind, index: $0) } }
    let total = min(limit ?? .max, things.count * poses.count)
    let meshes = things.enumerated().map { number, thing in
      thing.kind.mesh(CounterGenerator(seed: seed, stream: UInt64(first + number)))
    }
    let size = side * side
    let bytes = [UInt8](unsafeUninitializedCapacity: total * size) { buffer, filled in
      nonisolated(unsafe) let target = buffer
      let camera = SceneCamera(side: side)
      Parallel.run((total + poses.count - 1) / poses.count) { thing in
        for index in thing * poses.count..<min((thing + 1) * poses.count, total) {
          camera.draw(
            meshes[thing], poses[index % poses.count],
            into: UnsafeMutableBufferPointer(rebasing: target[index * size..<(index + 1) * size]))
        }
      }
      filled = total * size
    }
    let classes = (0..<total).map { things[$0 / poses.count].kind.rawValue }
    let factors = (0..<total).flatMap { index -> [Float] in
      let pose = poses[index % poses.count]
      return [Float(classes[index]), Float(first + index / poses.count), pose.azimuth, pose.elevation, pose.light]
    }
    return Dataset(
      name: "scenes", exampleShape: [side, side], values: .bytes(bytes), labels: classes,
      factors: .init(names: factorNames, values: factors, identity: ["class", "object"]),
      labelNames: SceneThing.allCases.map { "\($0)" })
  }

  /// The set `scenes`: things to learn from, others to validate, others to test; or `scenes:CLASS`, as many of one class.
  public static func splits(of kind: SceneThing? = nil, limit: Int? = nil) -> DatasetSplits {
    let all = SceneThing.allCases
    let times = kind == nil ? 1 : all.count
    func part(_ things: Int, after first: Int) -> Dataset {
      generate(
        kind.map { [$0] } ?? all, thingsOfAClass: things * times, first: all.count * first, seed: 1, limit: limit)
    }
    let (train, validation, test) = thingsOfAClass
    return DatasetSplits(
      train: part(train, after: 0), validation: part(validation, after: train),
      test: part(test, after: train + validation))
  }

  /// The class that is meant by `scenes:CLASS`; nil for another name. Throws `DataError` where there is no such class.
  public static func kind(named name: String) throws -> SceneThing? {
    let begin = "scenes:"
    guard name.lowercased().hasPrefix(begin) else { return nil }
    let wanted = name.dropFirst(begin.count).lowercased()
    if let kind = SceneThing.allCases.first(where: { "\($0)" == wanted }) { return kind }
    throw DataError(
      file: name, expected: "a class of scenes", found: String(wanted),
      remedy: "classes are \(SceneThing.allCases.map { "\($0)" }.joined(separator: ", "))")
  }
}

extension SceneThing {
  /// One thing of this kind in a pose; `variant` and `seed` choose its proportions.
  public func picture(variant: Int = 0, seed: UInt64 = 1, pose: ScenePose, side: Int = Scenes.side) -> Picture {
    SceneCamera(side: side).picture(mesh(CounterGenerator(seed: seed, stream: UInt64(variant))), pose)
  }
}

extension SceneCamera {
  func picture(_ mesh: Mesh, _ pose: ScenePose) -> Picture {
    let bytes = [UInt8](unsafeUninitializedCapacity: side * side) { buffer, filled in
      draw(mesh, pose, into: buffer)
      filled = side * side
    }
    return Picture(width: side, height: side, bytes: bytes)
  }
}
