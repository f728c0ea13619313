import Pictures

/// Reads binary grey pictures, PGM (P5) with 8-bit values, plain or gzip-compressed.
public enum PGMReader {
  /// The picture as [height, width]; throws `DataError`.
  public static func read(path: String) throws -> NumericArray {
    let stream = try ByteStream.open(path: path)
    let picture = try Picture.pgm(stream.rest(), path: path, isContent: stream is InflateStream)
    return NumericArray(
      name: "", shape: [picture.height, picture.width], values: .bytes(picture.bytes), type: .uint8)
  }
}
