import Checkpoints
import Diagnostics
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Tensors
import TestSupport
import Testing

private func correct(
  _ path: String, _ type: String, _ arguments: [(name: String, value: Double)] = []
) throws -> RecognitionOptions {
  let list = arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
  return RecognitionOptions(overrides: [try TypeOverride(parsing: "\(path)=\(type)\(list.isEmpty ? "" : "(\(list))")")])
}

private let list: KeyValuePairs<String, [Int]> = [
  "conv2.weight": [256, 8, 3, 3], "conv2.bias": [256], "c_proj.weight": [6, 4], "norm.weight": [8],
  "norm.bias": [8], "table.weight": [50, 4], "visual.proj": [6, 4], "up.weight": [8, 4, 2, 2],
]

@Test(
  "A correction says what a layer is, and its fans are no guess any more",
  arguments: [
    ("conv2", "Conv2d", [("groups", 32.0)], "conv2.weight weight Conv 72/72"),
    ("conv2", "Conv", [], "conv2.weight weight Conv 72/2304"),
    ("up", "ConvTranspose", [("groups", 2)], "up.weight weight ConvTranspose 16/16"),
    ("c_proj", "Linear", [], "c_proj.weight weight Dense 4/6"),
    ("c_proj", "Dense", [("transposed", 1)], "c_proj.weight weight Dense 6/4"),
    ("c_proj", "Dense", [("parts", 3)], "c_proj.weight weight Dense 4/2"),
    ("norm", "GroupNorm", [("groups", 4)], "norm.weight scale GroupNorm none"),
    ("norm", "BatchNorm2d", [], "norm.weight scale BatchNorm none"),
    ("table", "Embedding", [], "table.weight weight Embedding 1/4"),
    ("visual.proj", "Dense", [("transposed", 1)], "visual.proj weight Dense 6/4"),
    ("visual.proj", "LayerScale", [], "visual.proj scale LayerScale none"),
  ] as [(String, String, [(name: String, value: Double)], String)])
func corrections(
  _ path: String, _ type: String, _ arguments: [(name: String, value: Double)], _ expected: String
) throws {
  let leaves = try inferred(tensors(list), try correct(path, type, arguments))
  let leaf = leaves.first { $0.path.hasPrefix(path) && $0.role != .bias }
  #expect(leaf.map { lines([$0]) } == [expected])
  #expect(leaf?.geometry?.isGuess ?? false == false)
  #expect(leaf?.others.isEmpty == true)
}

@Test(
  "A correction that cannot be is an error",
  arguments: [
    ("conv2", "Convv", [], ErrorCode.unknownName), ("conv2", "Conv", [("groups", 3.0)], .usage),
    ("conv2", "Conv", [("groups", 0.5)], .usage), ("conv2", "Conv", [("heads", 2)], .usage),
    ("conv2", "Dense", [], .usage), ("c_proj", "Conv", [], .usage), ("c_proj", "LSTM", [], .usage),
    ("c_proj", "Dense", [("parts", 4)], .usage), ("nowhere", "Conv", [], .outsideBranch),
    ("norm", "GroupNorm", [("groups", 3)], .usage), ("norm", "Embedding", [], .usage),
  ] as [(String, String, [(name: String, value: Double)], ErrorCode)])
func impossibleCorrections(
  _ path: String, _ type: String, _ arguments: [(name: String, value: Double)], _ code: ErrorCode
) {
  let error = #expect(throws: Diagnostic.self) {
    try InferredTree.infer(tensors(list), options: try correct(path, type, arguments))
  }
  #expect(error?.code == code)
}

@Test("Of two corrections of one layer the later counts")
func laterCorrectionCounts() throws {
  let options = RecognitionOptions(overrides: [
    try TypeOverride(parsing: "t*=Dense"), try TypeOverride(parsing: "table=Embedding"),
  ])
  #expect(try lines(list, options).contains("table.weight weight Embedding 1/4"))
}
