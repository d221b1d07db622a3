import Tensors

extension Recognizer {
  /// Whether what stands around a norm of one weight and bias says that it normalizes groups of channels: it feeds a convolution
  /// over more than one place, ends one, or begins a transformer that is laid over pictures.
  ///
  /// Norms over all channels of a place stand before and behind kernels of even size, which cut pictures into patches.
  func normalizesGroups(_ group: LayerGroup) -> Bool {
    guard let width = group.primary?.tensor.shape.count else { return false }
    let place = wrapped(group)
    let name = trie.entries[place].name
    if name.utf8.allSatisfy({ (48...57).contains($0) }) { return isBesideConvolution(place, Int(name) ?? 0, width) }
    return feedsItsConvolution(place, name, width) || name == "norm" && isLaidOverPictures(place, width)
  }

  /// A norm may be in a module that does more: `norm1.norm_layer`. (`norm1.norm` is of either kind.)
  private func wrapped(_ group: LayerGroup) -> Int {
    let parent = trie.entries[group.entry].parent
    let isWrapped = parent > 0 && group.name == "norm_layer" && NameHint(trie.entries[parent].name).isNorm
    return isWrapped ? parent : group.entry
  }

  /// `norm1` and `conv1`, `norm_out` and `conv_out`, `conv_norm_out` and `conv_out`.
  private func feedsItsConvolution(_ place: Int, _ name: String, _ width: Int) -> Bool {
    let conv =
      name.hasPrefix("norm") ? "conv" + name.dropFirst("norm".count) : name.replacing("conv_norm_", with: "conv_")
    guard conv != name, let kernel = kernel(of: conv, beside: place), kernel.isOdd else { return false }
    // Without a number, a norm before channels each on its own is often one over all channels.
    guard conv == "conv" ? kernel[1] == width : kernel.reads(width) else { return false }
    // A bottleneck's first and last convolutions are over one place.
    return kernel.isWide
      || ["conv1", "conv2", "conv3"].contains { self.kernel(of: $0, beside: place)?.isWide ?? false }
  }

  /// In a list, behind a convolution or before one.
  private func isBesideConvolution(_ place: Int, _ number: Int, _ width: Int) -> Bool {
    guard number < 1 << 32, !NameHint(trie.nearName(of: place)).has("neck") else { return false }
    if let before = kernel(of: "\(number - 1)", beside: place), before.isOdd, before[0] == width { return true }
    let next = (1...3).lazy.compactMap { self.kernel(of: "\(number + $0)", beside: place) }.first
    return next.map { $0.reads(width) && $0.isWide } ?? false
  }

  /// Before `proj_in` and `transformer_blocks`, or before queries that a convolution makes.
  private func isLaidOverPictures(_ place: Int, _ width: Int) -> Bool {
    let parent = trie.entries[place].parent
    if ["proj_in", "transformer_blocks", "proj_out"].allSatisfy({ trie.child($0, of: parent) != nil }) { return true }
    return ["q", "to_q", "qkv"].contains { kernel(of: $0, beside: place)?[1] == width }
  }

  /// The weight of a convolution beside an entry, which may be in a module that pads: `conv1.conv`.
  private func kernel(of name: String, beside place: Int) -> Shape? {
    guard trie.entries[place].parent >= 0, var entry = trie.child(name, of: trie.entries[place].parent) else {
      return nil
    }
    for _ in 0..<3 {
      if let leaf = trie.child("weight", of: entry) {
        let index = trie.entries[leaf].tensor
        let shape = index < 0 ? nil : tensors[index].tensor.shape
        return shape.flatMap { $0.rank >= 3 ? $0 : nil }
      }
      guard let inner = trie.entries[entry].children.first, !trie.isLeaf(inner) else { return nil }
      entry = inner
    }
    return nil
  }
}

extension Shape {
  /// Whether a kernel is for so many channels, all together or each on its own.
  fileprivate func reads(_ width: Int) -> Bool { self[1] == width || self[1] == 1 && self[0] == width }
  /// Whether a kernel has a middle: an odd number of places along each axis.
  fileprivate var isOdd: Bool { sizes.dropFirst(2).allSatisfy { $0 % 2 == 1 } }
  /// Whether it has one, and is over more than one place.
  fileprivate var isWide: Bool { isOdd && sizes.dropFirst(2).contains { $0 > 1 } }
}
