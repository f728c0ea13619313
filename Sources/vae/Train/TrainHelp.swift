import ArgumentParser
import Autoencoders
import Foundation

/// `vae train --model NAME --help`: the help of `vae train` without the flags that mean nothing to the model.
enum TrainHelp {
  /// The help for arguments that ask for it and name a known model; nil for all others.
  static func text(for arguments: [String]) -> String? {
    guard arguments.first == "train", !Set(arguments).isDisjoint(with: ["--help", "-h"]) else { return nil }
    let named = arguments.firstIndex(of: "--model").flatMap { arguments.dropFirst($0 + 1).first }
    let joined = arguments.first { $0.hasPrefix("--model=") }.map { String($0.dropFirst(8)) }
    guard let name = named ?? joined, let type = ModelRegistry.type(named: name) else { return nil }
    return filtered(Vae.helpMessage(for: TrainCommand.self), for: type)
  }

  static func filtered(_ help: String, for type: any ModelSpecification.Type) -> String {
    let groups: [any ModelFlagGroup] = [
      ModelOptions(), LatentOptions(), LayerOptions(), PictureModelOptions(), DrawingOptions(), FactorOptions(),
      LabelOptions(),
    ]
    let foreign = Set(groups.flatMap(\.flags).filter { !$0.suits(type) }.map(\.name))
    var kept: [Substring] = []
    var isLeftOut = false
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      // An entry begins with its flag, two blanks in; what follows deeper belongs to it.
      if line.hasPrefix("  -") {
        let flag = line.split(whereSeparator: { " ,/".contains($0) }).first { $0.hasPrefix("--") }
        isLeftOut = flag.map { foreign.contains(String($0)) } ?? false
      } else if !line.hasPrefix("   ") {
        isLeftOut = false
      }
      if !isLeftOut { kept.append(line) }
    }
    return withoutEmptySections(kept).joined(separator: "\n")
  }

  /// Drops titles that have nothing left below them.
  private static func withoutEmptySections(_ lines: [Substring]) -> [Substring] {
    lines.indices.filter { index in
      let isTitle = lines[index].hasPrefix("MODEL") && lines[index].hasSuffix(":")
      let next = index + 1 < lines.count ? lines[index + 1] : ""
      let before = index > 0 ? lines[index - 1] : ""
      let isGapOfEmpty = lines[index].isEmpty && before.hasPrefix("MODEL") && before.hasSuffix(":")
      return !(isTitle && next.isEmpty) && !isGapOfEmpty
    }.map { lines[$0] }
  }
}
