extension LayerGroup {
  /// The layers of names with slashes, as TensorFlow has them: `conv1/kernel:0` and `conv1/bias:0` are one.
  ///
  /// Such a name is one part of a path; its layer has no path of its own.
  var slashed: [(branch: String, group: LayerGroup)] {
    guard leaves.contains(where: { $0.name.utf8.contains(LayerGroup.slash) }) else { return [] }
    var groups: [(branch: Substring, leaves: [Leaf])] = []
    for leaf in leaves {
      guard let slash = leaf.name.utf8.lastIndex(of: LayerGroup.slash) else { continue }
      let short = String(leaf.name[leaf.name.utf8.index(after: slash)...])
      let branch = leaf.name[..<slash]
      let found = Leaf(entry: leaf.entry, name: short, field: LeafField(short), tensor: leaf.tensor)
      if let last = groups.indices.last(where: { groups[$0].branch.utf8.elementsEqual(branch.utf8) }) {
        groups[last].leaves.append(found)
      } else {
        groups.append((branch, [found]))
      }
    }
    return groups.map { group in
      let name = String(group.branch.split(separator: "/").last ?? "")
      return (String(group.branch.dropLast(name.count)), LayerGroup(name: name, entry: entry, leaves: group.leaves))
    }
  }

  /// The same group without names with slashes.
  var withoutSlashes: LayerGroup {
    guard leaves.contains(where: { $0.name.utf8.contains(LayerGroup.slash) }) else { return self }
    return LayerGroup(name: name, entry: entry, leaves: leaves.filter { !$0.name.utf8.contains(LayerGroup.slash) })
  }

  private static var slash: UInt8 { UInt8(ascii: "/") }
}
