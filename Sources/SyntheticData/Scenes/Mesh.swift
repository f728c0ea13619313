import Tensors

/// A point or a direction: x to the right, y away from whoever stands in front, z up.
typealias Vector = SIMD3<Float>

extension SIMD3<Float> {
  func dot(_ other: Self) -> Float { (self * other).sum() }

  var normalized: Self { self / dot(self).squareRoot() }

  func cross(_ b: Self) -> Self {
    Self(y * b.z - z * b.y, z * b.x - x * b.z, x * b.y - y * b.x)
  }

  /// Turned about the z axis.
  func turned(by turn: Turn) -> Self { Self(turn.cosine * x - turn.sine * y, turn.sine * x + turn.cosine * y, z) }
}

/// An angle as what rotations ask of it; about the z axis, counter-clockwise as seen from above.
struct Turn {
  let (sine, cosine): (Float, Float)

  init(radians: Float) { (sine, cosine) = (SyntheticData.sine(radians), SyntheticData.cosine(radians)) }
  init(degrees: Float) { self.init(radians: degrees * .pi / 180) }
}

/// A surface of triangles, each corner with a normal and a shade of its own.
struct Mesh: Equatable, Sendable {
  /// What the renderer knows of a corner.
  struct Vertex: Equatable, Sendable {
    var place: Vector
    /// Of length 1, outwards.
    var normal: Vector
    /// The part of the light that is given back, 0 to 1.
    var shade: Float
  }

  var vertices: [Vertex] = []
  /// Three numbers of vertices for each triangle.
  var corners: [Int] = []

  static func + (a: Mesh, b: Mesh) -> Mesh {
    Mesh(vertices: a.vertices + b.vertices, corners: a.corners + b.corners.map { $0 + a.vertices.count })
  }

  /// A flat face of four corners in order around it, or of three if two are one.
  mutating func addFace(_ places: [Vector], normal: Vector) {
    let first = vertices.count
    vertices += places.map { Vertex(place: $0, normal: normal, shade: 1) }
    for corner in 2..<places.count { corners += [first, first + corner - 1, first + corner] }
  }

  func shaded(_ shade: Float) -> Mesh { mapped { $0.shade *= shade } }
  func moved(by offset: Vector) -> Mesh { mapped { $0.place += offset } }

  func scaled(by factors: Vector) -> Mesh {
    mapped {
      $0.place *= factors
      $0.normal = ($0.normal / factors).normalized
    }
  }

  func turned(by turn: Turn) -> Mesh {
    mapped { ($0.place, $0.normal) = ($0.place.turned(by: turn), $0.normal.turned(by: turn)) }
  }

  /// What pointed up points to the right.
  var lyingAcross: Mesh {
    mapped {
      $0.place = Vector($0.place.z, $0.place.y, -$0.place.x)
      $0.normal = Vector($0.normal.z, $0.normal.y, -$0.normal.x)
    }
  }

  /// What pointed up points to whoever stands in front.
  var lyingForward: Mesh {
    mapped {
      $0.place = Vector($0.place.x, -$0.place.z, $0.place.y)
      $0.normal = Vector($0.normal.x, -$0.normal.z, $0.normal.y)
    }
  }

  private func mapped(_ change: (inout Vertex) -> Void) -> Mesh {
    var result = self
    for index in result.vertices.indices { change(&result.vertices[index]) }
    return result
  }
}
