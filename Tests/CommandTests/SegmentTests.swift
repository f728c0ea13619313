import TestSupport
import Datasets
import Foundation
import Pictures
import Tensors
import Testing

/// Bright discs on a darker ground, and their masks.
private func makeDiscs(_ folder: String, count: Int, width: Int = 24, height: Int = 24) throws {
  for kind in ["photos", "masks"] {
    try FileManager.default.createDirectory(atPath: "\(folder)/\(kind)", withIntermediateDirectories: true)
  }
  let places = RandomStream(seed: 1).uniform([count, 4]).scalars
  for index in 0..<count {
    let (p, radius) = (places[4 * index..<4 * index + 4].map { Double($0) }, Double(height) / 4)
    let (x, y) = (radius + p[0] * (Double(width) - 2 * radius), radius + p[1] * (Double(height) - 2 * radius))
    var (photo, mask): ([UInt8], [UInt8]) = ([], [])
    for row in 0..<height {
      for column in 0..<width {
        let (dx, dy) = (Double(column) - x, Double(row) - y)
        let isIn = (dx * dx + dy * dy).squareRoot() < radius
        mask.append(isIn ? 255 : 0)
        photo += isIn ? [220, UInt8(150 + 50 * p[2]), 90] : [30, UInt8(40 + 50 * p[3]), 60]
      }
    }
    try Picture(width: width, height: height, channels: 3, bytes: photo).writePNG(to: "\(folder)/photos/\(index).png")
    try Picture(width: width, height: height, bytes: mask).writePNG(to: "\(folder)/masks/\(index).png")
  }
}

private let small = [
  "--size", "16", "--model", "conv", "--width", "6", "--channels", "8,8", "--blocks", "0", "--latent", "4",
  "--batch-size",
  "8", "--threads", "2", "--validation", "0.2", "--learning-rate", "0.01",
]

/// A run that tests leave as it is, beside `photos` and `masks`.
private enum Discs {
  private static let made: Result<String, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vae-\(UUID().uuidString)").path
    try makeDiscs(folder, count: 60)
    try VAEProgram.succeed(
      ["train", folder + "/photos", "--masks", folder + "/masks", "--epochs", "12", "--out", folder + "/run"]
        + small + ["--condition-noise", "0.05", "--condition-holes", "0.4"])
    removeDiscs(folder)
    return folder
  }

  static func folder() throws -> String { try made.get() }
}

nonisolated(unsafe) private var discFolders: [String] = []

private func removeDiscs(_ path: String) {
  discFolders.append(path)
  atexit { discFolders.forEach { try? FileManager.default.removeItem(atPath: $0) } }
}

struct SegmentTests {
  @Test func aMaskItsUncertaintyAndASheetAreMade() throws {
    let made = try Discs.folder()
    try withTemporaryFolder { folder in
      try makeDiscs(folder, count: 1, width: 60, height: 36)
      let result = try VAEProgram.succeed(
        [
          "segment", made + "/run", folder + "/photos/0.png", "--draws", "6", "--truth", folder + "/masks", "-o",
          folder + "/mask.png",
        ])
      #expect(result.output.contains("overlap with the truth"))
      let mask = try Picture(readingPNG: folder + "/mask.png")
      #expect((mask.width, mask.height, mask.channels) == (60, 36, 1))
      #expect(Set(mask.bytes) == [0, 255])
      let truth = try Picture(readingPNG: folder + "/masks/0.png")
      let wrong = zip(mask.bytes, truth.bytes).count { $0 != $1 }
      #expect(Double(wrong) < 0.15 * Double(truth.bytes.count), "\(wrong) pixels are wrong")
      let uncertainty = try Picture(readingPNG: folder + "/mask-uncertainty.png")
      #expect((uncertainty.width, uncertainty.height) == (60, 36))
      let sheet = try Picture(readingPNG: folder + "/mask-sheet.png")
      #expect(sheet.width > 8 * 96 && sheet.channels == 3)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 5, "nothing else is left")
    }
  }

  @Test func aFolderGivesAFolderAndTheSameAgain() throws {
    let made = try Discs.folder()
    try withTemporaryFolder { folder in
      try makeDiscs(folder, count: 3)
      for out in ["a", "b"] {
        try VAEProgram.succeed(["segment", made + "/run", folder + "/photos", "--draws", "3", "-o", "\(folder)/\(out)"])
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/a").sorted()
      #expect(
        names == [
          "0-uncertainty.png", "0.png", "1-uncertainty.png", "1.png", "2-uncertainty.png", "2.png", "sheet.png",
        ])
      for name in names { #expect(try contents("\(folder)/a/\(name)") == contents("\(folder)/b/\(name)")) }
    }
  }

  @Test func heldOutExamplesAreShownAndJudged() throws {
    let run = try Discs.folder() + "/run"
    try withTemporaryFolder { folder in
      try VAEProgram.succeed(["segment", run, "--count", "2", "--draws", "4", "-o", folder + "/sheet.png"])
      #expect(try Picture(readingPNG: folder + "/sheet.png").height > 2 * 96)
    }
    let json = try VAEProgram.succeed(["segment", run, "--evaluate", "--draws", "5", "--json"]).json()
    #expect(json["count"] as? Int == 12 && json["draws"] as? Int == 5)
    for name in ["mean", "typical", "baseline"] {
      let score = try #require(json[name] as? [String: Any])
      #expect(try #require(score["overlap"] as? Double) > 0.5, "\(score)")
      #expect((0...0.5).contains(try #require(score["calibration_error"] as? Double)))
    }
    let text = try VAEProgram.succeed(["segment", run, "--evaluate", "--limit", "3", "--split", "train"]).output
    #expect(text.contains("3 train examples") && text.contains("deterministic"))
  }

  @Test func whatIsNoPictureOrNoSegmentationIsSaid() throws {
    let made = try Discs.folder()
    let run = made + "/run"
    #expect(
      try VAEProgram.complaint(["segment", SharedRun.path(), made + "/photos/0.png"]).contains("no model of masks"))
    try withTemporaryFolder { folder in
      let grey = folder + "/grey.png"
      try Picture(width: 20, height: 20, bytes: [UInt8](repeating: 9, count: 400)).writePNG(to: grey)
      #expect(try VAEProgram.complaint(["segment", run, grey, "-o", folder + "/m.png"]).contains("is grey"))
      try VAEProgram.succeed(["segment", run, grey, "--convert", "-o", folder + "/m.png"])
      try Data("no picture".utf8).write(to: file(folder + "/bad.png"))
      #expect(
        try VAEProgram.complaint(["segment", run, folder + "/bad.png", "-o", folder + "/x.png"]).contains("bad.png"))
      #expect(try VAEProgram.complaint(["segment", run, folder + "/none.png"]).contains("none.png"))
      #expect(try VAEProgram.complaint(["segment", run, made + "/photos", "-o", folder + "/x.png"]).contains("folder"))
      #expect(
        try VAEProgram.complaint(["segment", run, made + "/photos/0.png", "--truth", folder, "-o", folder + "/x"])
          .contains(
            "no mask"))
      #expect(try !FileManager.default.contentsOfDirectory(atPath: folder).contains("x.png"))
      #expect(try VAEProgram.complaint(["segment", run, "--evaluate", "-o", folder + "/x.png"]).contains("--evaluate"))
      #expect(try VAEProgram.complaint(["segment", run, "--draws", "0"]).contains("--draws"))
      #expect(
        try VAEProgram.complaint(["segment", run, made + "/photos/0.png", "--tile", "99"]).contains("--tile: 99"))
    }
  }

  @Test func pairsThatAreNoneAreSaid() throws {
    try withTemporaryFolder { folder in
      try makeDiscs(folder, count: 4)
      let train =
        ["train", folder + "/photos", "--masks", folder + "/masks", "--out", folder + "/run", "--epochs", "1"] + small
      #expect(try VAEProgram.complaint(train + ["--condition-holes", "2"]).contains("--condition-holes"))
      try FileManager.default.removeItem(atPath: folder + "/masks/2.png")
      #expect(try VAEProgram.complaint(train).contains("photos/2.png"))
      try Picture(width: 30, height: 20, bytes: [UInt8](repeating: 255, count: 600)).writePNG(
        to: folder + "/masks/2.png")
      #expect(try VAEProgram.complaint(train).contains("masks/2.png"))
      #expect(try VAEProgram.complaint(train + ["--given", "class"]).contains("--given"))
      #expect(
        try VAEProgram.complaint(["train", "digits", "--condition-noise", "0.1", "--out", folder + "/r"]).contains(
          "--condition"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }
  }
}
