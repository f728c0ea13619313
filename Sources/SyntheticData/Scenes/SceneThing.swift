import Tensors

/// The kinds of things that scenes show. None looks the same from two sides of the half circle that it is seen from.
public enum SceneThing: Int, Sendable, CaseIterable {
  case wedge, corner, chair, mug, house, car, duck

  /// One thing of this kind, whose proportions `draws` choose. It stands on height 0 in a circle of radius 1, its front
  /// towards -y.
  func mesh(_ draws: CounterGenerator) -> Mesh {
    var u = Proportions(draws: draws)
    let mesh = plain(&u)
    let shade = u(0.7, 1)
    // As large as the circle allows, but not higher than what the camera sees.
    let flat = Vector(1, 1, 0)
    let reach = mesh.vertices.map { ($0.place * flat).dot($0.place).squareRoot() }.max() ?? 1
    let height = mesh.vertices.map(\.place.z).max() ?? 1
    return mesh.shaded(shade).scaled(by: Vector(repeating: min(1 / reach, 1.35 / height)))
  }

  private func plain(_ u: inout Proportions) -> Mesh {
    switch self {
    case .wedge:
      let (depth, height) = (u(0.5, 0.9), u(0.5, 1.1))
      let lip = height * u(0.05, 0.35)
      let side: [(Float, Float)] = [(-depth, 0), (depth, 0), (depth, height), (-depth, lip)]
      return .prism(side, width: u(0.7, 1.6))
    case .corner:
      let (thickness, low, high) = (u(0.35, 0.6), u(0.3, 0.7), u(0.8, 1.5))
      return .box(y: 0.6, width: 1.2 + thickness, depth: thickness, height: high)
        + .box(
          x: -0.6, y: -u(0.1, 0.3), width: thickness, depth: u(1, 1.4), height: low)
    case .chair:
      let (width, depth, seat, thickness) = (u(0.8, 1.2), u(0.8, 1.1), u(0.5, 0.9), u(0.1, 0.2))
      let back = Mesh.box(
        y: (depth - thickness) / 2, from: seat, width: width, depth: thickness, height: u(0.6, 1.1))
      let leg = u(0.09, 0.18)
      let legs = [(-1, -1), (-1, 1), (1, -1), (1, 1)].map { side in
        Mesh.box(
          x: Float(side.0) * (width - leg) / 2, y: Float(side.1) * (depth - leg) / 2, width: leg, depth: leg,
          height: seat)
      }
      return legs.reduce(.box(from: seat - thickness, width: width, depth: depth, height: thickness) + back, +)
    case .mug:
      let (radius, height, wall) = (u(0.45, 0.65), u(0.9, 1.4), Float(0.08))
      let foot = radius * u(0.7, 1)
      let cup = Mesh.lathe([
        (0, 0), (foot, 0), (radius, height), (radius - wall, height), (foot - wall, wall), (0, wall),
      ])
      let size = height * u(0.24, 0.34)
      let grip = Mesh.handle(radius: size, thickness: u(0.07, 0.11))
        .moved(by: Vector((foot + radius) / 2 - 0.04, 0, height * 0.52))
      // In front on the right, where it stays in sight.
      return cup + grip.turned(by: Turn(degrees: -60))
    case .house:
      let (width, depth, wall, roof) = (u(0.9, 1.5), u(0.9, 1.4), u(0.5, 0.8), u(0.35, 0.7))
      let eaves: Float = 0.08
      let gable = Mesh.prism(
        [(-depth / 2 - eaves, wall), (depth / 2 + eaves, wall), (0, wall + roof)], width: width + 2 * eaves)
      let chimney = Mesh.box(
        x: width * 0.28, y: depth * 0.2, from: wall, width: 0.2, depth: 0.2, height: roof * u(0.9, 1.2))
      let door = Mesh.box(
        x: -width * 0.2, y: -depth / 2, width: u(0.2, 0.32), depth: 0.03, height: wall * 0.7)
      return .box(width: width, depth: depth, height: wall) + gable.shaded(0.62) + chimney.shaded(0.75)
        + door.shaded(0.3)
    case .car:
      let (width, length, body) = (u(0.8, 1), u(1.7, 2.1), u(0.28, 0.4))
      let (front, back, top) = (length * -u(0.12, 0.25), length * u(0.25, 0.42), u(0.3, 0.45))
      let wheel = u(0.17, 0.24)
      let hull = Mesh.box(from: wheel * 0.8, width: width, depth: length, height: body)
      let base = wheel * 0.8 + body
      let cabin = Mesh.prism(
        [(front, base), (back, base), (back - 0.12, base + top), (front + 0.25, base + top)], width: width * 0.88)
      let disc = Mesh.cylinder(radius: wheel, height: 0.14).moved(by: Vector(0, 0, -0.07)).lyingAcross.shaded(0.25)
      let wheels = [(-1, -1), (-1, 1), (1, -1), (1, 1)].map { side in
        disc.moved(by: Vector(Float(side.0) * width * 0.47, Float(side.1) * length * 0.31, wheel))
      }
      return wheels.reduce(hull + cabin.shaded(0.55), +)
    case .duck:
      let (body, slim) = (u(0.42, 0.55), u(0.7, 0.9))
      let head = u(0.26, 0.36)
      let (neck, front) = (body + head * u(0.9, 1.3), -u(0.4, 0.6))
      let trunk = Mesh.sphere(radius: 1).scaled(by: Vector(body * slim * 1.1, 0.8, body))
        .moved(by: Vector(0, 0.1, body))
      let tail = Mesh.cone(radius: 0.2, height: 0.5).lyingForward.scaled(by: Vector(1, -1, 1))
        .moved(by: Vector(0, 0.65, body * 1.25))
      let beak = Mesh.cone(radius: head * 0.42, height: u(0.3, 0.5)).lyingForward
        .moved(by: Vector(0, front - head * 0.8, neck + head * 0.4))
      return trunk + Mesh.sphere(radius: head).moved(by: Vector(0, front, neck + head * 0.5)) + beak.shaded(0.5) + tail
    }
  }
}

/// Numbers that are drawn one after the other, uniform between two bounds.
private struct Proportions {
  var draws: CounterGenerator

  mutating func callAsFunction(_ low: Double, _ high: Double) -> Float { Float(draws.uniform(low, high)) }
}
