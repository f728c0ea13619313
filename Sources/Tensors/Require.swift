/// Ends the program with `message` unless `condition` holds: for programming mistakes.
///
/// As `precondition`, which says nothing in optimised code: whoever made the mistake should read what to do about it.
@inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
