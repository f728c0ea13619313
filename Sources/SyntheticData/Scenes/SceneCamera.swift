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
      let frame = SceneFrame(
        width: width, greys: buffer.baseAddress!, nearness: buffer.baseAddress! + width * width)
      frame.clear(Self.ground)
      let (turn, view, light) = (Turn(degrees: pose.azimuth), Turn(degrees: pose.elevation), pose.lightDirection)
      let eye = Vector(0, -distance * view.cosine, height + distance * view.sine)
      var (fallen, shown): ([Corner], [Corner]) = ([], [])
      fallen.reserveCapacity(mesh.vertices.count)
      shown.reserveCapacity(mesh.vertices.count)
      for vertex in mesh.vertices {
        let (place, normal) = (vertex.place.turned(by: turn), vertex.normal.turned(by: turn))
        let lit = normal.dot(light)
        let ground = place - light * (place.z / light.z)
        fallen.append(project(ground, view, width, lit: 0, always: Self.shadow, isFacing: lit > 0))
        shown.append(
          project(
            place, view, width, lit: vertex.shade * (1 - Self.ambient) * lit,
            always: vertex.shade * Self.ambient * (0.75 + 0.25 * normal.z), isFacing: normal.dot(eye - place) > 0))
      }
      frame.fill(fallen, mesh.corners, isGround: true)
      frame.fill(shown, mesh.corners, isGround: false)
      frame.reduce(by: Self.samples, into: bytes)
    }
  }

  /// A point on the picture, in samples, and its nearness: the inverse of its depth, which is linear on the picture.
  private func project(
    _ place: Vector, _ view: Turn, _ width: Int, lit: Float, always: Float, isFacing: Bool
  ) -> Corner {
    let (y, z) = (place.y, place.z - height)
    let nearness = 1 / (distance + view.cosine * y - view.sine * z)
    let scale = distance * nearness * Float(width) / (2 * halfWidth)
    let middle = Float(width) / 2
    return Corner(
      x: middle + scale * place.x, y: middle - scale * (view.sine * y + view.cosine * z), nearness: nearness, lit: lit,
      always: always, isFacing: isFacing)
  }
}

/// A corner of a triangle on the picture.
struct Corner {
  var x: Float
  var y: Float
  var nearness: Float
  /// The light that falls on it from the lamp, below 0 if it is turned away.
  var lit: Float
  /// What it has in any light.
  var always: Float
  /// Whether the surface there is turned to whoever sees it: the camera, or the light of a shadow.
  var isFacing: Bool
}
