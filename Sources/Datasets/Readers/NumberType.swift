/// How a file stores one number.
public enum NumberType: String, Sendable, Codable, CaseIterable {
  /// Integers without a sign.
  case uint8, uint16, uint32, uint64
  /// Integers with a sign.
  case int8, int16, int32, int64
  /// IEEE 754 numbers.
  case float16, float32, float64
  /// One byte, 0 or 1.
  case bool

  /// Bytes of one number.
  public var size: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Converts the numbers in `raw` to floats; `output` has room for all of them.
  func convert(_ raw: UnsafeRawBufferPointer, isBigEndian: Bool, to output: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .uint8: integers(UInt8.self, raw, isBigEndian, output)
    case .bool: integers(UInt8.self, raw, isBigEndian, output)
    case .uint16: integers(UInt16.self, raw, isBigEndian, output)
    case .uint32: integers(UInt32.self, raw, isBigEndian, output)
    case .uint64: integers(UInt64.self, raw, isBigEndian, output)
    case .int8: integers(Int8.self, raw, isBigEndian, output)
    case .int16: integers(Int16.self, raw, isBigEndian, output)
    case .int32: integers(Int32.self, raw, isBigEndian, output)
    case .int64: integers(Int64.self, raw, isBigEndian, output)
    case .float16: each(UInt16.self, raw, isBigEndian, output) { Float(halfBits: $0) }
    case .float32: each(UInt32.self, raw, isBigEndian, output) { Float(bitPattern: $0) }
    case .float64: each(UInt64.self, raw, isBigEndian, output) { Float(Double(bitPattern: $0)) }
    }
  }
}

@inline(__always)
private func each<Word: FixedWidthInteger>(
  _ type: Word.Type, _ raw: UnsafeRawBufferPointer, _ isBigEndian: Bool,
  _ output: UnsafeMutableBufferPointer<Float>, _ float: (Word) -> Float
) {
  let size = MemoryLayout<Word>.size
  for index in 0..<(raw.count / size) {
    let word = raw.loadUnaligned(fromByteOffset: index * size, as: Word.self)
    output[index] = float(isBigEndian ? word.byteSwapped : word)
  }
}

@inline(__always)
private func integers<Word: FixedWidthInteger>(
  _ type: Word.Type, _ raw: UnsafeRawBufferPointer, _ isBigEndian: Bool,
  _ output: UnsafeMutableBufferPointer<Float>
) {
  each(type, raw, isBigEndian, output) { Float($0) }
}

extension Float {
  /// The value of an IEEE 754 half, given as its bits; Float16 itself isn't there on every platform.
  init(halfBits bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10) & 31
    let fraction = Float(bits & 1023) / 1024
    switch exponent {
    case 0: self = sign * fraction * Float(sign: .plus, exponent: -14, significand: 1)
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default: self = sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    }
  }
}

extension ByteStream {
  /// The next `count` numbers: uint8 and bool as bytes, others as floats. Nothing is allocated before the bounds
  /// of the file and of memory have been checked.
  func numbers(
    _ count: Int, of type: NumberType, isBigEndian: Bool, what: String
  ) throws -> Dataset.Values {
    guard let size = checkedProduct([count, type.size]) else {
      throw error(expected: what, found: "a count of \(count)", remedy: "the header is damaged: fetch or save it again")
    }
    if type == .uint8 || type == .bool { return .bytes(try bytes(count, what: what)) }
    try checkRoom(for: size, memory: checkedProduct([count, 4]) ?? .max, what: what)
    return .floats(
      try [Float](unsafeUninitializedCapacity: count) { output, initialized in
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
          let most = buffer.count / type.size
          while initialized < count {
            let part = min(most, count - initialized)
            let raw = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(part * type.size)])
            try readExactly(into: raw, what: what)
            type.convert(
              UnsafeRawBufferPointer(raw), isBigEndian: isBigEndian,
              to: UnsafeMutableBufferPointer(rebasing: output[initialized..<(initialized + part)]))
            initialized += part
          }
        }
      })
  }
}
