import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Follows data through a model; values are tensors, or shapes alone.
///
/// What is still to be done lies on a stack of its own, so that a model may be nested as deeply as memory
/// allows.
struct Evaluation<Value> {
  /// The results of a layer that computes.
  let apply: (any ForwardLayer, [Value]) throws(Diagnostic) -> [Value]
  /// Results of branches as one.
  let join: (Connection, [Value]) throws(Diagnostic) -> Value
  /// Told of a value that one more layer gets.
  let share: (Value) -> Void

  private enum Step {
    /// Replace the topmost values by what the node makes of them.
    case apply(any Node, place: Int)
    case push([Value])
    /// Put the topmost values on the stack once more.
    case copy
    /// Replace that many lists of values by one list of all of them.
    case gather(Int)
    /// Replace that many lists of values, of one value each, by one.
    case join(Connection, Int, any ForwardLayer, place: Int)
    /// The node with that identity is done.
    case leave(NodeIdentity)
  }
  private var pending: [Step] = []
  private var values: [[Value]] = []
  private var active: Set<NodeIdentity> = []
  /// The path of each node, as the entry of its parent and its own key.
  private var places: [(parent: Int, key: PathKey)] = []

  init(
    apply: @escaping (any ForwardLayer, [Value]) throws(Diagnostic) -> [Value],
    join: @escaping (Connection, [Value]) throws(Diagnostic) -> Value,
    share: @escaping (Value) -> Void = { _ in }
  ) {
    self.apply = apply
    self.join = join
    self.share = share
  }

  /// A layer that has given its results.
  struct Done {
    let layer: any ForwardLayer
    fileprivate let place: Int
  }

  mutating func run(_ root: any Node, on inputs: [Value]) throws(Diagnostic) -> [Value] {
    begin(root, on: inputs)
    while try advance() != nil {}
    return results
  }

  mutating func begin(_ root: any Node, on inputs: [Value]) {
    values = [inputs]
    add(root, "", below: -1)
  }

  /// Goes on until a layer has given its ``results``; nil at the end.
  mutating func advance() throws(Diagnostic) -> Done? {
    while let step = pending.popLast() {
      switch step {
      case .apply(let node, let place): if let done = try enter(node.presented, place) { return done }
      case .push(let value): values.append(value)
      case .copy:
        for value in results { share(value) }
        values.append(results)
      case .gather(let count): gather(count)
      case .join(let connection, let count, let layer, let place):
        try join(connection, count, place)
        return Done(layer: layer, place: place)
      case .leave(let identity): active.remove(identity)
      }
    }
    return nil
  }

  /// What the layer that was done last gave, and in the end the model.
  var results: [Value] { values.last ?? [] }

  private mutating func add(_ node: any Node, _ key: PathKey, below parent: Int) {
    places.append((parent, key))
    pending.append(.apply(node, place: places.count - 1))
  }

  private mutating func enter(_ node: any Node, _ place: Int) throws(Diagnostic) -> Done? {
    if let identity = node.identity {
      guard active.insert(identity).inserted else { throw located(.endless(node), place) }
      pending.append(.leave(identity))
    }
    if let container = node as? any WiredContainer {
      try open(container, place)
      return nil
    }
    if let layer = node as? any ForwardLayer {
      let inputs = values.popLast() ?? []
      do throws(Diagnostic) { values.append(try apply(layer, inputs)) } catch { throw located(error, place) }
      return Done(layer: layer, place: place)
    }
    let children = node.children
    guard children.count == 1, children[0].key.isUnnamed, children[0].node.tensor == nil else {
      throw located(.noForwardPass(of: node), place)
    }
    add(children[0].node, "", below: place)
    return nil
  }

  /// Puts a container's steps on the stack, the last one first.
  private mutating func open(_ container: any WiredContainer, _ place: Int) throws(Diagnostic) {
    let children = container.layers.children.filter { !($0.node is Absent) }
    switch container.wiring {
    case .sequence: for child in children.reversed() { add(child.node, child.key, below: place) }
    case .composition: for child in children { add(child.node, child.key, below: place) }
    case .bypass: break
    case .skip(let connection):
      pending.append(.join(connection, 2, container, place: place))
      for child in children.reversed() { add(child.node, child.key, below: place) }
      pending.append(.copy)
    case .branches(let connection):
      pending.append(.join(connection, children.count, container, place: place))
      branch(children, place)
    case .split:
      pending.append(.gather(children.count))
      branch(children, place)
    case .zipped(let connection):
      let inputs = values.popLast() ?? []
      guard !children.isEmpty else {
        values += inputs.map { [$0] }
        return pending.append(.join(connection, inputs.count, container, place: place))
      }
      guard inputs.count == children.count else {
        throw located(.notOneForEach(children.count, found: inputs.count), place)
      }
      pending.append(.join(connection, children.count, container, place: place))
      for (child, input) in zip(children, inputs).reversed() {
        add(child.node, child.key, below: place)
        pending.append(.push([input]))
      }
    case .fusion(let connection): try fuse(children, connection, container, place)
    }
  }

  /// Each child with the input.
  private mutating func branch(_ children: [NodeChild], _ place: Int) {
    let input = values.popLast() ?? []
    for _ in children.dropFirst() { for value in input { share(value) } }
    for child in children.reversed() {
      add(child.node, child.key, below: place)
      pending.append(.push(input))
    }
  }

  private mutating func fuse(
    _ children: [NodeChild], _ connection: Connection, _ container: any WiredContainer, _ place: Int
  ) throws(Diagnostic) {
    let inputs = values.popLast() ?? []
    let isShared = inputs.count == 1
    if isShared { for _ in children.dropFirst() { share(inputs[0]) } }
    let own = isShared ? children.flatMap { _ in inputs } : Array(inputs.prefix(children.count))
    guard own.count == children.count else {
      throw located(.notOneForEach(children.count, found: inputs.count), place)
    }
    pending.append(.gather(children.count + 1))
    pending.append(.push(isShared ? [] : Array(inputs.dropFirst(children.count))))
    for (index, (child, input)) in zip(children, own).enumerated().reversed() {
      add(child.node, child.key, below: place)
      if index > 0 { pending.append(.join(connection, 2, container, place: place)) }
      pending.append(.push([input]))
      // The result before stays where it is: a copy of it is joined.
      if index > 0 { pending.append(.copy) }
    }
  }

  private mutating func gather(_ count: Int) {
    let parts = values.suffix(count)
    values.removeLast(parts.count)
    values.append(parts.flatMap { $0 })
  }

  private mutating func join(_ connection: Connection, _ count: Int, _ place: Int) throws(Diagnostic) {
    let parts = Array(values.suffix(count))
    values.removeLast(parts.count)
    do throws(Diagnostic) {
      if let part = parts.first(where: { $0.count != 1 }) { throw .notOneResult(found: part.count) }
      values.append([try join(connection, parts.flatMap { $0 })])
    } catch { throw located(error, place) }
  }

  /// Where a layer is; a layer without a name is where its parent is.
  func path(of done: Done) -> TreePath { path(done.place) }

  private func path(_ place: Int) -> TreePath {
    var keys: [PathKey] = []
    var index = place
    while index >= 0 {
      if !places[index].key.isUnnamed { keys.append(places[index].key) }
      index = places[index].parent
    }
    return TreePath(keys.reversed())
  }

  /// The error with the path of the layer it arose in.
  private func located(_ error: Diagnostic, _ place: Int) -> Diagnostic {
    let path = path(place)
    return path.keys.isEmpty ? error : error.at(path.description)
  }
}

extension Diagnostic {
  fileprivate static func endless(_ node: any Node) -> Diagnostic {
    Diagnostic(.cycle, "a model contains itself and cannot be applied", found: "\(Swift.type(of: node))")
  }

  fileprivate static func noForwardPass(of node: any Node) -> Diagnostic {
    let name = (node as? any Layer)?.kind.name ?? "\(Swift.type(of: node))"
    return Diagnostic(
      .noForwardPass, "'\(name)' has no forward pass", expected: "a ForwardLayer, or a wrapper around one",
      found: "\(Swift.type(of: node))")
  }

  fileprivate static func notOneForEach(_ count: Int, found: Int) -> Diagnostic {
    Diagnostic(
      .inputCount, "each branch takes an input of its own", expected: "\(count) tensors", found: "\(found)")
  }

  fileprivate static func notOneResult(found: Int) -> Diagnostic {
    Diagnostic(
      .inputCount, "what is joined must be one tensor from each branch", expected: "1 tensor",
      found: "\(found) tensors")
  }
}
