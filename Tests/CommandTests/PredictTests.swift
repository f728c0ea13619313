import TestSupport
import Datasets
import Foundation
import Pictures
import Testing

/// `vae predict`, on a film made for it: a bright square that goes left or right.
struct PredictTests {
  private func film(_ path: String, in folder: String) throws {
    let count = 120
    var frames = [Float](repeating: 0, count: count * 192)
    var tracks = [Float](repeating: 0, count: count * 16 * 6 * 2)
    for i in 0..<count {
      let (y, x) = (i * 7 % 4, i * 5 % 4)
      for pixel in 0..<4 {
        let first = ((i * 8 + 2 * y + pixel / 2) * 8 + 2 * x + pixel % 2) * 3
        for channel in 0..<3 { frames[first + channel] = 255 }
      }
      for step in 0..<6 {
        tracks[((i * 16 + y * 4 + x) * 6 + step) * 2] = Float(step + 1) * (i * 31 % 7 < 4 ? 1 : -1)
      }
    }
    func bytes(_ values: [Float], _ shape: [Int]) throws -> [UInt8] {
      try ArrayFile.write(values, shape: shape, to: folder + "/array.npy")
      return [UInt8](try contents(folder + "/array.npy"))
    }
    // Bytes in the form of NumPy: a header, padded to a multiple of 64, then the numbers.
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(count), 8, 8, 3), }"
    let padded = header + String(repeating: " ", count: 127 - 10 - header.utf8.count) + "\n"
    let frameFile =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0] + Array(padded.utf8)
      + frames.map { UInt8($0) }
    let films = try bytes((0..<count).map { Float($0 / 60) }, [count])
    let zip = Self.zip([
      ("frames.npy", frameFile), ("tracks.npy", try bytes(tracks, [count, 4, 4, 6, 2])), ("film.npy", films),
    ])
    try Data(zip).write(to: URL(fileURLWithPath: path))
  }

  /// A zip whose members are stored as they are.
  private static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
    func checksum(_ bytes: [UInt8]) -> Int {
      var sum: UInt32 = 0xffff_ffff
      for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
      }
      return Int(~sum)
    }
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in members {
      let common =
        little(0, 8) + little(checksum(bytes), 4) + little(bytes.count, 4) + little(bytes.count, 4)
        + little(name.utf8.count, 2) + little(0, 2)
      directory += little(0x0201_4b50, 4) + little(20, 2) + little(20, 2) + common
      directory += little(0, 10) + little(file.count, 4) + Array(name.utf8)
      file += little(0x0403_4b50, 4) + little(20, 2) + common + Array(name.utf8) + bytes
    }
    let end = little(0x0605_4b50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
    return file + directory + end + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
  }

  @Test func futuresOfAFilmAreDrawnAndJudged() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/film.npz"
      try film(path, in: folder)
      let run = folder + "/run"
      try VAEProgram.succeed([
        "train", path, "--given", "frame", "--model", "conv", "--channels", "8", "--width", "4", "--latent", "2",
        "--least-deviation", "0.5", "--epochs", "2", "--batch-size", "16", "--out", run,
      ])
      try VAEProgram.succeed(["predict", run, "--count", "2", "--draws", "3", "--animate", folder + "/a.png"])
      let sheet = try Picture(readingPNG: run + "/futures.png")
      #expect(sheet.channels == 3 && sheet.width > sheet.height)
      #expect(FileManager.default.fileExists(atPath: folder + "/a.png"))
      let result = try VAEProgram.succeed(["predict", run, "--evaluate", "--samples", "5", "--json"]).json()
      let methods = try #require(result["methods"] as? [[String: Any]])
      #expect(methods.count == 3)
      for method in methods { #expect(try #require(method["log_density"] as? Double).isFinite) }
      // A picture of another size, as a file of its own.
      let frame = folder + "/frame.png"
      try Picture(width: 40, height: 30, bytes: [UInt8](repeating: 90, count: 1200)).writePNG(to: frame)
      let out = folder + "/futures.npy"
      try VAEProgram.succeed(["predict", run, frame, "--draws", "3", "-o", out])
      let data = try DataFile(path: out).read()
      #expect(data.count == 1 && data.exampleShape == [3, 4, 4, 6, 2])
      let wrong = try VAEProgram.run(["predict", run, folder + "/none.png"])
      #expect(wrong.status != 0 && wrong.errors.contains("none.png"))
    }
  }

  @Test func whatIsNoFilmIsSaid() throws {
    try withTemporaryFolder { folder in
      let other = try VAEProgram.run(["predict", try SharedRun.path()])
      #expect(other.status != 0 && other.errors.contains("--given frame"))
      let missing = try VAEProgram.run(["train", folder + "/no.npz", "--given", "frame", "--out", folder + "/run"])
      #expect(missing.status != 0 && missing.errors.contains("no.npz"))
      let digits = try VAEProgram.run(["train", "digits", "--given", "frame", "--out", folder + "/run"])
      #expect(digits.status != 0 && digits.errors.contains("frames and tracks"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }
  }
}
