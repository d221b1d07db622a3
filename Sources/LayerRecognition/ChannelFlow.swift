import LayerVocabulary
import Tensors

/// How many channels flow, by the file's order: what a convolution reads is what a layer before it in its block writes.
///
/// Groups are in no file. In a block `conv1 [256, 64, 1, 1]`, `conv2 [256, 8, 3, 3]` the second reads 256 channels, so that
/// 8 are those of one of 32 groups.
struct ChannelFlow {
  private struct Width {
    let outputs: Int
    /// The channels that are read: those of all groups.
    var inputs: Int
    /// The axes of a kernel; none of a norm or a linear map.
    var kernel: [Int] = []
    /// The channels of one group, as the weight has them.
    var stored = 0
    /// What is known of the number of groups.
    var choices = [1]
  }
  private let trie: NameTrie
  private var widths: [Width] = []
  /// For each entry of names, the first width at or below it, and its own.
  private var first: [Int]
  private var own: [Int]
  /// What is known of the groups of each convolution.
  private var counts: [Int: [Int]] = [:]

  init(_ trie: NameTrie, _ tensors: [NamedTensor], _ evidence: LayoutEvidence) {
    self.trie = trie
    (first, own) = (Array(repeating: -1, count: trie.entries.count), Array(repeating: -1, count: trie.entries.count))
    var places = Array(repeating: -1, count: tensors.count)
    for (place, entry) in trie.entries.enumerated() where entry.tensor >= 0 { places[entry.tensor] = place }
    for (index, place) in places.enumerated() where place >= 0 {
      let field = LeafField(trie.entries[place].name)
      let tensor = tensors[index].tensor
      guard field == .weight || field == .kernel || field == .direction, tensor.dtype.isFloatingPoint else { continue }
      guard let width = ChannelFlow.width(tensor.shape, field, evidence) else { continue }
      add(width, at: place)
    }
  }

  private mutating func add(_ width: Width, at place: Int) {
    own[place] = widths.count
    var entry = place
    while entry >= 0, first[entry] < 0 {
      first[entry] = widths.count
      entry = trie.entries[entry].parent
    }
    widths.append(width)
    guard !width.kernel.isEmpty else { return }
    let groups = count(place, width)
    counts[place] = groups
    widths[own[place]].choices = groups
    widths[own[place]].stored = width.inputs
    widths[own[place]].inputs *= groups.last ?? 1
  }

  private static func width(_ shape: Shape, _ field: LeafField, _ evidence: LayoutEvidence) -> Width? {
    switch shape.rank {
    case 0: return nil
    case 1: return Width(outputs: shape[0], inputs: shape[0])
    case 2:
      return field == .kernel ? Width(outputs: shape[1], inputs: shape[0]) : Width(outputs: shape[0], inputs: shape[1])
    default:
      let axes = Recognizer.axes(of: shape, evidence.convolution(field))
      return Width(
        outputs: shape[axes.outAxis], inputs: shape[axes.inAxes[0]],
        kernel: axes.kernelAxes(of: shape).map { shape[$0] })
    }
  }

  /// What is known of the number of groups: the likeliest first; more than one where it is left open.
  func groups(of entry: Int) -> [Int] { counts[entry] ?? [1] }

  private func count(_ entry: Int, _ width: Width) -> [Int] {
    let before = before(entry)
    guard width.outputs > 1, let last = before.widths.last?.outputs else { return leading(entry, width) }
    let inputs = width.inputs
    if inputs == 1 { return depthwise(entry, width, before.widths, last, before.level) }
    guard inputs > 0, !readsOutside(entry) else { return [1] }
    // Branches that are alike, and of one input, are as sure as the first of them.
    if let twin = twin(of: width, in: before.widths) { return twin }
    let found = groups(width, before.widths, last, before.level)
    return found == [1] ? named(entry, width) : found
  }

  private func groups(_ width: Width, _ widths: ArraySlice<Width>, _ last: Int, _ level: Int) -> [Int] {
    let (inputs, outputs) = (width.inputs, width.outputs)
    guard last > inputs, last % inputs == 0 else { return [1] }
    let groups = last / inputs
    guard outputs % groups == 0 else { return [1] }
    if widths.contains(where: { $0.outputs == inputs }) || widths.first?.inputs == inputs {
      // What was written just before is nearer than what is as wide, if that is in another block.
      return level > 2 && !widths.suffix(4).contains { $0.outputs == inputs } ? [1, groups] : [1]
    }
    let isSure = level <= 2 && outputs % last == 0 && width.kernel.contains { $0 > 1 }
    return isSure ? [groups] : [1, groups]
  }

  /// What was found for a convolution of the same sizes in the same block, where that was not sure.
  private func twin(of width: Width, in widths: ArraySlice<Width>) -> [Int]? {
    widths.last { $0.stored == width.inputs && $0.outputs == width.outputs && $0.kernel == width.kernel }
      .flatMap { $0.choices.count > 1 ? $0.choices : nil }
  }

  /// Of a convolution before which none stands in the file.
  private func leading(_ entry: Int, _ width: Width) -> [Int] {
    guard width.inputs == 1, width.outputs > 1 else { return named(entry, width) }
    return ChannelFlow.grows(trie.names(of: trie.entries[entry].parent, upTo: 4)) ? [1, width.outputs] : [1]
  }

  /// A stage that halves the resolution often doubles the channels as it does.
  private static func grows(_ names: [String]) -> Bool {
    ["down", "reparam", "pool", "final"].contains { part in names.contains { $0.contains(part) } }
  }

  /// Whether it is the one that widens at the end of a network.
  private static func isLast(_ names: [String]) -> Bool {
    ["reparam", "final"].contains { part in names.contains { $0.contains(part) } }
  }

  /// A convolution that is called grouped keeps the number of channels, or their multiple.
  private func named(_ entry: Int, _ width: Width) -> [Int] {
    guard width.inputs > 1, width.outputs > width.inputs, width.outputs % width.inputs == 0 else { return [1] }
    // Res2Net's as well: each of a list reads one of the parts of what was written before.
    let isGrouped = trie.names(of: trie.entries[entry].parent, upTo: 2).contains {
      NameHint($0).has("group") || $0 == "convs"
    }
    return isGrouped ? [1, width.outputs / width.inputs] : [1]
  }

  /// One channel goes in: of each group, or in all, as of a sound.
  private func depthwise(
    _ entry: Int, _ width: Width, _ widths: ArraySlice<Width>, _ last: Int, _ level: Int
  ) -> [Int] {
    let outputs = width.outputs
    let names = trie.names(of: trie.entries[entry].parent, upTo: 4)
    let hints = names.map(NameHint.init)
    let isKnown = widths.contains { $0.outputs == outputs || $0.inputs == outputs }
    let grows = ChannelFlow.grows(names)
    if outputs == 2 * last, grows { return [last] }
    if let twin = widths.suffix(3).last(where: { !$0.kernel.isEmpty }), twin.stored == 1, twin.outputs == outputs,
      twin.choices != [outputs], twin.choices[0] > 1
    {
      return twin.choices
    }
    let isNear = widths.suffix(6).contains { $0.outputs == outputs }
    let doubles = outputs == 2 * last && width.kernel.count > 1 && !isNear
    if outputs % 2 == 0, doubles || (grows && (!isKnown || ChannelFlow.isLast(names))) {
      return [outputs, outputs / 2]
    }
    if hints.contains(where: \.isDepthwise) { return [outputs] }
    let isLocal = hints.contains(where: \.mayBeDepthwise)
    // Along one axis it is.
    if isLocal, width.kernel.count == 1 { return [outputs] }
    if isKnown, (isLocal && last == outputs) || !ChannelFlow.isNamedFirst(names) {
      return width.kernel.allSatisfy { $0 == 1 } && !isLocal ? [1, outputs] : [outputs]
    }
    return isLocal || level >= 2 || ChannelFlow.isFirst(names) ? [1, outputs] : [outputs]
  }

  /// Whether a layer reads a picture or a code, and not what another layer wrote.
  private func readsOutside(_ entry: Int) -> Bool {
    trie.names(of: trie.entries[entry].parent, upTo: 3).contains {
      $0.contains("patch") || $0.contains("embed") || $0 == "conv_in"
    }
  }

  /// Whether the layer's name is that of the first in its chain.
  private static func isFirst(_ names: [String]) -> Bool { ownName(names) == "0" || isNamedFirst(names) }

  /// Whether it is, by a word and not by a number.
  private static func isNamedFirst(_ names: [String]) -> Bool {
    let own = ownName(names)
    if ["conv_in", "stem", "conv_pre", "conv_a", "conv_0"].contains(own) { return true }
    return own.hasPrefix("conv") && own.hasSuffix("1") && !(own.dropLast().last?.isNumber ?? false)
  }

  private static func ownName(_ names: [String]) -> String {
    names.first { $0 != "conv" && $0 != "convolution" } ?? ""
  }

  /// The widths before a tensor in the smallest branch around it that has any, and how far up that is.
  private func before(_ entry: Int) -> (widths: ArraySlice<Width>, level: Int) {
    var (branch, level) = (trie.entries[entry].parent, 0)
    while branch >= 0 {
      let start = first[branch]
      if start >= 0, start < own[entry] { return (widths[max(start, own[entry] - 64)..<own[entry]], level) }
      branch = trie.entries[branch].parent
      level += 1
    }
    return ([], level)
  }
}

extension NameHint {
  /// Layers that treat each channel on its own.
  var isDepthwise: Bool {
    has("depthwise") || has("dw") || hasWord("pos") || has("pos_") || has("shortcut") || has("sconv")
      || has("conv_proj")
      || has("mixer") || has("mamba")
  }

  /// Layers that often do; depth alone may be that of a picture.
  var mayBeDepthwise: Bool {
    has("depth_conv") || has("depthconv") || has("conv_depth") || has("pool") || has("local") || has("spatial")
      || has("attn")
  }
}
