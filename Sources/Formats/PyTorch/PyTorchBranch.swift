import Diagnostics

/// Finds the part of a PyTorch file that is the model: `{'epoch': 3, 'model': {…}, 'optimizer': {…}}`.
struct PyTorchBranches {
  /// Keys under which programs keep a model's tensors.
  private static let models: Set<String> = [
    "state_dict", "model_state_dict", "model", "model_state", "module", "net", "network", "weights",
    "params",
    "parameters", "student", "backbone",
  ]
  /// What the keys have in them under which they keep the state of a training.
  private static let training = [
    "optim", "sched", "scaler", "rng", "random", "callbacks", "loops", "hyper_param",
  ]
  /// Keys of single tensors that are counters and the like.
  private static let counters: Set<String> = [
    "step", "global_step", "epoch", "iteration", "iter", "loss", "best",
  ]

  let tree: PyTorchTree

  /// The dictionaries that hold tensors, outermost first, two levels deep and at most a hundred.
  var all: [PyTorchFile.Branch] {
    var branches: [PyTorchFile.Branch] = []
    for (name, value) in containers(of: tree.contents.root) {
      branches.append(PyTorchFile.Branch(name: name, tensorCount: tree.count(value)))
      for (inner, value) in containers(of: value) where Int(inner) == nil {
        branches.append(
          PyTorchFile.Branch(name: "\(name).\(inner)", tensorCount: tree.count(value)))
        if branches.count >= 100 { return branches }
      }
      if branches.count >= 100 { break }
    }
    return branches
  }

  private func containers(of value: PickleValue) -> [(name: String, value: PickleValue)] {
    (tree.parts(of: value) ?? []).compactMap { name, value in
      if case .tensor = value { return nil }
      return name.map { ($0, value) }
    }
  }

  /// The part of a name, or that of the model where none is given.
  func chosen(_ name: String?) throws(Diagnostic) -> (name: String, value: PickleValue) {
    guard let name else { return try main() }
    return (name, try find(name))
  }

  /// The part of a name: keys joined by dots, of which any may hold dots itself.
  ///
  /// - Throws: R0449.
  private func find(_ name: String) throws(Diagnostic) -> PickleValue {
    if name.isEmpty { return tree.contents.root }
    if let value = find(name[...], in: tree.contents.root, depth: 0) { return value }
    throw Diagnostic(
      .noSuchBranch, "there is no part '\(name.prefix(200))' with tensors in the file",
      at: tree.place,
      found: listed(all), hints: Suggestion.hint(for: name, in: all.map(\.name)))
  }

  private func find(_ name: Substring, in value: PickleValue, depth: Int) -> PickleValue? {
    guard depth < PyTorchTree.depthLimit else { return nil }
    for (key, part) in containers(of: value) where name.utf8.starts(with: key.utf8) {
      let rest = name.utf8.dropFirst(key.utf8.count)
      if rest.isEmpty { return part }
      guard rest.first == 0x2E else { continue }
      if let found = find(Substring(rest.dropFirst()), in: part, depth: depth + 1) { return found }
    }
    return nil
  }

  /// The part that holds the model, and its name; empty where that is the whole file.
  ///
  /// - Throws: R0448 where it could be one of several, R0449 where nothing holds a tensor.
  private func main() throws(Diagnostic) -> (name: String, value: PickleValue) {
    var (name, value) = ("", tree.contents.root)
    guard tree.count(value) > 0 else {
      throw Diagnostic(.noSuchBranch, "the file holds no tensors", at: tree.place)
    }
    while let next = try step(from: value, name) {
      name = name.isEmpty ? next.name : "\(name).\(next.name)"
      value = next.value
    }
    return (name, value)
  }

  /// One level down: nil where the value itself is the model.
  private func step(
    from value: PickleValue, _ name: String
  ) throws(Diagnostic) -> (name: String, value: PickleValue)? {
    guard case .dictionary = value else { return nil }
    let parts = tree.parts(of: value) ?? []
    let inner = containers(of: value)
    let likely = inner.filter { !Self.isTraining($0.name) }
    let loose = parts.count - inner.count - parts.count { isCounter($0) }
    if loose == 0, likely.count == 1, name.isEmpty || Self.models.contains(likely[0].name) {
      return likely[0]
    }
    if loose == 0, likely.isEmpty, inner.count == 1, name.isEmpty { return inner[0] }
    // Dictionaries within dictionaries are a model's own, unless something says that they are not.
    let models = inner.count { Self.models.contains($0.name) }
    if likely.count == inner.count, models < 2, !hasCopies(inner) { return nil }
    throw Diagnostic(
      .branchUndecided, "several parts of the file hold tensors", at: tree.place,
      expected: "the name of the one that is meant",
      found: listed(
        inner.map {
          PyTorchFile.Branch(name: join(name, $0.name), tensorCount: tree.count($0.value))
        }), hints: inner.prefix(3).map { "--state-dict \(join(name, $0.name))" })
  }

  private static func isTraining(_ name: String) -> Bool {
    let name = name.lowercased()
    return training.contains { name.contains($0) }
  }

  /// Whether a part is a single tensor that belongs to a training.
  private func isCounter(_ part: (name: String?, value: PickleValue)) -> Bool {
    guard case .tensor = part.value, let name = part.name else { return false }
    return Self.counters.contains(name) || Self.isTraining(name)
  }

  /// Whether two parts have the same names within, as a model and its average have.
  private func hasCopies(_ parts: [(name: String, value: PickleValue)]) -> Bool {
    var seen: Set<[ByteName]> = []
    return parts.prefix(50).contains { part in
      let names = (tree.parts(of: part.value) ?? []).map { ByteName($0.name ?? "") }
      return names.contains { $0.text.utf8.contains(0x2E) } && !seen.insert(names).inserted
    }
  }

  private func join(_ name: String, _ part: String) -> String {
    name.isEmpty ? part : "\(name).\(part)"
  }

  private func listed(_ branches: [PyTorchFile.Branch]) -> String? {
    let texts = branches.prefix(12).map { "'\($0.name.prefix(100))' (\($0.tensorCount))" }
    return texts.isEmpty ? nil : texts.joined(separator: ", ") + (branches.count > 12 ? ", …" : "")
  }
}
