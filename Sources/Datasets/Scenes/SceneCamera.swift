import Tensors

/// How a thing is looked at: from where, and where its light comes from. All angles in degrees.
public struct ScenePose: Equatable, Sendable {
  /// How far the thing is turned on its table, counter-clockwise as seen from above; its front faces the camera at 0.
  public var azimuth: Float
  /// How far the camera is above the horizon.
  public var elevation: Float
  /// Where the light is, beside the camera: 90 is from the right of the picture, -90 from the left, 0 from behind the
  /// camera. It stands 40 degrees high, whatever the camera's height.
  public var light: Float

  /// A pose; traps unless 0 <= elevation <= 90, so that the ground is seen from above.
  public init(azimuth: Float, elevation: Float, light: Float) {
    require((0...90).contains(elevation), "ScenePose: expected an elevation from 0 to 90, got \(elevation)")
    (self.azimuth, self.elevation, self.light) = (azimuth, elevation, light)
  }

  /// Towards the light, of length 1.
  var lightDirection: Vector {
    let (angle, height) = (light * .pi / 180, Float(40) * .pi / 180)
    return Vector(sine(angle) * cosine(height), -cosine(angle) * cosine(height), sine(height))
  }
}

/// A camera that looks at the middle of the table from `distance`, and makes grey pictures of `side` x `side` pixels.
///
/// Lambert's law with an ambient part that is brighter from above; the thing throws a shadow on the ground, which has no
/// end and one grey, but none on itself. Each pixel is the mean of 3 x 3 samples.
struct SceneCamera {
  static let samples = 3
  /// Grey of the ground, and of the ground in shadow.
  static let (ground, shadow): (Float, Float) = (0.42, 0.22)
  /// The part of the light that comes from everywhere.
  static let ambient: Float = 0.28

  let side: Int
  /// Half the width of what is seen at the table's middle.
  var halfWidth: Float = 1.3
  /// From the camera to what it looks at.
  var distance: Float = 7
  /// How high above the table that is.
  var height: Float = 0.5

  /// A thing in a pose, as bytes [side, side].
  func draw(_ mesh: Mesh, _ pose: ScenePose, into bytes: UnsafeMutableBufferPointer<UInt8>) {
    let width = side * Self.samples
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width * width) { buffer in
      let frame = Frame(
        width: width, greys: buffer.baseAddress!, nearness: buffer.baseAddress! + width * width)
      for index in 0..<width * width { (frame.greys[index], frame.nearness[index]) = (Self.ground, 0) }
      let (angle, light) = (pose.azimuth * .pi / 180, pose.lightDirection)
      let places = mesh.vertices.map { $0.place.turned(by: angle) }
      let normals = mesh.vertices.map { $0.normal.turned(by: angle) }
      let fallen = mesh.vertices.indices.map { index -> Corner in
        let place = places[index]
        return project(
          place - light * (place.z / light.z), pose, .init(lit: 0, always: Self.shadow), width,
          isFacing: normals[index].dot(light) > 0)
      }
      frame.fill(fallen, mesh.corners, isGround: true)
      let eye = Vector(
        0, -distance * cosine(pose.elevation * .pi / 180), height + distance * sine(pose.elevation * .pi / 180))
      let shown = mesh.vertices.indices.map { index -> Corner in
        let (normal, shade) = (normals[index], mesh.vertices[index].shade)
        let grey = Corner.Grey(
          lit: shade * (1 - Self.ambient) * normal.dot(light),
          always: shade * Self.ambient * (0.75 + 0.25 * normal.z))
        return project(places[index], pose, grey, width, isFacing: normal.dot(eye - places[index]) > 0)
      }
      frame.fill(shown, mesh.corners, isGround: false)
      frame.reduce(by: Self.samples, into: bytes)
    }
  }

  /// A point on the picture, in samples, and its nearness: the inverse of its depth, which is linear on the picture.
  private func project(
    _ place: Vector, _ pose: ScenePose, _ grey: Corner.Grey, _ width: Int, isFacing: Bool
  ) -> Corner {
    let (s, c) = (sine(pose.elevation * .pi / 180), cosine(pose.elevation * .pi / 180))
    let (y, z) = (place.y, place.z - height)
    let nearness = 1 / (distance + c * y - s * z)
    let scale = distance * nearness * Float(width) / (2 * halfWidth)
    let middle = Float(width) / 2
    return Corner(
      x: middle + scale * place.x, y: middle - scale * (s * y + c * z), nearness: nearness, grey: grey,
      isFacing: isFacing)
  }
}

/// A corner of a triangle on the picture.
struct Corner {
  /// The light that falls on it from the lamp, below 0 if it is turned away, and what it always has.
  struct Grey {
    var lit: Float
    var always: Float
  }

  var x: Float
  var y: Float
  var nearness: Float
  var grey: Grey
  /// Whether the surface there is turned to whoever sees it: the camera, or the light of a shadow.
  var isFacing: Bool
}
