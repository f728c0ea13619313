import ArgumentParser

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
    main(nil)
  }
}
