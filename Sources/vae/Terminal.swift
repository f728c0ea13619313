import Experiments
import Foundation

/// What a person sees while the program works. Results go to standard output, all else to standard error.
enum Terminal {
  /// What the library says, and how far it is.
  static let reporter: any Reporter = TerminalReporter()

  static let isInteractive = isatty(2) == 1

  static func warn(_ text: String) { write("warning: \(text)\n") }

  static func note(_ text: String) { write("\(text)\n") }

  /// Replaces the last line of a terminal; says nothing elsewhere.
  static func progress(_ text: String) {
    if isInteractive { write("\r\u{1b}[K\(text)") }
  }

  static func endProgress() { progress("") }

  /// Prints a result at once, even into a pipe.
  static func result(_ text: String) {
    endProgress()
    print(text)
    fflush(nil)
  }

  private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
