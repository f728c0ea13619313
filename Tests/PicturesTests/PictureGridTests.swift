import Testing

@testable import Pictures

@Suite struct PictureGridTests {
  private func pixel(_ value: UInt8) -> Picture { Picture(width: 1, height: 1, bytes: [value]) }

  @Test func everyPixelIsInItsPlace() {
    let grid = PictureGrid(columns: 2, zoom: 2, gutter: 1, background: 9)
    let sheet = grid.picture(of: [pixel(1), pixel(2), pixel(3)])
    #expect(sheet.width == 7 && sheet.height == 7)
    #expect(
      sheet.bytes == [
        9, 9, 9, 9, 9, 9, 9,
        9, 1, 1, 9, 2, 2, 9,
        9, 1, 1, 9, 2, 2, 9,
        9, 9, 9, 9, 9, 9, 9,
        9, 3, 3, 9, 9, 9, 9,
        9, 3, 3, 9, 9, 9, 9,
        9, 9, 9, 9, 9, 9, 9,
      ])
  }

  @Test func coloursStayTogether() {
    let picture = Picture(width: 2, height: 1, channels: 3, bytes: [1, 2, 3, 4, 5, 6])
    #expect(picture.enlarged(by: 2).bytes == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
    let sheet = PictureGrid(columns: 1, zoom: 1, gutter: 0).picture(of: [picture, picture])
    #expect(sheet.channels == 3 && sheet.bytes == picture.bytes + picture.bytes)
  }

  @Test func reconstructionsStandUnderTheirOriginals() {
    let sheet = PictureGrid.pairs(
      originals: [pixel(1), pixel(2), pixel(3)], reconstructions: [pixel(11), pixel(12), pixel(13)], columns: 2,
      zoom: 1)
    // Rows at 2, 5, then the wider gap, then 16, 19; columns at 2 and 5.
    #expect(sheet.width == 8 && sheet.height == 22)
    let found = [2, 5, 16, 19].flatMap { y in [2, 5].map { x in sheet.bytes[y * 8 + x] } }
    #expect(found == [1, 2, 11, 12, 3, 255, 13, 255])
    #expect(sheet.bytes.filter { $0 != 255 }.count == 6)
  }

  @Test func groupsAreKeptApart() {
    let sheet = PictureGrid.groups([[pixel(1)], [pixel(2)]], columns: 1, zoom: 1)
    // Rows at 2 and, after the wider gap, at 13.
    #expect(sheet.width == 5 && sheet.height == 16)
    #expect(sheet.bytes[2 * 5 + 2] == 1 && sheet.bytes[13 * 5 + 2] == 2)
    let wide = PictureGrid.groups([[1, 2, 3].map(pixel), [4, 5, 6].map(pixel)], columns: 2, zoom: 1)
    let found: [UInt8] = wide.bytes.filter { $0 != 255 }
    #expect(found == [1, 2, 3, 4, 5, 6])
  }

  @Test func smallPicturesAreEnlargedAndLargeSheetsAreNot() {
    func width(side: Int, columns: Int) -> Int {
      let picture = Picture(width: side, height: side, bytes: Array(repeating: 0, count: side * side))
      return PictureGrid(columns: columns, gutter: 0).picture(of: [picture]).width
    }
    #expect(width(side: 28, columns: 10) == 840)
    #expect(width(side: 28, columns: 20) == 1120)
    #expect(width(side: 28, columns: 60) == 1680)
    #expect(width(side: 200, columns: 2) == 400)
  }
}
