import ArgumentParser

/// Times the library; Benchmarks/run drives it.
@main
struct Speed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed", abstract: "Times the library and the matrix products under it.",
    subcommands: [WorkCommand.self, BLASCommand.self, PlotCommand.self])
}
