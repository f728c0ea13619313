import Datasets
import Files
import Foundation
import SyntheticData

extension DataLocator {
  /// Frames and trajectories: `moving-digits`, made of MNIST; or a .npz with `frames`, uint8 [N, height, width, channels],
  /// `tracks`, [N, rows, columns, steps, 2] displacements in pixels, and perhaps `film`, [N]. Throws `DataError`.
  public func motion(_ source: String) throws -> MotionSet {
    if source == MovingDigits.name {
      return try MovingDigits().motionSet(of: load("mnist").train)
    }
    guard FileManager.default.fileExists(atPath: source) else {
      throw DataError(
        file: source, expected: "a .npz with frames and tracks, or \(MovingDigits.name)", found: "no such file",
        remedy: "make one from films with scripts/tracks")
    }
    let file = try DataFile(path: source)
    guard file.format == .npz else {
      throw DataError(
        file: source, expected: "a .npz with frames and tracks", found: file.format.rawValue,
        remedy: "make one from films with scripts/tracks")
    }
    let frames = try file.read(variable: "frames")
    let tracks = try NPZReader.read(path: source, variable: "tracks")
    let hasFilms = try file.variables().contains { $0.name == "film" }
    let films = hasFilms ? try NPZReader.read(path: source, variable: "film").labels(count: frames.count) : nil
    guard frames.values.withBytes({ _ in true }) == true, tracks.shape.count == 5, tracks.shape[4] == 2,
      tracks.shape.allSatisfy({ $0 > 0 }), case .floats(let displacements) = tracks.values
    else {
      throw DataError(
        file: source, expected: "frames of bytes and tracks [N, rows, columns, steps, 2]",
        found: "frames \(frames.exampleShape), tracks \(tracks.shape)", remedy: "make the file anew with scripts/tracks"
      )
    }
    let form = TrajectoryForm(
      rows: tracks.shape[1], columns: tracks.shape[2], steps: tracks.shape[3], coefficients: min(5, tracks.shape[3]))
    let size = form.points * form.steps * 2
    guard frames.count * size == displacements.count else {
      throw DataError(
        file: source, expected: "trajectories of \(frames.count) frames", found: "of \(displacements.count / size)",
        remedy: "make the file anew with scripts/tracks")
    }
    return try MotionSet(name: frames.name, frames: frames, form: form, films: films) {
      Array(displacements[$0 * size..<($0 + 1) * size])
    }
  }
}
