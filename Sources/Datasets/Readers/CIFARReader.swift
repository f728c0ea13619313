import Files
import Foundation
import Pictures

/// Reads the binary version of CIFAR-10: records of a label, then the red, the green and the blue plane of 32 x 32 pixels.
public enum CIFARReader {
  private static let shape = [32, 32, 3]
  private static let recordSize = 1 + 3072

  /// The pictures of a file as [count, 32, 32, 3] and their labels, or the first `limit` of them; throws `DataError`.
  public static func read(path: String, limit: Int? = nil) throws -> (pixels: NumericArray, labels: [Int]) {
    try read(ByteStream.open(path: path), limit: limit)
  }

  /// Nothing bounds the number of records but the stream, so memory grows as they come.
  static func read(_ stream: ByteStream, limit: Int?) throws -> (pixels: NumericArray, labels: [Int]) {
    var pixels: [UInt8] = []
    var labels: [Int] = []
    var record = [UInt8](repeating: 0, count: recordSize)
    while labels.count < limit ?? .max {
      let start = stream.position
      let count = try record.withUnsafeMutableBytes { try stream.read(into: $0) }
      if count == 0 { break }
      guard count == recordSize, record[0] < 10 else {
        throw DataError(
          file: stream.name, position: start, expected: "a label of 0 to 9 and 3072 bytes of CIFAR-10",
          found: count == recordSize ? "label \(record[0])" : "\(count) bytes",
          remedy: "the file is cut short, damaged or no CIFAR-10 batch: fetch it again")
      }
      labels.append(Int(record[0]))
      for pixel in 1...1024 { pixels += [record[pixel], record[pixel + 1024], record[pixel + 2048]] }
    }
    guard !labels.isEmpty else {
      throw stream.error(expected: "a record of CIFAR-10", found: "the end of the file", remedy: "fetch it again")
    }
    let array = NumericArray(name: "", shape: [labels.count] + shape, values: .bytes(pixels), type: .uint8)
    return (array, labels)
  }

  /// The batches of a folder, the publisher's folder in it, or the published tar, however many there are: `data_batch*.bin`
  /// to train on, `test_batch*.bin` to test on, plain or gzip-compressed. Nil where there is none to train on.
  package static func splits(at path: String, limit: Int?) throws -> DatasetSplits? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    guard isFolder.boolValue else { return try archive(path, limit: limit) }
    for folder in [path, "\(path)/cifar-10-batches-bin"] {
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter(isBatch).sorted()
      // Of a batch that is there twice, plain and compressed, the plain one.
      let once = names.filter { !$0.hasSuffix(".gz") || !names.contains(String($0.dropLast(3))) }
      let batches = try once.reduce(into: [String: (NumericArray, [Int])]()) { batches, name in
        batches[name] = try read(path: "\(folder)/\(name)", limit: limit)
      }
      if let splits = joined(batches, limit: limit) { return splits }
    }
    return nil
  }

  private static func archive(_ path: String, limit: Int?) throws -> DatasetSplits? {
    let archive = try ArchiveReader(path: path)
    var batches: [String: (NumericArray, [Int])] = [:]
    while let member = try archive.next() {
      let name = URL(fileURLWithPath: member.member).lastPathComponent
      // A container of pictures need not be gone through to its end.
      if Picture.isPicture(name: name) { return nil }
      if isBatch(name), !name.hasSuffix(".gz") { batches[name] = try read(member, limit: limit) }
    }
    return joined(batches, limit: limit)
  }

  /// Whether a file's name is one of the publisher's batches.
  static func isBatch(_ name: String) -> Bool {
    (name.hasPrefix("data_batch") || name.hasPrefix("test_batch"))
      && (name.hasSuffix(".bin") || name.hasSuffix(".bin.gz"))
  }

  private static func joined(_ batches: [String: (NumericArray, [Int])], limit: Int?) -> DatasetSplits? {
    func part(_ prefix: String) -> Dataset? {
      let chosen = batches.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map(\.value)
      if chosen.isEmpty { return nil }
      let bytes = chosen.flatMap { batch, _ in batch.values.withBytes { Array($0) } ?? [] }
      return Dataset(
        name: "cifar10", exampleShape: shape, values: .bytes(bytes), labels: chosen.flatMap(\.1), labelNames: classes
      ).prefix(limit)
    }
    return part("data_batch").map { DatasetSplits(train: $0, test: part("test_batch")) }
  }

  /// The publisher's names of the classes.
  package static let classes = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
}
