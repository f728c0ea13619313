import Tensors

/// Which numbers of some examples are observed; the others are to be missing.
public struct ObservationMask: Sendable, Equatable {
  /// Numbers in one example.
  public let size: Int
  /// [rows, size]; a single row is meant for all examples.
  public let isObserved: [Bool]

  /// Traps unless `isObserved` is a whole number of rows, at least one.
  public init(_ isObserved: [Bool], size: Int) {
    require(
      size > 0 && !isObserved.isEmpty && isObserved.count % size == 0,
      "ObservationMask: \(isObserved.count) marks are no rows of \(size)")
    (self.isObserved, self.size) = (isObserved, size)
  }

  /// How many rows there are.
  public var rows: Int { isObserved.count / size }

  /// Every pixel is missing with probability `part`, in all its channels, whatever it shows: missing completely at random.
  /// A table's columns are pixels of one channel.
  ///
  /// A row for each of `positions`; which of an example's pixels are missing depends on `stream` and its position alone.
  public static func random(
    part: Float, shape: [Int], positions: [Int], stream: RandomStream
  ) -> ObservationMask {
    let size = shape.reduce(1, *)
    let channels = channels(shape)
    let pixels = size / channels
    let marks = positions.flatMap { position in
      var row = Tensor(repeating: 0, shape: [size])
      row.withMutablePointer {
        stream.makeMissing(in: $0, first: position * pixels, part: part, pixels: pixels, channels: channels)
      }
      return row.scalars.map { !$0.isNaN }
    }
    return ObservationMask(marks, size: size)
  }

  /// A rectangle of a picture [height, width] or [height, width, channels] is missing; what lies outside the picture is cut
  /// off.
  public static func rectangle(top: Int, left: Int, height: Int, width: Int, shape: [Int]) -> ObservationMask {
    require(2...3 ~= shape.count, "ObservationMask: a rectangle of examples of shape \(shape), which are no pictures")
    let channels = channels(shape)
    let (rows, columns) = (top..<top + height, left..<left + width)
    let marks = (0..<shape.reduce(1, *)).map { number in
      let pixel = number / channels
      return !(rows.contains(pixel / shape[1]) && columns.contains(pixel % shape[1]))
    }
    return ObservationMask(marks, size: marks.count)
  }

  private static func channels(_ shape: [Int]) -> Int { shape.count == 3 ? shape[2] : 1 }

  /// Examples [B, size] with NaN where they are not observed. Traps unless there is one row, or one for each.
  public func hiding(_ x: Tensor) -> Tensor {
    require(
      x.shape.rank == 2 && x.shape[1] == size && (rows == 1 || rows == x.shape[0]),
      "ObservationMask: \(rows) rows of \(size) for examples \(x.shape)")
    var hidden = x
    hidden.withMutablePointer { numbers in
      for i in 0..<x.count where !isObserved[rows == 1 ? i % size : i] { numbers[i] = .nan }
    }
    return hidden
  }
}
