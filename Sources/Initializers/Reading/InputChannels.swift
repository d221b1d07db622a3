import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// The old weights of a layer for another number of inputs: a first convolution that is to see gray images, or depth besides colors.
///
/// The response to inputs that are alike in all channels stays what it was with `sum` and `repeat` (timm's `adapt_input_conv`); with
/// `zero`, the response to the old inputs does (as for inpainting, where masks are added to latents).
public struct InputChannels: CatalogInitializer {
  /// What becomes of the old channels.
  public enum Mode: String, Sendable, CaseIterable {
    /// Each new channel is the sum of the old ones, divided by the number of new ones.
    case sum
    /// The old channels one after the other, times old/new.
    case `repeat`
    /// The old channels, bit for bit; further ones are 0.
    case zero

    fileprivate var index: Double { Double(Mode.allCases.firstIndex(of: self) ?? 0) }
  }

  /// What becomes of the old channels.
  public var mode: Mode
  /// A checkpoint, or another tensor's path, to read; what the tensor was where that is empty.
  public var from: String
  /// The tensor of that checkpoint; the one of the same name where that is empty.
  public var tensor: String

  /// The old weights for other inputs.
  public init(_ mode: Mode, from: String = "", tensor: String = "") {
    (self.mode, self.from, self.tensor) = (mode, from, tensor)
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    mode = try arguments.word("mode")
    from = try arguments.text("from", expected: "a checkpoint or the path of a tensor")
    tensor = try arguments.text("tensor", expected: "the path of a tensor")
  }

  static let described = InitializerDescriptor(
    "input_channels", summary: "the old weights, for another number of input channels",
    formula: "sum: (1/J)·Σ_i v_i; repeat: (I/J)·v_(j mod I); zero: v_j, 0 from j = I on",
    parameters: [
      .init("mode", nil, "sum, repeat or zero: how J channels come of I"),
      .init("from", .word(""), "a checkpoint, or another tensor's path, to take the weights of"),
      .init("tensor", .word(""), "the checkpoint's tensor; by default the one of the same name"),
    ],
    reference: "timm.models.adapt_input_conv (sum, repeat)", reads: ["old values"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { InputChannels.described }

  /// `mode`, `from`, `tensor`.
  public var values: [ArgumentValue] { [.word(mode.rawValue), .word(from), .word(tensor)] }

  /// The axis along which both differ, which has to be that of the inputs.
  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape`` where another axis differs too; ``Diagnostics/ErrorCode/sourceMissing``.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let source = try context.source("old", SourceReference.old(or: from, tensor: tensor))
    let shape = context.part?.whole ?? context.shape
    guard source.shape != shape else { return Draw(.copy).reading(source) }
    let inputs = (context.part?.geometry ?? context.geometry)?.inAxes
    guard source.shape.rank == shape.rank, source.shape.count > 0,
      let axis = GridLayout.onlyAxis(thatDiffersIn: source.shape, shape), inputs?.contains(axis) ?? false
    else { throw Diagnostic.otherInputs(source, context, inputs) }
    let (outer, inner) = (shape.sizes[..<axis].reduce(1, *), shape.sizes[(axis + 1)...].reduce(1, *))
    let numbers = [
      ("mode", mode.index), ("outer", Double(outer)), ("inner", Double(inner)),
      ("old", Double(source.shape[axis])), ("new", Double(shape[axis])),
    ]
    return Draw(.inputChannels, numbers.map { Draw.Number($0.0, $0.1) }).reading(source)
  }
}

extension Diagnostic {
  fileprivate static func otherInputs(
    _ source: DrawSource, _ context: ParameterContext, _ inputs: [Int]?
  ) -> Diagnostic {
    let axes = inputs.map { $0.map(String.init).joined(separator: " or ") }
    let hints = inputs == nil ? ["say what the layer is: --type '\(context.name)=Conv'"] : []
    return Diagnostic(
      .unsuitableShape, "'\(source)' and '\(context.name)' do not differ in the number of inputs alone",
      at: context.name,
      expected: "\(source.shape), but for \(axes.map { "axis \($0)" } ?? "the axis of inputs, which is not known")",
      found: "\(context.part?.whole ?? context.shape)", hints: hints)
  }
}

/// Which old channels a new one is made of.
struct ChannelMap: Sendable {
  private let mode: InputChannels.Mode
  private let (inner, old, new): (Int, Int, Int)

  init(_ draw: Draw) throws(Diagnostic) {
    mode = InputChannels.Mode.allCases[try draw.integer("mode", in: 0...2)]
    inner = try draw.integer("inner", in: 1...Int.max)
    old = try draw.integer("old", in: 1...Int.max)
    new = try draw.integer("new", in: 1...Int.max)
  }

  /// Elements from `first` on: by runs in which one follows the other in the source too.
  func fill(_ numbers: UnsafeMutableBufferPointer<Double>, from first: Int, of source: Tensor) {
    var done = 0
    while done < numbers.count {
      let (row, place) = (first + done).quotientAndRemainder(dividingBy: new * inner)
      let run = length(from: place, atMost: numbers.count - done)
      let part = UnsafeMutableBufferPointer(rebasing: numbers[done..<done + run])
      fill(part, row * old * inner, place, of: source)
      done += run
    }
  }

  private func length(from place: Int, atMost limit: Int) -> Int {
    let end =
      switch mode {
      case .sum: (place / inner + 1) * inner
      case .repeat: min((place / (old * inner) + 1) * old * inner, new * inner)
      case .zero: place < old * inner ? min(old, new) * inner : new * inner
      }
    return min(limit, end - place)
  }

  private func fill(
    _ numbers: UnsafeMutableBufferPointer<Double>, _ row: Int, _ place: Int, of source: Tensor
  ) {
    switch mode {
    case .zero where place >= old * inner: numbers.update(repeating: 0)
    case .zero: source.read(from: row + place, into: numbers)
    case .repeat:
      source.read(from: row + place % (old * inner), into: numbers)
      let factor = Double(old) / Double(new)
      for index in numbers.indices { numbers[index] *= factor }
    case .sum: sum(numbers, row + place % inner, of: source)
    }
  }

  private func sum(_ numbers: UnsafeMutableBufferPointer<Double>, _ place: Int, of source: Tensor) {
    numbers.update(repeating: 0)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: numbers.count) { channel in
      for index in 0..<old {
        source.read(from: place + index * inner, into: channel)
        for index in numbers.indices { numbers[index] += channel[index] }
      }
    }
    for index in numbers.indices { numbers[index] /= Double(new) }
  }
}

extension Draw {
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if the numbers do not fit tensor and source.
  func checkChannels(_ shape: Shape, _ source: DrawSource) throws(Diagnostic) {
    _ = try ChannelMap(self)
    let count = try integer("outer", in: 1...Int.max).multipliedReportingOverflow(
      by: try integer("inner", in: 1...Int.max))
    let old = count.partialValue.multipliedReportingOverflow(by: try integer("old", in: 1...Int.max))
    let new = count.partialValue.multipliedReportingOverflow(by: try integer("new", in: 1...Int.max))
    guard !count.overflow, !old.overflow, !new.overflow, source.dtype.isFloatingPoint,
      old.partialValue == source.shape.count, new.partialValue == shape.count
    else { throw malformed("a source \(source.dtype) \(source.shape) for \(shape)") }
  }
}

extension Initializer where Self == InputChannels {
  /// The old weights for another number of input channels; see ``InputChannels``.
  public static func inputChannels(
    _ mode: InputChannels.Mode, from: String = "", tensor: String = ""
  ) -> InputChannels { InputChannels(mode, from: from, tensor: tensor) }
}
