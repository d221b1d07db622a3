import Diagnostics
import Tensors

/// Which build of which plugin had a hand in a value; kept in receipts.
public struct PluginStamp: Sendable, Hashable {
  /// The plugin's id: `org.example.gabor`.
  public let id: String
  /// The plugin's version, as it says itself.
  public let version: String
  /// What tells one build from another: the digest of the file.
  public let build: String

  /// A stamp from its parts.
  public init(id: String, version: String, build: String) {
    self.id = id
    self.version = version
    self.build = build
  }
}

/// Values that a plugin's code makes: everything it is told, as plain data, and the code itself where it is there.
///
/// What a plugin may know of a tensor's place (fans, geometry, block) is in the draw's numbers.
public struct ForeignDraw: Sendable, Equatable {
  /// The full name, `org.example.gabor/gabor`.
  public let name: String
  /// The version of the algorithm: another one has other numbers.
  public let version: Int
  /// The tensor's path, as its initializer was told it.
  public let path: String
  /// Every parameter's value, in the order of the descriptor.
  public let arguments: [InitializerArgument]
  /// Whether any partition into ranges gives the same bits.
  public let isElementwise: Bool
  /// How far a repetition on other hardware may differ, relative to the largest element; nil for equal bits.
  public let tolerance: Double?
  /// The name of the part that is filled, where it has one.
  public var part: String?
  /// The code; nil in a draw that was read from a receipt.
  public var filler: (any ForeignFiller)?

  /// A draw from its parts.
  public init(
    name: String, version: Int, path: String, arguments: [InitializerArgument], isElementwise: Bool,
    tolerance: Double? = nil, filler: (any ForeignFiller)? = nil
  ) {
    self.name = name
    self.version = version
    self.path = path
    self.arguments = arguments
    self.isElementwise = isElementwise
    self.tolerance = tolerance
    self.filler = filler
  }

  /// Draws are equal if what they say is; the code is not compared.
  public static func == (a: ForeignDraw, b: ForeignDraw) -> Bool {
    a.name == b.name && a.version == b.version && a.path == b.path && a.arguments == b.arguments
      && a.isElementwise == b.isElementwise && a.tolerance == b.tolerance && a.part == b.part
  }
}

/// Code that makes values and may fail at it.
public protocol ForeignFiller: Sendable {
  /// Writes the elements from `first` on, as many as the bytes hold, in the tensor's type; from any thread.
  ///
  /// A draw that is not elementwise is asked for all elements at once.
  func fill(
    _ bytes: UnsafeMutableRawBufferPointer, dtype: DType, shape: Shape, from first: Int, of draw: Draw,
    stream: RandomStream
  ) throws(Diagnostic)

  /// Whether infinite elements, and those that are not numbers, are meant; false unless said otherwise.
  var givesNonFinite: Bool { get }
}

extension ForeignFiller {
  /// None.
  public var givesNonFinite: Bool { false }
}

/// Finds the code for a draw that was read from a receipt.
/// - Throws: ``Diagnostics/ErrorCode/pluginMissing``, ``Diagnostics/ErrorCode/pluginAlgorithm``, and what loading can say.
public typealias ForeignResolver = @Sendable (ForeignDraw, PluginStamp?) throws(Diagnostic) -> any ForeignFiller

extension Draw {
  /// Values that a plugin makes.
  public static func foreign(_ foreign: ForeignDraw, numbers: [Number], plugin: PluginStamp) -> Draw {
    Draw(.foreign, numbers, foreign: foreign, plugin: plugin)
  }

  /// Whether making the values can fail after planning: such values are made before anything is changed.
  public var mayFail: Bool { method == .foreign }

  /// Writes elements from `first` on by a plugin's code.
  /// - Throws: what the plugin says; ``Diagnostics/ErrorCode/pluginMissing`` if it is not there,
  ///   ``Diagnostics/ErrorCode/pluginCallFailed`` for elements that are not finite, in the plugin or after rounding.
  package func fillForeign(
    _ bytes: UnsafeMutableRawBufferPointer, dtype: DType, shape: Shape, from first: Int, stream: RandomStream
  ) throws(Diagnostic) {
    guard let foreign, let filler = foreign.filler else {
      throw Diagnostic.pluginMissing(foreign?.name ?? "?", plugin)
    }
    guard !bytes.isEmpty else { return }
    try filler.fill(bytes, dtype: dtype, shape: shape, from: first, of: self, stream: stream)
    if !filler.givesNonFinite, let index = dtype.firstNotFinite(in: UnsafeRawBufferPointer(bytes)) {
      throw notFinite(foreign, dtype, bytes, index, first)
    }
  }

  private func notFinite(
    _ foreign: ForeignDraw, _ dtype: DType, _ bytes: UnsafeMutableRawBufferPointer, _ index: Int, _ first: Int
  ) -> Diagnostic {
    let element = UnsafeRawBufferPointer(rebasing: bytes[(index * dtype.size)...])
    var value = Double.nan
    withUnsafeMutablePointer(to: &value) {
      ElementBuffer.read(element, dtype: dtype, into: UnsafeMutableBufferPointer(start: $0, count: 1))
    }
    let name = foreign.name.split(separator: "/").last.map(String.init) ?? foreign.name
    return Diagnostic(
      .pluginCallFailed, "'fill' of '\(name)' gave an element that is no finite \(dtype)",
      at: "\(plugin.map { "plugin \($0.id), " } ?? "")tensor '\(foreign.path)'",
      expected: "finite numbers of type \(dtype)", found: "element \(first + index): \(value)",
      hints: ["reinit plugin test looks for parameters and shapes that give such elements"])
  }

  /// All elements of a tensor by a plugin's code.
  package func foreignTensor(_ shape: Shape, _ dtype: DType, stream: RandomStream) throws(Diagnostic) -> Tensor {
    var tensor = try Tensor(allocating: shape, dtype: dtype)
    try tensor.withMutableBytes(keepingContents: false) { (bytes) throws(Diagnostic) in
      try fillForeign(bytes, dtype: dtype, shape: shape, from: 0, stream: stream)
    }
    return tensor
  }
}

extension Diagnostic {
  /// Something that only a plugin can do is wanted, and the plugin is not loaded.
  package static func pluginMissing(_ name: String, _ plugin: PluginStamp?) -> Diagnostic {
    Diagnostic(
      .pluginMissing, "'\(name)' is a plugin's, and the plugin is not there",
      expected: plugin.map { "the plugin \($0.id) \($0.version), build \($0.build)" },
      hints: ["--plugin FILE.so names the plugin's file", "reinit plugin paths shows where plugins are looked for"])
  }
}
