import CKernels
import Testing

struct BufferTests {
  // Reuse can be seen only where nobody else takes buffers.
  @Test func buffersAreReusedCountedAndReleased() async {
    await #expect(processExitsWith: .success) {
      let before = ck_buffers_live()
      let first = ck_buffer_take(1000)!
      precondition(ck_buffers_live() == before + 1)
      ck_buffer_give(first, 1000)
      precondition(ck_buffers_live() == before)
      let again = ck_buffer_take(1000)!
      precondition(again == first, "a buffer that was given back is handed out again")
      let other = ck_buffer_take(1000)!
      precondition(other != again, "a buffer that is in use is not")
      ck_buffer_give(again, 1000)
      ck_buffer_give(other, 1000)
      ck_buffers_release_idle()
      precondition(ck_buffers_live() == before)
    }
  }

  @Test func everySizeIsWritableToItsEnd() {
    // Sizes around every step of the rounding, all held at once: an overlap would show as a changed number.
    var sizes = Array(0...300)
    for power in 8...17 { sizes += [(1 << power) - 1, 1 << power, (1 << power) + 1, (1 << power) * 9 / 8 + 1] }
    let buffers = sizes.map { ck_buffer_take($0)! }
    for (index, size) in sizes.enumerated() { ck_fill(buffers[index], Float(index), size) }
    for (index, size) in sizes.enumerated() where size > 0 {
      #expect(buffers[index][0] == Float(index) && buffers[index][size - 1] == Float(index))
      #expect(UInt(bitPattern: buffers[index]) % 64 == 0)
    }
    for (index, size) in sizes.enumerated() { ck_buffer_give(buffers[index], size) }
  }
}
