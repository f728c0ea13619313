import Foundation

/// `tutorial PAGE FOLDER`: makes the pictures of one page of docs/tutorial in FOLDER and prints the page's figures.
///
/// FOLDER holds two runs made by `vae train` (see scripts/tutorial): `digits` with 20 latents and `digits-2d` with 2.
@main
enum Main {
  static let pages: [@Sendable (Workplace) throws -> Void] = [
    latent, ring, dirac, pixelDistance, naiveSampling, whatQIsFor, penalty, oneDimension,
  ]

  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 2, let number = Int(words[0]), pages.indices.contains(number - 1) else {
      stop("usage: tutorial PAGE FOLDER, with a page from 1 to \(pages.count)")
    }
    do { try pages[number - 1](Workplace(folder: words[1])) } catch { stop("page \(number): \(error)") }
  }

  private static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(1)
  }
}
