/// Many pictures of one size on one sheet, row by row, with thin gutters.
public struct PictureGrid: Sendable {
  /// Pictures in a row.
  public var columns: Int
  /// Every pixel becomes a square of this side; nil chooses a pleasant one from the pictures' size.
  public var zoom: Int?
  /// Pixels between neighbours and around the sheet, not enlarged.
  public var gutter: Int
  /// Rows that belong together.
  public var rowsPerGroup: Int
  /// Pixels between groups of rows, not enlarged; by default as between neighbours.
  public var groupGap: Int
  /// The grey of the gutters.
  public var background: UInt8

  /// A layout; traps on sizes that are not positive or gaps that are negative.
  public init(
    columns: Int, zoom: Int? = nil, gutter: Int = 2, rowsPerGroup: Int = 1, groupGap: Int? = nil,
    background: UInt8 = 255
  ) {
    require(columns > 0 && rowsPerGroup > 0 && (zoom ?? 1) > 0, "PictureGrid: sizes must be positive")
    require(gutter >= 0 && groupGap ?? 0 >= 0, "PictureGrid: gaps must not be negative")
    self.columns = columns
    self.zoom = zoom
    self.gutter = gutter
    self.rowsPerGroup = rowsPerGroup
    self.groupGap = groupGap ?? gutter
    self.background = background
  }

  /// Originals above their reconstructions: rows alternate, and a wider gap keeps the pairs apart.
  ///
  /// Traps unless there are as many reconstructions as originals and all have one size.
  public static func pairs(
    originals: [Picture], reconstructions: [Picture], columns: Int = 10, zoom: Int? = nil
  ) -> Picture {
    require(
      originals.count == reconstructions.count,
      "PictureGrid: \(originals.count) originals, \(reconstructions.count) reconstructions")
    // A last row that is not full would put reconstructions under the wrong originals: both halves end with blanks.
    var rows: [Picture?] = []
    for start in stride(from: 0, to: originals.count, by: columns) {
      let range = start..<min(start + columns, originals.count)
      rows += filled(originals[range], columns) + filled(reconstructions[range], columns)
    }
    let grid = PictureGrid(columns: columns, zoom: zoom, rowsPerGroup: 2, groupGap: 10)
    return grid.picture(placing: rows)
  }

  /// Groups of as many pictures each, below each other with a wider gap between.
  ///
  /// Traps unless all groups have the first one's number of pictures, and all pictures one size.
  public static func groups(_ groups: [[Picture]], columns: Int, zoom: Int? = nil) -> Picture {
    require(
      !groups.isEmpty && groups.allSatisfy { $0.count == groups[0].count && !$0.isEmpty },
      "PictureGrid: groups of \(groups.map(\.count)) pictures; expected as many in each")
    let rowsPerGroup = (groups[0].count + columns - 1) / columns
    let grid = PictureGrid(columns: columns, zoom: zoom, rowsPerGroup: rowsPerGroup, groupGap: 10)
    return grid.picture(placing: groups.flatMap { filled($0[...], columns) })
  }

  /// Rows that are full, with blanks at the end.
  private static func filled(_ pictures: ArraySlice<Picture>, _ columns: Int) -> [Picture?] {
    pictures.map { $0 } + [Picture?](repeating: nil, count: (columns - pictures.count % columns) % columns)
  }

  /// The sheet; a last row that is not full ends with background. Traps on no pictures or mixed sizes.
  public func picture(of pictures: [Picture]) -> Picture {
    picture(placing: pictures)
  }

  private func picture(placing cells: [Picture?]) -> Picture {
    guard let first = cells.lazy.compactMap({ $0 }).first else { fatalError("PictureGrid: no pictures") }
    let zoom = self.zoom ?? pleasantZoom(for: first)
    let (cellWidth, cellHeight, channels) = (first.width * zoom, first.height * zoom, first.channels)
    let rows = (cells.count + columns - 1) / columns
    let width = gutter + columns * (cellWidth + gutter)
    let height = top(ofRow: rows - 1, cellHeight: cellHeight) + cellHeight + gutter

    var sheet = [UInt8](repeating: background, count: width * height * channels)
    for (index, cell) in cells.enumerated() {
      guard let cell else { continue }
      require(
        cell.width == first.width && cell.height == first.height && cell.channels == channels,
        "PictureGrid: picture \(index) is \(cell.width) x \(cell.height) x \(cell.channels), "
          + "the first is \(first.width) x \(first.height) x \(channels)")
      let left = gutter + index % columns * (cellWidth + gutter)
      let top = top(ofRow: index / columns, cellHeight: cellHeight)
      let pixels = cell.enlarged(by: zoom).bytes
      for y in 0..<cellHeight {
        let target = ((top + y) * width + left) * channels
        let source = y * cellWidth * channels
        sheet.replaceSubrange(
          target..<target + cellWidth * channels, with: pixels[source..<source + cellWidth * channels])
      }
    }
    return Picture(width: width, height: height, channels: channels, bytes: sheet)
  }

  private func top(ofRow row: Int, cellHeight: Int) -> Int {
    let group = row / rowsPerGroup
    return gutter + row * (cellHeight + gutter) + group * (groupGap - gutter)
  }

  // The largest zoom that keeps a picture under 96 pixels and the sheet under 1,200.
  private func pleasantZoom(for picture: Picture) -> Int {
    max(1, min(96 / max(picture.width, picture.height), 1200 / (columns * picture.width)))
  }
}
