/// The name of a shard as transformers, diffusers and others write it: `model-00002-of-00004.safetensors`.
struct ShardName {
  /// Counted from 1.
  let number: Int
  /// How many there are.
  let count: Int
  /// What one file with all of it would be called: `model.safetensors`.
  let whole: String

  init?(_ name: String) {
    guard let dot = name.lastIndex(of: "."), name[..<dot].utf8.count > 15 else { return nil }
    let stem = name[..<dot]
    let tail = stem.suffix(15).utf8.map { $0 }
    guard tail[0] == 0x2D, tail[6..<10].elementsEqual("-of-".utf8),
      let number = Int(String(decoding: tail[1..<6], as: UTF8.self)),
      let count = Int(String(decoding: tail[10...], as: UTF8.self)), number >= 1, number <= count
    else { return nil }
    self.number = number
    self.count = count
    whole = String(stem.dropLast(15)) + name[dot...]
  }

  /// What a file of another format is called in safetensors: `pytorch_model-00001-of-00002.bin` is
  /// `model-00001-of-00002.safetensors`.
  static func inSafeTensors(_ name: String) -> String {
    guard !name.hasSuffix(".safetensors") else { return name }
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let named = stem.hasPrefix("pytorch_model") ? String(stem.dropFirst("pytorch_".count)) : stem
    return named + ".safetensors"
  }
}
