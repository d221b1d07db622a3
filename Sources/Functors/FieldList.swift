import Diagnostics
import Tensors

/// What a structure declares of itself, in one line: which of its properties are children, and in which role.
///
///     static let fields = FieldList(weights: \Self.weight, biases: \.bias)
///
/// Every property named must be a `var` of a type that is a ``Node``: `Tensor`, `Tensor?`, a layer, an array
/// of layers, `Shared<Tensor>`, … The path's name of a property is its Swift name in snake case
/// (`runningMean` is `running_mean`); ``Field/named(_:_:_:)`` says another. The order in paths, walks and
/// files is: children, weights, scales, biases, buffers, or as listed with ``init(ordered:)``.
public struct FieldList<Root: Sendable>: Sendable {
  /// One declared property.
  public struct Field: Sendable {
    let key: PathKey
    let isNameWritten: Bool
    let role: ParameterRole?
    let keyPath: any PartialKeyPath<Root> & Sendable
    let get: FieldTable.Read
    let set: FieldTable.Write
  }
  /// The properties, in order.
  public let all: [Field]
  /// The same without the type, so that reading is one piece of code for all types.
  private let table: FieldTable
  private let names = NameCheck()

  /// Declares properties by role; labels without properties are left out.
  public init<each C: Node, each W: Node, each S: Node, each B: Node, each U: Node>(
    _ children: repeat any WritableKeyPath<Root, each C> & Sendable,
    weights: repeat any WritableKeyPath<Root, each W> & Sendable,
    scales: repeat any WritableKeyPath<Root, each S> & Sendable,
    biases: repeat any WritableKeyPath<Root, each B> & Sendable,
    buffers: repeat any WritableKeyPath<Root, each U> & Sendable
  ) {
    var fields: [Field] = []
    repeat fields.append(.named(nil, nil, each children))
    repeat fields.append(.named(nil, .weight, each weights))
    repeat fields.append(.named(nil, .scale, each scales))
    repeat fields.append(.named(nil, .bias, each biases))
    repeat fields.append(.named(nil, .buffer, each buffers))
    self.init(ordered: fields)
  }

  /// Declares properties one by one, in the order of the list, for names and orders that Swift's do not give.
  public init(ordered fields: [Field]) {
    all = fields
    table = FieldTable(fields.map { FieldTable.Row(key: $0.key, role: $0.role, read: $0.get, write: $0.set) })
  }

  /// The values of the properties of one instance.
  func children(of root: Root) -> [NodeChild] {
    names.once { FieldNames.check(self, on: root) }
    return withUnsafePointer(to: root) { table.children(at: UnsafeRawPointer($0)) }
  }

  /// Puts other values into the properties of one instance.
  func assign(_ parts: [any Node], to root: inout Root) throws(Diagnostic) {
    try withUnsafeMutablePointer(to: &root) { (root) throws(Diagnostic) in
      try table.assign(parts, at: UnsafeMutableRawPointer(root))
    }
  }
}

extension FieldList.Field {
  /// A property under a given name (empty: it lends its children's names) and in a role.
  public static func named<Value: Node>(
    _ name: String?, _ role: ParameterRole? = nil, _ keyPath: any WritableKeyPath<Root, Value> & Sendable
  ) -> Self {
    Self(
      key: .name(name ?? FieldNames.pathName(of: keyPath)), isNameWritten: name != nil, role: role,
      keyPath: keyPath,
      get: FieldTable.read(keyPath),
      set: FieldTable.write(keyPath))
  }
}

/// A node that declares its children with ``FieldList``.
public protocol Structure: Node {
  /// The declared properties.
  static var fields: FieldList<Self> { get }
}

extension Structure {
  /// Fields take every value of their types; who writes a ``rebuilt(from:)`` that refuses some says so here.
  public var mayRefuseParts: Bool { false }
  /// The declared properties' values.
  public var children: [NodeChild] {
    Self.fields.children(of: self)
  }
  /// A copy with other values in the declared properties.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Self {
    let fields = Self.fields
    guard parts.count == fields.all.count else {
      throw .missingParts(of: "\(Self.self)", expected: fields.all.count, found: parts.count)
    }
    var copy = self
    try fields.assign(parts, to: &copy)
    return copy
  }
  /// The declared key path.
  public func keyPath(ofChild index: Int) -> AnyKeyPath? {
    let fields = Self.fields.all
    return fields.indices.contains(index) ? fields[index].keyPath : nil
  }
}
