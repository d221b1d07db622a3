import CReinit
import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// What the host does for a described layer: makes its children, and takes others in their place.
struct DescribedChildren {
  let type: PluginLayerType
  let rows: [ChildRow]

  /// What takes a child's place, and its handle if there is one already: what is kept stays the very handle.
  struct Part {
    let node: any Node
    var tensor: TensorHandle?
    var layer: LayerHandle?

    init(_ node: any Node) { self.node = node }

    /// A part in place of a child that may hold it already.
    init(_ node: any Node, replacing old: PluginChild) {
      self.node = node
      let value = node.isFreezing ? node.children.first?.node ?? Absent() : node
      if let tensor = value.innermostTensor, let kept = old.tensor, kept.tensor.isSameValue(as: tensor),
        kept.node.identity == value.identity
      {
        self.tensor = kept
      }
      if let kept = old.layer, kept.node.isSameInstance(as: value) { layer = kept }
    }

    /// A part as the ABI has it.
    init(_ raw: ri_part) {
      tensor = raw.tensor.map(TensorHandle.at)
      layer = raw.layer.map(LayerHandle.at)
      node = tensor?.node ?? layer?.node ?? Absent()
    }
  }

  /// The children of a new instance: tensors without contents, layers as the rows say or as the user nests them.
  /// - Throws: ``Diagnostics/ErrorCode/pluginChildren`` for rows that these arguments do not fit.
  func make(
    _ arguments: [InitializerArgument], nested: [any Node]
  ) throws(Diagnostic) -> ([PluginChild], NodeList) {
    var nested = nested[...]
    var children: [(child: PluginChild, node: NodeChild)] = []
    for row in rows {
      let isPresent = row.isPresent(arguments)
      var node: any Node = Absent()
      if !row.isTensor, row.layer == nil {
        node = nested.popFirst() ?? Absent()
        if !isPresent { node = Absent() }
      } else if isPresent {
        node = row.isTensor ? Tensor(lazy: try shape(row, arguments)) : try layer(row, arguments)
      }
      children.append(try child(row, Part(node), arguments, isNew: true))
    }
    guard nested.isEmpty else {
      throw fault(
        "has no place for so many nested layers", expected: "\(rows.count { !$0.isTensor && $0.layer == nil })")
    }
    return (children.map(\.child), NodeList(children.map(\.node)))
  }

  /// The children with other values in their place, and the arguments that go with them: a switch follows its child.
  /// - Throws: ``Diagnostics/ErrorCode/rebuildMismatch``.
  func rebuilt(
    from parts: [Part], _ arguments: [InitializerArgument]
  ) throws(Diagnostic) -> ([PluginChild], NodeList, [InitializerArgument]) {
    guard parts.count == rows.count else {
      throw .missingParts(of: type.fullName, expected: rows.count, found: parts.count)
    }
    let arguments = try switched(arguments, by: parts.map(\.node))
    var children: [(child: PluginChild, node: NodeChild)] = []
    for (row, part) in zip(rows, parts) {
      if !part.node.isAbsent { try check(row, part.node, arguments) }
      children.append(try child(row, part, arguments, isNew: false))
    }
    return (children.map(\.child), NodeList(children.map(\.node)), arguments)
  }

  /// Switches as the presence of their children says.
  private func switched(
    _ arguments: [InitializerArgument], by nodes: [any Node]
  ) throws(Diagnostic) -> [InitializerArgument] {
    var arguments = arguments
    var told: [String: (isPresent: Bool, child: String)] = [:]
    for (row, node) in zip(rows, nodes) {
      let isPresent = !node.isAbsent
      guard let condition = row.condition else {
        guard isPresent || !row.isTensor && row.layer == nil else {
          throw mismatch(row, "is missing", expected: row.isTensor ? "a tensor" : "a layer", found: "nothing")
        }
        continue
      }
      if let other = told[condition], other.isPresent != isPresent {
        throw mismatch(row, "does not go with '\(other.child)'", expected: "both or none", found: "one of them")
      }
      told[condition] = (isPresent, row.name)
      guard row.isPresent(arguments) != isPresent,
        let index = arguments.firstIndex(where: { $0.name == condition })
      else { continue }
      let isWord = type.declaration.parameters.first { $0.name == condition }?.kind == .bool
      arguments[index].value = isWord ? .word(isPresent ? "true" : "false") : .number(isPresent ? 1 : 0)
    }
    return arguments
  }

  private func check(_ row: ChildRow, _ node: any Node, _ arguments: [InitializerArgument]) throws(Diagnostic) {
    let tensor = node.innermostTensor
    guard row.isTensor == (tensor != nil) else {
      throw mismatch(
        row, "cannot hold that value", expected: row.isTensor ? "a tensor" : "a layer",
        found: row.isTensor ? "a layer" : "a tensor")
    }
    guard row.isTensor, let tensor else { return }
    let expected = try shape(row, arguments)
    guard tensor.shape == expected else {
      throw mismatch(row, "has the wrong shape", expected: "\(expected)", found: "\(tensor.shape)")
    }
  }

  private func child(
    _ row: ChildRow, _ part: Part, _ arguments: [InitializerArgument], isNew: Bool
  ) throws(Diagnostic) -> (child: PluginChild, node: NodeChild) {
    let node = part.node
    let isPresent = !node.isAbsent
    let value: any Node = node.isFreezing ? node.children.first?.node ?? Absent() : node
    let tensor = row.isTensor ? part.tensor ?? value.innermostTensor.map { TensorHandle(value, $0, type.counter) } : nil
    let layer = !row.isTensor && isPresent ? part.layer ?? LayerHandle(value, type.counter) : nil
    let child = PluginChild(
      geometry: try geometry(row, tensor?.tensor.shape, arguments), fresh: try fresh(row, arguments),
      beginnings: try beginnings(row, arguments, in: isNew ? value : nil), isFrozen: row.isFrozen,
      isTensor: row.isTensor, tensor: tensor, layer: layer)
    let held: any Node = row.isFrozen && isPresent ? Frozen(AnyNode(value)) : value
    let key = row.name.isEmpty ? "" : PathKey(row.name)
    guard let role = row.role else { return (child, NodeChild(key, held)) }
    return (child, NodeChild(key, field: row.name.isEmpty ? "weight" : row.name, role: role, held))
  }

  private func shape(_ row: ChildRow, _ arguments: [InitializerArgument]) throws(Diagnostic) -> Shape {
    var sizes: [Int] = []
    do throws(Expression.Failure) {
      for expression in row.shape {
        if let name = expression.name, case .list(let list)? = arguments.first(where: { $0.name == name })?.value {
          for number in list { sizes.append(try Expression.size(number, of: name)) }
        } else {
          sizes.append(try expression.size(arguments.number))
        }
      }
    } catch { throw fault("gives '\(row.name)' no shape: \(error.problem)") }
    guard let shape = Shape(checking: sizes) else { throw fault("gives '\(row.name)' no shape", found: "\(sizes)") }
    return shape
  }

  private func layer(_ row: ChildRow, _ arguments: [InitializerArgument]) throws(Diagnostic) -> any Node {
    let text = try filled(row.layer, row, arguments)
    return try LayerDepth.deeper { () throws(Diagnostic) in
      try type.environment.services.layers.layer(parsing: text, children: [])
    }
  }

  private func geometry(
    _ row: ChildRow, _ shape: Shape?, _ arguments: [InitializerArgument]
  ) throws(Diagnostic) -> Geometry? {
    guard var geometry = row.geometry else { return nil }
    do throws(Expression.Failure) {
      if let groups = row.groups { geometry.groups = try groups.size(arguments.number) }
    } catch { throw fault("gives '\(row.name)' no groups: \(error.problem)") }
    guard let shape, !geometry.fits(shape) else { return geometry }
    throw fault(
      "gives '\(row.name)' a geometry that its shape does not have",
      expected: "axes of \(shape), and groups and parts that divide them",
      found: "outputs along axis \(geometry.outAxis), inputs along \(geometry.inAxes), \(geometry.groups) groups")
  }

  private func fresh(_ row: ChildRow, _ arguments: [InitializerArgument]) throws(Diagnostic) -> (any Initializer)? {
    guard !row.fresh.isEmpty, row.isTensor else { return row.begins }
    let text = try filled(row.fresh, row, arguments)
    do throws(Diagnostic) { return try type.environment.services.initializers.initializer(parsing: text) } catch {
      throw fault("begins '\(row.name)' with what is no initializer: \(error.message)", found: "'\(text)'")
    }
  }

  private func beginnings(
    _ row: ChildRow, _ arguments: [InitializerArgument], in layer: (any Node)?
  ) throws(Diagnostic) -> [(path: TreePath, initializer: any Initializer)] {
    guard !row.beginnings.isEmpty else { return [] }
    var entries: [(path: TreePath, text: String)] = []
    for entry in row.beginnings { entries.append((entry.path, try filled(entry.text, row, arguments))) }
    return try type.beginnings(entries, of: row.name, in: layer)
  }

  private func filled(
    _ template: TextTemplate?, _ row: ChildRow, _ arguments: [InitializerArgument]
  ) throws(Diagnostic) -> String {
    do throws(Expression.Failure) { return try template?.filled(arguments) ?? "" } catch {
      throw fault("cannot make '\(row.name)': \(error.problem)")
    }
  }

  private func fault(_ problem: String, expected: String? = nil, found: String? = nil) -> Diagnostic {
    Diagnostic(.pluginChildren, "'\(type.fullName)' \(problem)", expected: expected, found: found)
  }

  private func mismatch(_ row: ChildRow, _ problem: String, expected: String, found: String) -> Diagnostic {
    Diagnostic(.rebuildMismatch, "'\(row.name)' of '\(type.fullName)' \(problem)", expected: expected, found: found)
  }
}

extension PluginLayerType {
  /// What a child's table says; each path must lead to a parameter of the layer, if that is given.
  /// - Throws: ``Diagnostics/ErrorCode/pluginChildren``.
  func beginnings(
    _ entries: [(path: TreePath, text: String)], of name: String, in layer: (any Node)?
  ) throws(Diagnostic) -> [(path: TreePath, initializer: any Initializer)] {
    var result: [(path: TreePath, initializer: any Initializer)] = []
    for (path, text) in entries {
      do throws(Diagnostic) {
        result.append((path, try environment.services.initializers.initializer(parsing: text)))
      } catch {
        throw Diagnostic(
          .pluginChildren, "'\(fullName)' begins '\(path)' of '\(name)' with what is no initializer: \(error.message)",
          expected: error.expected, found: "'\(text)'")
      }
      do throws(BeginningTable.Nowhere) { if let layer { try BeginningTable.check(path, in: layer) } } catch {
        throw Diagnostic(
          .pluginChildren, "'\(fullName)' begins what '\(name)' does not have", expected: error.known,
          found: "'\(path)'", hints: error.hints)
      }
    }
    return result
  }
}

extension ChildRow {
  /// Whether the child is there.
  func isPresent(_ arguments: [InitializerArgument]) -> Bool { condition.map { arguments.number($0) != 0 } ?? true }
}
