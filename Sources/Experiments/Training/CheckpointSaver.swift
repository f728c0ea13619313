import Autoencoders
import Foundation
import Networks
import Tensors

/// When checkpoints are written: now and then, at the end, and always one for the best epoch.
struct CheckpointSaver {
  let run: Run
  let every: Double
  private var best: (checkpoint: Safetensors, step: Int)?
  private var lastSave = Date()
  private var savedStep = -1

  init(run: Run, every: Double) {
    self.run = run
    self.every = every
  }

  mutating func note<Model: LatentVariableModel>(_ report: EpochReport, _ trainer: Trainer<Model>) throws {
    if report.isBest { best = (trainer.checkpoint, trainer.step) }
    if Date().timeIntervalSince(lastSave) >= every { try save(trainer) }
  }

  mutating func finish<Model: LatentVariableModel>(_ trainer: Trainer<Model>) throws {
    if trainer.step != savedStep { try save(trainer) }
  }

  private mutating func save<Model: LatentVariableModel>(_ trainer: Trainer<Model>) throws {
    guard trainer.model.parameters.allSatisfy(\.isFinite) else {
      throw TrainingError.diverged(step: trainer.step, part: "weights after the step")
    }
    if let best, best.step != trainer.step { try run.save(best.checkpoint, step: best.step, isBest: true) }
    try run.save(trainer.checkpoint, step: trainer.step, isBest: best?.step == trainer.step)
    best = nil
    lastSave = Date()
    savedStep = trainer.step
  }
}
