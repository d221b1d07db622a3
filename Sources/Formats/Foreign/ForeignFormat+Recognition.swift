extension ForeignFormat {
  /// Formats by the bytes at a file's beginning.
  private static let marks: [(bytes: [UInt8], format: ForeignFormat)] = [
    (Array("GGUF".utf8), .gguf), (Array("FUGG".utf8), .gguf),
    (Array("lmgg".utf8), .ggml), (Array("tjgg".utf8), .ggml), (Array("fmgg".utf8), .ggml),
    ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5),
    ([0x93] + Array("NUMPY".utf8), .npy),
    (Array("version https://git-lfs.github.com/spec/".utf8), .gitLFS),
    ([0x1F, 0x8B], .gzip), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .xz),
    ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
    (Array("BZh".utf8), .bzip2), ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
  ]

  /// What torch before 1.6 wrote first: a pickle of the number 0x1950a86a20f9469cfc6c.
  private static let torchMagic: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  /// The format of a file with these first and last bytes; nil where it is not known.
  static func recognized(_ front: some Collection<UInt8>, tail: some Collection<UInt8>)
    -> ForeignFormat?
  {
    let front = Array(front.prefix(frontSize))
    // A header's text begins at the ninth byte: nothing else that is told here has an opening brace and a quote there.
    if front.count >= 10, front[8] == 0x7B, front[9] == 0x22 || front[9] == 0x7D,
      front[5...7] == [0, 0, 0]
    {
      return .safetensors
    }
    if let mark = marks.first(where: { front.starts(with: $0.bytes) }) { return mark.format }
    return archive(front) ?? pickle(front) ?? text(front) ?? binary(front, Array(tail))
  }

  private static func archive(_ front: [UInt8]) -> ForeignFormat? {
    if front.count >= 262, front[257..<262].elementsEqual("ustar".utf8) { return tar(front) }
    if front.starts(with: [0x50, 0x4B, 5, 6]) { return .zip }
    guard front.starts(with: [0x50, 0x4B, 3, 4]), front.count > 30 else { return nil }
    let count = Int(front[26]) | Int(front[27]) << 8
    let name = String(decoding: front[30...].prefix(count), as: UTF8.self)
    if name.hasSuffix(".npy") { return .npz }
    if ["metadata.json", "config.json", "model.weights.h5"].contains(name) { return .keras }
    let inner = name.split(separator: "/").dropFirst().first ?? ""
    return ["data.pkl", "data", "byteorder", "version", ".format_version", ".data"].contains(inner)
      ? .torchArchive : .zip
  }

  /// The oldest form of torch is a tar archive with these members.
  private static func tar(_ front: [UInt8]) -> ForeignFormat {
    let name = String(decoding: front.prefix { $0 != 0 }, as: UTF8.self)
    return ["sys_info", "storages", "tensors", "pickle"].contains(name) ? .torchLegacy : .tar
  }

  private static func pickle(_ front: [UInt8]) -> ForeignFormat? {
    guard front.count >= 3, front[0] == 0x80, (2...5).contains(front[1]) else { return nil }
    // Protocol 4 puts a frame before the number.
    let body = front[2] == 0x95 ? front.dropFirst(11) : front.dropFirst(2)
    if body.starts(with: torchMagic) { return .torchLegacy }
    return [0x7D, 0x5D, 0x28, 0x63, 0x8A, 0x8C, 0x58, 0x95, 0x4B, 0x4D, 0x4A, 0x29].contains(
      front[2]) ? .pickle : nil
  }

  /// Web pages, JSON, and what servers say in a sentence.
  private static func text(_ front: [UInt8]) -> ForeignFormat? {
    let bytes = front.starts(with: [0xEF, 0xBB, 0xBF]) ? front.dropFirst(3) : front[...]
    let body = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let start = String(decoding: body.prefix(16), as: UTF8.self).lowercased()
    if ["<!doctype html", "<html", "<head", "<?xml", "<error", "<!--", "<body"].contains(
      where: start.hasPrefix)
    {
      return .webPage
    }
    guard isText(body), body.count >= 4 else { return nil }
    if body.first == 0x7B || body.first == 0x5B { return json(body) }
    return front.count < frontSize ? .serverMessage : nil
  }

  private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy {
      (0x20...0x7E).contains($0) || [0x09, 0x0A, 0x0D].contains($0) || $0 >= 0x80
    }
      && bytes.count { $0 >= 0x80 } * 4 <= bytes.count
  }

  private static func json(_ body: ArraySlice<UInt8>) -> ForeignFormat? {
    let text = String(decoding: body, as: UTF8.self)
    if text.contains("\"weight_map\"") || text.contains("\"total_size\"") { return .shardIndex }
    return text.hasPrefix("{\"error\"") ? .serverMessage : .json
  }

  /// Formats without a mark at the beginning.
  private static func binary(_ front: [UInt8], _ tail: [UInt8]) -> ForeignFormat? {
    // The footer of LevelDB's tables.
    if tail == [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB] { return .tensorFlowIndex }
    if front.dropFirst(4).starts(with: "TFL3".utf8) { return .tfLite }
    return protobuf(front) ?? messagePack(front)
  }

  /// Both begin with a small version number, as field 1.
  private static func protobuf(_ front: [UInt8]) -> ForeignFormat? {
    guard front.count >= 6, front[0] == 0x08, (1...20).contains(front[1]) else { return nil }
    switch front[2] {
    // A SavedModel's second field holds messages; ONNX has the producer's name there.
    case 0x12:
      let count = Int(front[3])
      let name = front[4...].prefix(count)
      if name.first == 0x0A || count >= 0x80 { return front[1] == 1 ? .savedModel : nil }
      return name.allSatisfy { (0x20...0x7E).contains($0) } ? .onnx : nil
    // The producer's version, the graph, the sets of operators.
    case 0x1A, 0x3A, 0x42: return .onnx
    default: return nil
    }
  }

  /// A map whose first key is a short text.
  private static func messagePack(_ front: [UInt8]) -> ForeignFormat? {
    guard let first = front.first else { return nil }
    let skipped = (0x81...0x8F).contains(first) ? 1 : first == 0xDE ? 3 : first == 0xDF ? 5 : 0
    guard skipped > 0, front.count > skipped + 2 else { return nil }
    let mark = front[skipped]
    let (start, count) =
      (0xA1...0xBF).contains(mark)
      ? (skipped + 1, Int(mark & 0x1F))
      : mark == 0xD9 ? (skipped + 2, Int(front[skipped + 1])) : (0, 0)
    guard count > 0, start + count <= front.count else { return nil }
    return front[start..<start + count].allSatisfy { (0x20...0x7E).contains($0) } ? .msgpack : nil
  }
}
