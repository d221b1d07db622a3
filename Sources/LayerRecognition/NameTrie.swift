import Diagnostics
import Functors
import Tensors

/// The names of a file as a tree, in the order in which parts are first seen; parents stand before children.
struct NameTrie {
  struct Entry {
    let parent: Int
    let name: String
    /// The tensor of exactly this name; −1 if there is none.
    var tensor = -1
    var children: [Int] = []
  }
  private struct Step: Hashable {
    let parent: Int
    let name: ByteName
  }
  /// The first is the root.
  private(set) var entries = [Entry(parent: -1, name: "")]
  private var positions: [Step: Int] = [:]

  /// - Throws: ``Diagnostics/ErrorCode/duplicateTensor``.
  init(_ names: [String], originals: [NamedTensor]) throws(Diagnostic) {
    entries.reserveCapacity(2 * names.count)
    positions.reserveCapacity(2 * names.count)
    var last: [Int] = []
    for (index, name) in names.enumerated() {
      let place = enter(NameTrie.parts(of: name), near: &last)
      let other = entries[place].tensor
      guard other < 0 else {
        throw .sameName(name, originals[other].name, originals[index].name)
      }
      entries[place].tensor = index
    }
  }

  /// The child of that name.
  func child(_ name: String, of parent: Int) -> Int? {
    positions[Step(parent: parent, name: ByteName(name))]
  }

  /// Whether an entry is a tensor and nothing else.
  func isLeaf(_ entry: Int) -> Bool { entries[entry].children.isEmpty }

  /// The name of an entry, or of the nearest one above it that is not a number.
  func nearName(of entry: Int) -> String {
    var index = entry
    while index > 0, entries[index].name.utf8.allSatisfy({ (48...57).contains($0) }) { index = entries[index].parent }
    return entries[index].name
  }

  /// The names of an entry and of those above it, from the entry up.
  func names(of entry: Int, upTo count: Int) -> [String] {
    var (index, names) = (entry, [String]())
    while index > 0, names.count < count {
      names.append(entries[index].name)
      index = entries[index].parent
    }
    return names
  }

  /// The dotted name.
  func path(of entry: Int) -> String {
    var names: [String] = []
    var index = entry
    while index > 0 {
      names.append(entries[index].name)
      index = entries[index].parent
    }
    return names.reversed().joined(separator: ".")
  }

  /// Follows the last name as far as both agree, which is most of it in most files.
  private mutating func enter(_ parts: [Substring], near last: inout [Int]) -> Int {
    var shared = 0
    while shared < min(last.count, parts.count),
      entries[last[shared]].name.utf8.elementsEqual(parts[shared].utf8)
    {
      shared += 1
    }
    last.removeLast(last.count - shared)
    var place = last.last ?? 0
    for part in parts[shared...] {
      place = child(part, of: place)
      last.append(place)
    }
    return place
  }

  private mutating func child(_ part: Substring, of parent: Int) -> Int {
    let step = Step(parent: parent, name: ByteName(String(part)))
    if let known = positions[step] { return known }
    let place = entries.count
    positions[step] = place
    entries.append(Entry(parent: parent, name: step.name.text))
    entries[parent].children.append(place)
    return place
  }

  /// The parts between dots.
  ///
  /// An empty part, which would leave no trace in a path, keeps its dot and is joined to
  /// the next one, or at the end to the last one, so that the parts joined by dots are the name again.
  static func parts(of name: String) -> [Substring] {
    let bytes = name.utf8
    var parts: [Substring] = []
    var start = bytes.startIndex
    var index = start
    while index != bytes.endIndex {
      let next = bytes.index(after: index)
      if bytes[index] == UInt8(ascii: "."), index != start {
        parts.append(name[start..<index])
        start = next
      }
      index = next
    }
    if start != bytes.endIndex {
      parts.append(name[start...])
    } else if let final = parts.popLast() {
      parts.append(name[final.startIndex...])
    }
    return parts
  }
}

extension PathKey {
  /// The keys of a dotted name: joined by dots they are the name again.
  package static func keys(of name: String) -> [PathKey] { NameTrie.parts(of: name).map { PathKey(part: String($0)) } }

  /// The key of a part of a name; most do not begin with a digit, and are no positions.
  package init(part: String) {
    let isNumber = part.utf8.first.map { (48...57).contains($0) } ?? false
    self = isNumber ? PathKey(part) : .name(part)
  }
}

extension Diagnostic {
  fileprivate static func sameName(_ name: String, _ first: String, _ second: String) -> Diagnostic {
    Diagnostic(
      .duplicateTensor, "two tensors are called '\(name)'",
      expected: "names that differ without their prefixes",
      found: "'\(first)' and '\(second)'", hints: ["strip a longer prefix, or none"])
  }
}
