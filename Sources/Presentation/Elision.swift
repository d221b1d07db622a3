extension StyledLine {
  /// Left as it is where it fits; else a part gives way to an ellipsis.
  func elided(to columns: Int, _ elision: Table.Elision, in style: Style) -> StyledLine {
    guard width > columns else { return self }
    let ellipsis = style.symbols.ellipsis
    let room = columns - displayWidth(ellipsis)
    guard room > 0 else { return prefix(columns) }
    var (front, back) = (StyledLine(), StyledLine())
    switch elision {
    case .end: front = prefix(room)
    case .middle:
      front = prefix(room / 2)
      back = suffix(room - front.width)
    case .path:
      front = firstPart(within: columns / 3)
      back = lastParts(within: room - front.width)
    }
    front.append(ellipsis, .secondary)
    front.append(back)
    return front
  }

  /// The first part of a path where there is room for it, without the dot that ends it.
  private func firstPart(within columns: Int) -> StyledLine {
    // Below that the end, which tells paths apart, needs all the room there is.
    guard columns >= 10, let cut = cuts.first, cut > 0, cut <= columns else { return StyledLine() }
    let part = prefix(cut)
    return part.spans.last?.string.last == " " ? part : prefix(cut - 1)
  }

  /// As many whole parts at the end as fit; a piece of one if that would leave most of the room empty.
  private func lastParts(within columns: Int) -> StyledLine {
    guard let cut = cuts.first(where: { width - $0 <= columns }), width - cut >= columns / 2 else {
      return suffix(columns)
    }
    return suffix(width - cut)
  }

  /// The columns at which parts of a path begin.
  private var cuts: [Int] {
    var result: [Int] = []
    var column = 0
    for span in spans {
      for character in span.string {
        column += displayWidth(character)
        if character == "." || character == "/" || character == " " { result.append(column) }
      }
    }
    return result
  }
}
