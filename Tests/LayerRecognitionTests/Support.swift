import Checkpoints
import Functors
import Glibc
import JSONText
import LayerRecognition
import Tensors
import TestSupport

private let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Trees/"

private func readText(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

/// The tensors of a published model: names and shapes of its state dict.
func tree(_ model: String) throws -> [NamedTensor] {
  try (JSONValue(parsing: readText(folder + model + ".json")).object?.members ?? []).map { member in
    let sizes = (member.value.array ?? []).compactMap(\.int)
    let isInteger = member.key.hasSuffix("num_batches_tracked") || member.key.hasSuffix("position_ids")
    return NamedTensor(member.key, Tensor(lazy: Shape(sizes), dtype: isInteger ? .i64 : .f32))
  }
}

/// What the reference script expects of a model's tensors: `name<TAB>role<TAB>kind`, in order.
func expectedLines(_ model: String) -> [String] {
  readText(folder + model + ".expected.tsv").split(separator: "\n").map(String.init)
}

/// Tensors of names and shapes, 32-bit floats.
func tensors(_ list: KeyValuePairs<String, [Int]>, dtype: DType = .f32) -> [NamedTensor] {
  list.map { NamedTensor($0.key, Tensor(lazy: Shape($0.value), dtype: dtype)) }
}

/// The inferred tree's leaves.
func inferred(_ tensors: [NamedTensor], _ options: RecognitionOptions = RecognitionOptions()) throws -> [FlatLeaf] {
  try flatten(InferredTree.infer(tensors, options: options).root)
}

/// `path role owner fans` of each leaf.
func lines(_ leaves: [FlatLeaf]) -> [String] {
  leaves.map { "\($0.path) \($0.role.rawValue) \($0.owner) \($0.fans)" }
}

/// `path role owner fans` of each leaf of names and shapes.
func lines(
  _ list: KeyValuePairs<String, [Int]>, _ options: RecognitionOptions = RecognitionOptions()
) throws -> [String] {
  try lines(inferred(tensors(list), options))
}
