import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// The old values of places on a grid, for a grid of another size: position tables for larger images.
///
/// As torch's `interpolate`: with the defaults, torchvision's `interpolate_embeddings`; with `align_corners: false` what transformers does,
/// and with `antialias: true` besides what timm does. The table is `[places, d]` or `[1, places, d]`, a grid row by row after `prefix` places that are
/// kept as they are (class tokens); or two axes of the tensor are the grid.
public struct Resample: CatalogInitializer {
  /// What stands between two places.
  public enum Mode: String, Sendable, CaseIterable {
    /// The nearest.
    case nearest
    /// A straight line.
    case bilinear
    /// Keys' cubic convolution, a = −0.75 (−0.5 with `antialias`).
    case bicubic
  }

  /// Height and width of the new grid; nil for a square.
  public var grid: [Int]?
  /// The same of the old one.
  public var oldGrid: [Int]?
  /// How many places stand before the grid; nil for the one number up to 16 with which both grids are what is said.
  public var prefix: Int?
  /// What stands between two places.
  public var mode: Mode
  /// Whether the corners of both grids are the same places, and not the corners of their first and last cells.
  public var alignCorners: Bool
  /// Whether a smaller grid takes the mean of what it passes over.
  public var antialias: Bool
  /// A checkpoint, or another tensor's path, to read; what the tensor was where that is empty.
  public var from: String
  /// The tensor of that checkpoint; the one of the same name where that is empty.
  public var tensor: String

  /// The old values on another grid.
  public init(
    grid: [Int]? = nil, oldGrid: [Int]? = nil, prefix: Int? = nil, mode: Mode = .bicubic, alignCorners: Bool = true,
    antialias: Bool = false, from: String = "", tensor: String = ""
  ) {
    (self.grid, self.oldGrid, self.prefix, self.mode) = (grid, oldGrid, prefix, mode)
    (self.alignCorners, self.antialias, self.from, self.tensor) = (alignCorners, antialias, from, tensor)
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    grid = try Resample.grid("grid", arguments)
    oldGrid = try Resample.grid("old_grid", arguments)
    prefix = try arguments.integer("prefix", in: 0...Int(Int32.max), or: "auto")
    mode = try arguments.word("mode")
    (alignCorners, antialias) = (try arguments.flag("align_corners"), try arguments.flag("antialias"))
    from = try arguments.text("from", expected: "a checkpoint or the path of a tensor")
    tensor = try arguments.text("tensor", expected: "the path of a tensor")
  }

  private static func grid(_ name: String, _ arguments: Arguments) throws(Diagnostic) -> [Int]? {
    if arguments[name] == .word("square") { return nil }
    let sizes = try arguments.integers(name, in: 1...Int(Int32.max))
    guard sizes.count == 2 else {
      throw arguments.wrongKind(name, expected: "[height, width], or square")
    }
    return sizes
  }

  static let described = InitializerDescriptor(
    "resample", summary: "the old values of places on a grid, for a grid of another size",
    formula: "w(y, x) = Σ_ij k(s_y·y − i)·k(s_x·x − j)·v(i, j)",
    parameters: [
      .init("grid", .word("square"), "[height, width] of the new grid"),
      .init("old_grid", .word("square"), "[height, width] of the old one"),
      .init(
        "prefix", .word("auto"),
        "places before the grid, which are kept; auto: the number that fits both, if only one does"),
      .init("mode", .word("bicubic"), "nearest, bilinear or bicubic"),
      .init(
        "align_corners", .word("true"),
        "whether the grids' corners are the same places (torchvision), or the cells' (timm, transformers)"),
      .init("antialias", .word("false"), "whether a smaller grid is smoothed (timm)"),
      .init("from", .word(""), "a checkpoint, or another tensor's path, to take the values of"),
      .init("tensor", .word(""), "the checkpoint's tensor; by default the one of the same name"),
    ],
    reference: "Keys 1981 (cubic convolution); torch.nn.functional.interpolate; Dosovitskiy et al. 2021, section 3.2",
    reads: ["old values"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Resample.described }

  /// The parameters in the order of the descriptor.
  public var values: [ArgumentValue] {
    func list(_ grid: [Int]?) -> ArgumentValue { grid.map { .list($0.map(Double.init)) } ?? .word("square") }
    return [
      list(grid), list(oldGrid), prefix.map { .number(Double($0)) } ?? .word("auto"), .word(mode.rawValue),
      .word("\(alignCorners)"), .word("\(antialias)"), .word(from), .word(tensor),
    ]
  }

  /// Refuses grids that are none, and what no other implementation has.
  public func check() throws(Diagnostic) {
    for grid in [grid, oldGrid].compactMap({ $0 }) where grid.count != 2 || grid.contains(where: { $0 < 1 }) {
      throw Diagnostic(
        .argumentOutOfRange, "'resample' has a grid that is none", expected: "a height and a width", found: "\(grid)")
    }
    guard antialias, alignCorners || mode == .nearest else { return }
    throw Diagnostic(
      .argumentOutOfRange, "'resample' smooths only between cells",
      expected: "align_corners: false, bilinear or bicubic",
      found: "antialias: true, align_corners: \(alignCorners), mode: \(mode.rawValue)",
      hints: ["resample(align_corners: false, antialias: true)"])
  }

  /// How both tables lie in their tensors.
  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape``, ``Diagnostics/ErrorCode/sourceMissing``.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let source = try context.source("old", SourceReference.old(or: from, tensor: tensor))
    let shape = context.part?.whole ?? context.shape
    guard source.shape != shape || grid != oldGrid else { return Draw(.copy).reading(source) }
    guard source.shape.count > 0, let layout = GridLayout(source.shape, shape, self) else {
      throw Diagnostic(
        .unsuitableShape, "'\(source)' and '\(context.name)' are no two grids of one kind", at: context.name,
        expected: expected, found: "\(source.shape) → \(shape)",
        hints: ["resample(grid: [24, 24], old_grid: [14, 14], prefix: 1)"])
    }
    let options = [
      ("mode", Double(Mode.allCases.firstIndex(of: mode) ?? 0)), ("align_corners", alignCorners ? 1 : 0),
      ("antialias", antialias ? 1 : 0),
    ]
    return Draw(.resample, layout.numbers + options.map { Draw.Number($0.0, $0.1) }).reading(source)
  }

  private var expected: String {
    let grids =
      "\(oldGrid.map { "\($0[0])×\($0[1])" } ?? "a square") and \(grid.map { "\($0[0])×\($0[1])" } ?? "a square")"
    let places = prefix.map { "\($0) places and" } ?? "a number of places that only one prefix makes"
    return "[places, d] or [1, places, d] with \(places) \(grids); or two axes beside each other that differ"
  }
}

extension SourceReference {
  /// What is said, or else what the tensor was.
  static func old(or text: String, tensor: String) -> SourceReference {
    text.isEmpty ? .old : SourceReference(text, tensor: tensor)
  }
}

extension Initializer where Self == Resample {
  /// The old values on another grid; see ``Resample``.
  public static func resample(
    grid: [Int]? = nil, oldGrid: [Int]? = nil, prefix: Int? = nil, mode: Resample.Mode = .bicubic,
    alignCorners: Bool = true, antialias: Bool = false
  ) -> Resample {
    Resample(
      grid: grid, oldGrid: oldGrid, prefix: prefix, mode: mode, alignCorners: alignCorners, antialias: antialias)
  }
}
