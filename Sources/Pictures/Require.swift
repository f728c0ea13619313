/// Ends the program with `message` unless `condition` holds: for programming mistakes, in optimised code too.
///
/// The same as in `Tensors`, on which this module does not depend.
@inline(__always)
func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
