import CallText
import Diagnostics
import Glibc
import LayerVocabulary
import Tensors

/// One side of the short-time Fourier transform as a convolution's kernel, as Keras has it.
public struct Fourier: CatalogInitializer {
  /// Which component.
  public enum Side: String, Sendable, CaseIterable { case real, imag }
  /// What fades a frame in and out.
  public enum Window: String, Sendable, CaseIterable { case none, hann, hamming, blackman }
  /// What the window is divided by.
  public enum Scaling: String, Sendable, CaseIterable {
    /// 1.
    case none
    /// The root of its sum of squares.
    case density
    /// The sum of its absolute values.
    case spectrum
  }

  /// Which component.
  public var side: Side
  /// The window over a frame.
  public var window: Window
  /// What the window is divided by.
  public var scaling: Scaling
  /// Whether the window is one period of a periodic function, instead of symmetric.
  public var periodic: Bool

  /// A Fourier kernel.
  public init(side: Side, window: Window = .hann, scaling: Scaling = .density, periodic: Bool = false) {
    self.side = side
    self.window = window
    self.scaling = scaling
    self.periodic = periodic
  }

  private enum Answer: String, CaseIterable { case no = "false", yes = "true" }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(
      side: try arguments.word("side"), window: try arguments.word("window"),
      scaling: try arguments.word("scaling"), periodic: try arguments.word("periodic", Answer.self) == .yes)
  }

  static let described = InitializerDescriptor(
    "stft", summary: "the basis of a short-time Fourier transform, for a convolution with one input",
    formula: "W[f, 0, t] = cos or sin of −2π·t·f/(2(bins − 1)), times window(t)/scale",
    parameters: [
      .init("side", nil, "real (cosines) or imag (sines)"),
      .init("window", .word("hann"), Window.allCases.map(\.rawValue).joined(separator: ", ")),
      .init("scaling", .word("density"), "density: by √Σwindow²; spectrum: by Σ|window|; none"),
      .init("periodic", .word("false"), "true: a periodic window, false: a symmetric one"),
    ],
    reference: "keras.initializers.STFTInitializer")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Fourier.described }

  /// In the order of the parameters.
  public var values: [ArgumentValue] {
    [
      .word(side.rawValue), .word(window.rawValue), .word(scaling.rawValue),
      .word(periodic ? "true" : "false"),
    ]
  }

  /// The axes and choices, as numbers.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let shape = context.shape
    guard shape.rank == 3 else {
      throw unsuitable(context, expected: "a 1-D convolution's kernel, with three axes")
    }
    let layout = try matrixLayout(for: context)
    let frame = 3 - layout.outAxis - layout.inAxis
    guard shape[layout.inAxis] == 1, shape[layout.outAxis] >= 2, shape[frame] >= (window == .none ? 1 : 3)
    else {
      throw unsuitable(context, expected: "one input, at least two bins, and a frame of at least three taps")
    }
    let number = { (index: Int?) in Double(index ?? 0) }
    return Draw(
      .stft,
      [
        .init("bin_axis", Double(layout.outAxis)), .init("frame_axis", Double(frame)),
        .init("side", number(Side.allCases.firstIndex(of: side))),
        .init("window", number(Window.allCases.firstIndex(of: window))),
        .init("scaling", number(Scaling.allCases.firstIndex(of: scaling))),
        .init("periodic", periodic ? 1 : 0),
      ])
  }
}

extension Fourier.Window {
  /// The window over a frame; periodic ones are those of one tap more, without the last.
  func values(_ count: Int, periodic: Bool) -> [Double] {
    let period = Double(max(1, periodic ? count : count - 1))
    return (0..<count).map { t in
      let angle = 2 * Double.pi * Double(t) / period
      return switch self {
      case .none: 1
      case .hann: 0.5 - 0.5 * cos(angle)
      case .hamming: 0.54 - 0.46 * cos(angle)
      case .blackman: 0.42 - 0.5 * cos(angle) + 0.08 * cos(2 * angle)
      }
    }
  }
}

extension Initializer where Self == Fourier {
  /// One side of the short-time Fourier transform as a convolution's kernel.
  public static func stft(
    side: Fourier.Side, window: Fourier.Window = .hann, scaling: Fourier.Scaling = .density,
    periodic: Bool = false
  ) -> Fourier {
    Fourier(side: side, window: window, scaling: scaling, periodic: periodic)
  }
}
