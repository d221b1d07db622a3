import CallText
import Diagnostics
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Layers
import Reinitialization
import Tensors

/// Makes the nodes of a described tree: names are split at dots, layers stand where they were said to.
struct DescribedAssembly {
  /// One part of a name; parts deeper down come later.
  private struct Part {
    let key: PathKey
    var children: [Int] = []
    /// The tensor of that name.
    var item = -1
    /// The layer of that path.
    var place = -1
  }
  private struct Step: Hashable {
    let parent: Int
    let key: PathKey
  }
  private var parts = [Part(key: "")]
  private var steps: [Step: Int] = [:]
  private let description: TreeDescription
  private let layers: LayerRegistry
  private let initializers: InitializerRegistry
  private var made: [String: BaseLayer] = [:]
  private var bases: [BaseLayer?] = []
  private var kinds: [LayerKind?] = []

  init(
    _ description: TreeDescription, _ layers: LayerRegistry, _ initializers: InitializerRegistry
  ) throws(Diagnostic) {
    (self.description, self.layers, self.initializers) = (description, layers, initializers)
    parts.reserveCapacity(description.tensors.count * 2)
    for (index, item) in description.tensors.enumerated() {
      let part = insert(item.name)
      guard parts[part].item < 0, part > 0 else {
        throw Diagnostic(
          .duplicateTensor,
          part == 0 ? "a tensor's name is empty" : "two tensors have the name '\(item.name)'",
          at: "tree.tensors[\(index)]", expected: "names that differ")
      }
      parts[part].item = index
    }
    for (index, place) in description.layers.enumerated() {
      guard let part = find(place.path) else {
        throw DescribedTree.nothing(place.path, "a layer at '\(place.path)'")
      }
      parts[part].place = index
    }
    try findBases()
  }

  private mutating func insert(_ name: String) -> Int {
    var at = 0
    for key in PathKey.keys(of: name) {
      let step = Step(parent: at, key: key)
      if let known = steps[step] {
        at = known
        continue
      }
      steps[step] = parts.count
      parts[at].children.append(parts.count)
      at = parts.count
      parts.append(Part(key: key))
    }
    return at
  }

  private func find(_ path: String) -> Int? {
    var at = 0
    for key in PathKey.keys(of: path) {
      guard let next = steps[Step(parent: at, key: key)] else { return nil }
      at = next
    }
    return at
  }

  /// What each part is: as it was said, or as the layer that it lies in has it.
  private mutating func findBases() throws(Diagnostic) {
    bases = Array(repeating: nil, count: parts.count)
    kinds = Array(repeating: nil, count: parts.count)
    for part in parts.indices {
      if parts[part].place >= 0 {
        let place = description.layers[parts[part].place]
        if let type = place.type { bases[part] = try base(type, at: place.path) }
        kinds[part] = place.kind.map { layers.descriptor(named: $0)?.kind ?? LayerKind($0) }
      }
      guard let base = bases[part] else { continue }
      for child in parts[part].children where parts[child].place < 0 {
        bases[child] = base.named[parts[child].key].flatMap { BaseLayer(below: $0) }
      }
    }
  }

  private mutating func base(_ text: String, at path: String) throws(Diagnostic) -> BaseLayer {
    if let known = made[text] { return known }
    do {
      let base = BaseLayer(try layers.layer(parsing: text))
      made[text] = base
      return base
    } catch {
      var error = error
      error.place = "the layer '\(path)'" + (error.place.map { ", \($0)" } ?? "")
      throw error
    }
  }

  /// The root, made from the deepest names up.
  mutating func root() throws(Diagnostic) -> any Node {
    var finished = [NodeChild?](repeating: nil, count: parts.count)
    for part in parts.indices.reversed() where !isLeaf(part) || part == 0 {
      finished[part] = NodeChild(parts[part].key, try node(part, &finished))
    }
    return finished[0]?.node ?? NodeList()
  }

  /// Whether it is a tensor and nothing else.
  private func isLeaf(_ part: Int) -> Bool { parts[part].children.isEmpty && parts[part].place < 0 }

  private func node(_ part: Int, _ finished: inout [NodeChild?]) throws(Diagnostic) -> any Node {
    let base = bases[part]
    var children: [NodeChild] = []
    var inner = [[NodeChild]](repeating: [], count: base?.inner.count ?? 0)
    var told: [DescribedLayer.Told] = []
    if parts[part].item >= 0 {
      // The tensor of this very name: of a layer that has one without a name, or a parameter beside what is below.
      children.append(try leaf(parts[part].item, key: "", base, &inner, &told))
    }
    for child in parts[part].children {
      if isLeaf(child) {
        children.append(try leaf(parts[child].item, key: parts[child].key, base, &inner, &told))
      } else if let node = finished[child] {
        children.append(node)
        finished[child] = nil
      }
    }
    for (index, fields) in inner.enumerated() where !fields.isEmpty {
      guard let layer = base?.inner[index] else { continue }
      children.append(NodeChild("", DescribedLayer(layer, told: told, children: fields)))
    }
    children.removeAll { $0.node.isAbsent }
    if let base { return DescribedLayer(base.layer, told: told, children: children) }
    if let kind = kinds[part] { return DescribedLayer(kind: kind, children: children) }
    return NodeList(children)
  }

  /// A tensor as a field of its layer, or as a parameter of its own; nothing where it goes into a layer inside.
  private func leaf(
    _ index: Int, key: PathKey, _ base: BaseLayer?, _ inner: inout [[NodeChild]], _ told: inout [DescribedLayer.Told]
  ) throws(Diagnostic) -> NodeChild {
    let item = description.tensors[index]
    let begins = try beginning(of: item)
    let place = item.field.map { PathKey(part: $0) } ?? key
    guard let base, let field = base.fields[place] else {
      return parameter(item, begins, key)
    }
    if item.geometry == nil { try require(field.shape, of: item, base) }
    if item.geometry != nil || begins != nil {
      told.append(DescribedLayer.Told(field: field.field, geometry: item.geometry, begins: begins))
    }
    let child = NodeChild(key, field: field.field, role: item.role ?? field.role, item.tensor)
    guard let index = field.inner else { return child }
    inner[index].append(child)
    return NodeChild(key, Absent())
  }

  /// A tensor that belongs to no layer: no scheme's business unless it was said.
  private func parameter(_ item: TreeDescription.Item, _ begins: (any Initializer)?, _ key: PathKey) -> NodeChild {
    let role = item.role ?? (item.tensor.dtype.isFloatingPoint ? .other : .buffer)
    let told = DescribedLayer.Told(field: nil, geometry: item.geometry, begins: begins)
    let base = Parameter(item.tensor, role: role, start: begins)
    return NodeChild(
      key, DescribedLayer(base, told: [told], children: [NodeChild("", role: role, item.tensor)]))
  }

  private func beginning(of item: TreeDescription.Item) throws(Diagnostic) -> (any Initializer)? {
    guard let text = item.begins else { return nil }
    do { return try initializers.initializer(parsing: text) } catch { throw error.at("how '\(item.name)' begins") }
  }

  private func require(_ shape: Shape, of item: TreeDescription.Item, _ base: BaseLayer) throws(Diagnostic) {
    guard item.tensor.shape != shape else { return }
    throw Diagnostic(
      .shapeMismatch, "a tensor does not have the shape that its layer gives it", at: "'\(item.name)'",
      expected: "\(shape), as '\(base.layer.kind.name)' has it", found: "\(item.tensor.shape)",
      hints: ["say what its axes mean: \"geometry\": {\"out\": 0, \"in\": [1]}"])
  }

  /// The leaf of each tensor, by its name.
  func places(in inventory: Inventory) -> [ByteName: Int] {
    var places: [ByteName: Int] = [:]
    places.reserveCapacity(inventory.leaves.count)
    for leaf in inventory.leaves.indices { places[ByteName(inventory.path(ofLeaf: leaf).description)] = leaf }
    return places
  }
}
