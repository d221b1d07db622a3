import Diagnostics
import Glibc
import LayerVocabulary
import Tensors

extension Draw {
  /// Cosines or sines under a window; computed in double precision.
  func writeFourier(_ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape) throws(Diagnostic) {
    let (bins, frame, isReal) = try fourierAxes(shape)
    let window = try scaledWindow(shape[frame])
    let (strides, period) = (shape.strides, Double(2 * (shape[bins] - 1)))
    for f in 0..<shape[bins] {
      for t in window.indices {
        let angle = -2 * Double.pi * (Double(t) * Double(f)).truncatingRemainder(dividingBy: period) / period
        values[f * strides[bins] + t * strides[frame]] = Float((isReal ? cos(angle) : sin(angle)) * window[t])
      }
    }
  }

  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if the numbers do not fit the shape.
  func fourierAxes(_ shape: Shape) throws(Diagnostic) -> (bins: Int, frame: Int, isReal: Bool) {
    guard shape.rank == 3 else { throw malformed("\(shape)") }
    let (bins, frame) = (try integer("bin_axis", in: 0...2), try integer("frame_axis", in: 0...2))
    guard bins != frame, shape.count == shape[bins] * shape[frame], shape[bins] >= 2 else {
      throw malformed("\(shape)")
    }
    _ = try fourierWindow()
    return (bins, frame, try integer("side", in: 0...1) == 0)
  }

  private func fourierWindow() throws(Diagnostic) -> (Fourier.Window, Fourier.Scaling, isPeriodic: Bool) {
    let kind = Fourier.Window.allCases[try integer("window", in: 0...Fourier.Window.allCases.count - 1)]
    let scaling = Fourier.Scaling.allCases[try integer("scaling", in: 0...Fourier.Scaling.allCases.count - 1)]
    return (kind, scaling, try integer("periodic", in: 0...1) == 1)
  }

  private func scaledWindow(_ count: Int) throws(Diagnostic) -> [Double] {
    let (kind, scaling, isPeriodic) = try fourierWindow()
    let window = kind.values(count, periodic: isPeriodic)
    let scale: Double =
      switch kind == .none ? .none : scaling {
      case .none: 1
      case .density: window.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .spectrum: window.reduce(0) { $0 + abs($1) }
      }
    return window.map { $0 / scale }
  }

  /// The index of the kernel's center, read from the numbers `center_…`; 0 along the given axes.
  func centerIndex(_ shape: Shape, besides axes: [Int]) throws(Diagnostic) -> [Int] {
    var index = Array(repeating: 0, count: shape.rank)
    for axis in shape.sizes.indices where !axes.contains(axis) {
      index[axis] = try integer("center_\(axis)", in: 0...max(0, shape[axis] - 1))
    }
    return index
  }
}
