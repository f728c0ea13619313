import ArgumentParser
import Autoencoders

/// The program.
@main
struct Vae: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae",
    abstract: "Variational autoencoders: train on your data, judge honestly, and put the model to use.",
    discussion: """
      A first run, on real handwritten digits:

        vae train mnist --out runs/digits
        vae evaluate runs/digits
        vae report runs/digits

      `vae help COMMAND` has examples of each command. Shell completions: `vae --generate-completion-script bash`.
      """,
    version: "0.1.0",
    subcommands: [
      DataCommand.self, TrainCommand.self, EvaluateCommand.self, SampleCommand.self, ReconstructCommand.self,
      ImputeCommand.self, CompleteCommand.self, SegmentCommand.self, PredictCommand.self, ClassifyCommand.self,
      AnalogiesCommand.self, DrawCommand.self, InterpolateCommand.self, ManifoldCommand.self, MapCommand.self,
      TraverseCommand.self, FactorsCommand.self, DisentangleCommand.self, EncodeCommand.self, CompressCommand.self,
      DecompressCommand.self,
      InfoCommand.self, ReportCommand.self, CurvesCommand.self, CompareCommand.self,
    ])

  static func main() {
    Interruption.listen()
    let arguments = FormerNames.replaced(Array(CommandLine.arguments.dropFirst()))
    if let help = TrainHelp.text(for: arguments) { return print(help) }
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let error as SettingError {
      exit(withError: ValidationError(flagged(error)))
    } catch {
      exit(withError: error)
    }
  }

  /// What is wrong with a setting, under the name of the flag that sets it.
  private static func flagged(_ error: SettingError) -> String {
    let names = ["cvae_share": "hybrid", "labelled_share": "labelled-share", "input_scaling": "input"]
    let key = error.setting.split(separator: ".").last.map(String.init) ?? error.setting
    return "--\(names[key] ?? key.replacing("_", with: "-")): \(error.problem)"
  }
}
