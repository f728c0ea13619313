import Foundation

/// libm's, for the files that know vectors.
func sine(_ angle: Float) -> Float { Float(sin(Double(angle))) }
func cosine(_ angle: Float) -> Float { Float(cos(Double(angle))) }

/// The solids that things are put together from.
extension Mesh {
  /// A box that stands on height `from`, its middle at (x, y).
  static func box(x: Float = 0, y: Float = 0, from bottom: Float = 0, width: Float, depth: Float, height: Float) -> Mesh
  {
    let profile = [(y - depth / 2, bottom), (y + depth / 2, bottom)]
    return prism(
      [profile[0], profile[1], (profile[1].0, bottom + height), (profile[0].0, bottom + height)], width: width
    )
    .moved(by: Vector(x, 0, 0))
  }

  /// A convex outline of points (y, z), anti-clockwise as seen from the right, stretched over `width` across.
  static func prism(_ outline: [(Float, Float)], width: Float) -> Mesh {
    var mesh = Mesh()
    func place(_ index: Int, _ x: Float) -> Vector {
      let point = outline[index % outline.count]
      return Vector(x, point.0, point.1)
    }
    for side: Float in [-1, 1] {
      mesh.addFace(outline.indices.map { place($0, side * width / 2) }, normal: Vector(side, 0, 0))
    }
    for index in outline.indices {
      let along = place(index + 1, 0) - place(index, 0)
      let corners = [(index, -1), (index + 1, -1), (index + 1, 1), (index, 1)]
      mesh.addFace(
        corners.map { place($0.0, Float($0.1) * width / 2) }, normal: Vector(0, along.z, -along.y).normalized)
    }
    return mesh
  }

  /// What a line of points (radius, z) leaves when it is turned about the z axis. Going up along the line, the outside is
  /// on the right. Round it is smooth; along the line too if `isSmooth`, else each stretch is a band with an edge.
  static func lathe(_ line: [(radius: Float, z: Float)], segments: Int = 24, isSmooth: Bool = false) -> Mesh {
    var mesh = Mesh()
    func normal(_ a: Int, _ b: Int) -> Vector {
      Vector(line[b].z - line[a].z, 0, line[a].radius - line[b].radius).normalized
    }
    for index in line.indices.dropLast() {
      let flat = normal(index, index + 1)
      let ends =
        isSmooth
        ? [normal(max(0, index - 1), index + 1), normal(index, min(line.count - 1, index + 2))] : [flat, flat]
      let first = mesh.vertices.count
      for step in 0...segments {
        let turn = Turn(radians: 2 * .pi * Float(step) / Float(segments))
        for end in 0...1 {
          let point = line[index + end]
          mesh.vertices.append(
            Vertex(
              place: Vector(point.radius, 0, point.z).turned(by: turn), normal: ends[end].turned(by: turn), shade: 1))
        }
      }
      for step in 0..<segments {
        let corner = first + 2 * step
        mesh.corners += [corner, corner + 1, corner + 2, corner + 2, corner + 1, corner + 3]
      }
    }
    return mesh
  }

  static func cylinder(radius: Float, height: Float) -> Mesh {
    lathe([(0, 0), (radius, 0), (radius, height), (0, height)])
  }

  static func cone(radius: Float, height: Float) -> Mesh { lathe([(0, 0), (radius, 0), (0, height)], segments: 16) }

  static func sphere(radius: Float) -> Mesh {
    let rings = 14
    let line = (0...rings).map { ring -> (radius: Float, z: Float) in
      let angle = Float.pi * (Float(ring) / Float(rings) - 0.5)
      return (radius * cosine(angle), radius * sine(angle))
    }
    return lathe(line, isSmooth: true)
  }

  /// A bent tube in the plane of x and z, about the y axis: from straight down through the right to straight up.
  static func handle(radius: Float, thickness: Float) -> Mesh {
    var mesh = Mesh()
    let (along, around) = (10, 8)
    for step in 0...along {
      let bend = Float.pi * (Float(step) / Float(along) - 0.5)
      let out = Vector(cosine(bend), 0, sine(bend))
      for side in 0..<around {
        let angle = 2 * Float.pi * Float(side) / Float(around)
        let normal = cosine(angle) * out + sine(angle) * Vector(0, 1, 0)
        mesh.vertices.append(Vertex(place: radius * out + thickness * normal, normal: normal, shade: 1))
      }
    }
    for step in 0..<along {
      for side in 0..<around {
        let (a, b) = (step * around + side, step * around + (side + 1) % around)
        mesh.corners += [a, b, a + around, a + around, b, b + around]
      }
    }
    return mesh
  }
}
