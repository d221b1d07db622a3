import Glibc

/// Curves on two logarithmic scales, as SVG: work whose cost is proportional to its size is a straight line that
/// climbs one decade in each.
enum Chart {
  private static let (width, height, left, bottom, top) = (760.0, 460.0, 70.0, 50.0, 20.0)
  private static let colors = ["#0b6e99", "#b5542b", "#8a7a12", "#5b3f8c"]

  static func svg(_ curves: [Curve]) -> String {
    let points = curves.flatMap(\.points)
    let x = Scale(points.map { Double($0.size) }, from: left, to: width - 190)
    let y = Scale(points.map(\.seconds), from: height - bottom, to: top)
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" \
      font-family="sans-serif" font-size="12">
      <title>Cost against size</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      """
    ]
    parts += x.decades.map { line(x($0), top, x($0), height - bottom) + label(x($0), height - bottom + 18, power($0)) }
    parts += y.decades.map { line(left, y($0), width - 190, y($0)) + label(left - 24, y($0) + 4, power($0)) }
    parts.append(label((left + width - 190) / 2, height - 10, "elements, nodes or bytes"))
    parts.append(label(30, top + 2, "seconds"))
    for (index, curve) in curves.enumerated() { parts.append(draw(curve, colors[index % colors.count], x, y, index)) }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private static func draw(_ curve: Curve, _ color: String, _ x: Scale, _ y: Scale, _ index: Int) -> String {
    let points = curve.points.map { (x(Double($0.size)), y($0.seconds)) }
    let path = points.map { "\(round1($0.0)),\(round1($0.1))" }.joined(separator: " ")
    let dots = points.map { "<circle cx=\"\(round1($0.0))\" cy=\"\(round1($0.1))\" r=\"3\" fill=\"\(color)\"/>" }
      .joined()
    let legend = top + 14 + 20 * Double(index)
    return """
      <polyline points="\(path)" fill="none" stroke="\(color)" stroke-width="2"/>\(dots)
      <rect x="\(width - 180)" y="\(legend - 9)" width="12" height="4" fill="\(color)"/>
      <text x="\(width - 162)" y="\(legend - 3)">\(curve.name)</text>
      """
  }

  private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<path d=\"M\(round1(x1)) \(round1(y1))L\(round1(x2)) \(round1(y2))\" stroke=\"#dddddd\"/>"
  }
  private static func label(_ x: Double, _ y: Double, _ text: String) -> String {
    "<text x=\"\(round1(x))\" y=\"\(round1(y))\" text-anchor=\"middle\">\(text)</text>"
  }
  private static func power(_ value: Double) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let exponent = Int(log10(value).rounded())
    return "10" + (exponent < 0 ? "⁻" : "")
      + String(abs(exponent)).compactMap(\.wholeNumberValue).map { String(digits[$0]) }.joined()
  }
  private static func round1(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// A logarithmic scale over whole decades.
  private struct Scale {
    let low, high, start, end: Double
    init(_ values: [Double], from start: Double, to end: Double) {
      low = log10(values.min() ?? 1).rounded(.down)
      high = max(low + 1, log10(values.max() ?? 10).rounded(.up))
      (self.start, self.end) = (start, end)
    }
    var decades: [Double] { stride(from: low, through: high, by: 1).map { pow(10, $0) } }
    func callAsFunction(_ value: Double) -> Double { start + (end - start) * (log10(value) - low) / (high - low) }
  }
}
