import CKernels

// Steps of Hamiltonian trajectories under t log p(x|z) + log N(z; 0, I), for rows [rows, size] with a step length each.
extension Tensor {
  /// self += lengths momentum, row by row.
  package mutating func drift(along momentum: Tensor, lengths: [Float]) {
    let (rows, size) = (lengths.count, count / lengths.count)
    withMutablePointer { ck_drift($0, momentum.pointer, lengths, rows, size) }
  }

  /// self += part lengths (temperature slope - z), row by row, where slope is the gradient of log p(x|z).
  package mutating func kick(at z: Tensor, slope: Tensor, lengths: [Float], temperature: Float, part: Float) {
    let (rows, size) = (lengths.count, count / lengths.count)
    withMutablePointer { ck_kick($0, z.pointer, slope.pointer, lengths, part, temperature, rows, size) }
  }

  /// |self|^2 / 2 + |momentum|^2 / 2 - temperature logLikelihood, row by row: the energy of latents.
  package func energies(momentum: Tensor, logLikelihoods: [Float], temperature: Float) -> [Double] {
    let rows = logLikelihoods.count
    var energies = [Double](repeating: 0, count: rows)
    ck_energy(pointer, momentum.pointer, logLikelihoods, temperature, &energies, rows, count / rows)
    return energies
  }
}
