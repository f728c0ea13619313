import Autoencoders
import Tensors
import Testing

/// A specification and what it is for: an argument of tests that go for many models.
struct ModelCase: Sendable, CustomTestStringConvertible {
  var specification: any ModelSpecification
  var form: ExampleForm

  init(_ specification: any ModelSpecification, _ form: ExampleForm) {
    (self.specification, self.form) = (specification, form)
  }

  /// Its name and sizes.
  var testDescription: String { AnyModelSpecification(specification).summary(for: form) }

  /// The model with weights by a seed.
  func makeModel(_ stream: RandomStream) -> any LatentVariableModel { specification.makeModel(for: form, stream) }
}

extension ModelSpecification {
  /// The default for a form, changed.
  static func make(_ form: ExampleForm, _ change: (inout Self) -> Void = { _ in }) -> ModelCase {
    var specification = Self(for: form)
    change(&specification)
    return ModelCase(specification, form)
  }

  /// The setting that is refused, and why; nil if none is.
  func problem(for form: ExampleForm) -> SettingError? {
    do { try validate(for: form) } catch { return error as? SettingError }
    return nil
  }
}
