import Foundation

/// An array of bits in a .npz that is too large to be held: inflated once into the cache, as 0 and 255, and read from there.
package struct StreamedArray {
  let path: String
  let variable: String
  let exampleShape: [Int]
  let context: ReadingContext

  /// The array of that name in the .npz at `path`.
  package init(path: String, variable: String, exampleShape: [Int], context: ReadingContext) {
    (self.path, self.variable, self.exampleShape, self.context) = (path, variable, exampleShape, context)
  }

  /// The array's examples. Throws `DataError` if it isn't bytes of `exampleShape` in C order.
  package func read() throws -> Dataset {
    let absolute = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let form = "bits of \(variable)"
    let stamps = [ByteCache.Stamp(absolute, as: "")].compactMap { $0 }
    if let (manifest, bytes) = context.cache.find(source: absolute, form: form, files: stamps) {
      return Dataset(name: variable, exampleShape: manifest.exampleShape, values: .mapped(bytes))
    }
    let bytes = try ArchiveReader(path: path).withMember("\(variable).npy") { member in
      let header = try NPYHeader(member)
      let count = header.shape.first ?? 0
      guard header.type == .uint8, !header.isFortranOrder, count > 0, Array(header.shape.dropFirst()) == exampleShape
      else {
        throw member.error(
          expected: "bytes of shape [count] + \(exampleShape)", found: "\(header.type.rawValue) \(header.shape)",
          remedy: "fetch the set again")
      }
      let writer = try context.cache.writer(source: absolute, form: form)
      try copy(count, from: member, to: writer)
      return try writer.finish(
        .init(source: absolute, form: form, files: stamps, exampleShape: exampleShape, count: count))
    }
    return Dataset(name: variable, exampleShape: exampleShape, values: .mapped(bytes))
  }

  private func copy(_ count: Int, from stream: ByteStream, to writer: ByteCache.Writer) throws {
    let size = exampleShape.reduce(1, *)
    let begin = Date()
    var piece = [UInt8](repeating: 0, count: 256 * size)
    for first in Swift.stride(from: 0, to: count, by: 256) {
      let examples = min(256, count - first)
      try piece.withUnsafeMutableBytes { buffer in
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(examples * size)])
        try stream.readExactly(into: part, what: "\(variable)")
        var all: UInt8 = 0
        for i in part.indices {
          all |= part[i]
          part[i] &*= 255
        }
        guard all <= 1 else {
          throw stream.error(expected: "bits, 0 or 1", found: "other bytes", remedy: "fetch the set again")
        }
        try writer.append(UnsafeRawBufferPointer(part))
      }
      context.report(
        ReadingProgress(
          source: path, done: first + examples, total: count, fraction: Double(first + examples) / Double(count),
          unit: "examples", seconds: Date().timeIntervalSince(begin)))
    }
    try stream.expectEnd(after: "\(count) examples")
  }
}
