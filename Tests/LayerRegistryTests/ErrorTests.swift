import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors
import Testing

private func failure(_ text: String, _ children: [any Node] = [], in registry: LayerRegistry = .standard)
  -> Diagnostic?
{
  do {
    _ = try registry.layer(parsing: text, children: children)
    return nil
  } catch { return error }
}

/// Texts that are wrong, with their codes, the byte they are wrong at, and what would have been right.
private let mistakes: [(text: String, code: String, place: String, expected: String)] = [
  ("", "R0808", "byte 1 of ''", "a layer's name"), ("  (", "R0808", "byte 3 of", "a layer's name"),
  ("Dense(in=3)", "R0808", "byte 9 of 'Dense(in=3)'", "',' or ')'"),
  ("Dense(in: 3", "R0808", "byte 12 of", "',' or ')'"),
  ("Dense(in: )", "R0808", "byte 11 of", "a number, a word or '['"),
  ("Conv(kernel: [3, x])", "R0808", "byte 18 of", "a number"),
  ("Conv(kernel: [3, 3)", "R0808", "byte 19 of", "',' or ']'"),
  ("Dense(1, 2) x", "R0808", "byte 13 of", "the end"),
  ("Parallel(.concatenate(axis: 1)", "R0808", "byte 31 of", "',' or ')'"),
  ("Parallel(.concatenate(axis: 1", "R0808", "byte 30 of", "')'"),
  ("Parallel(concatenate(axis=1))", "R0808", "byte 17 of", "',' or ')'"),
  ("Dense«»", "R0808", "byte 6 of", "'(' or the end"),
  ("Densse(1, 2)", "R0809", "", ""), ("dense(1, 2)", "R0809", "", ""),
  ("org.example/Dense(1)", "R0809", "", ""),
  ("Dense(in: 3, ouy: 2)", "R0107", "byte 14 of", "in, out, bias"),
  ("Chain(3)", "R0118", "byte 7 of", "no arguments"),
  ("Identity(x: 1)", "R0107", "byte 10 of", "no arguments"),
  ("Dense(in: 3)", "R0109", "", "the size it gets"), ("Dense(3, in: 3)", "R0110", "byte 10 of", ""),
  ("Dropout(0.1, 0.2)", "R0118", "byte 14 of", "at most 1"),
  ("Dense(in: x, out: 2)", "R0111", "byte 7 of", "a number"),
  ("Dense(1, 2, bias: 1)", "R0111", "byte 13 of", "'true' or 'false'"),
  ("Dense(1, 2, bias: yes)", "R0111", "byte 13 of", "'true' or 'false'"),
  ("Dense([1], 2)", "R0111", "byte 7 of", "a number"),
  ("Activation(.rellu)", "R0111", "byte 12 of", "'relu'"), ("Parallel(sum)", "R0111", "byte 10 of", "'add'"),
  ("Parallel(3)", "R0111", "byte 10 of", "'add'"),
  ("Parameter([1], role: gain)", "R0111", "byte 16 of", "'weight'"),
  ("Pool(max, [2], output: [1])", "R0111", "byte 16 of", "'none' beside a kernel"),
  ("Pool(max)", "R0109", "", "'kernel' or 'output'"),
  ("Pool(max, none, output: x)", "R0111", "byte 17 of", "a number, or numbers in brackets"),
  ("Conv(1, 1, word)", "R0111", "byte 12 of", "a number, or numbers in brackets"),
  ("Dense(in: -1, out: 2)", "R0105", "byte 7 of", "from 0 to"),
  ("Dense(in: 1.5, out: 2)", "R0105", "byte 7 of", "a whole number"),
  ("Dense(in: nan, out: 2)", "R0105", "byte 7 of", "a whole number"),
  ("Dense(1e10, 2)", "R0105", "byte 7 of", "from 0 to 2147483647"),
  ("Conv(1, 1, [])", "R0105", "byte 12 of", "1 to 3 sizes"),
  ("Conv(1, 1, [1, 1, 1, 1])", "R0105", "byte 12 of", "1 to 3 sizes"),
  ("Conv(1, 1, [0])", "R0105", "byte 12 of", "whole numbers from 1"),
  ("Conv(1, 1, [1], stride: 0)", "R0105", "byte 17 of", "from 1"),
  ("Conv(1, 1, [1], stride: [1, 1])", "R0105", "byte 17 of", "a number for each of 1 axes"),
  ("Conv(1, 1, [1, 1], padding: [-1, 0])", "R0105", "byte 20 of", "from 0"),
  ("Conv(2000000000, 2000000000, [9, 9, 9])", "R0105", "byte 30 of", "at most 2^59 elements"),
  ("Embedding(2000000000, 2000000000)", "R0105", "byte 23 of", "at most 2^59"),
  ("Scale([2000000000, 2000000000])", "R0105", "byte 7 of", "at most 2^59"),
  ("Bilinear(2000000, 2000000, 2000000)", "R0105", "byte 28 of", "at most 2^59"),
  ("LSTM(2000000000, 2000000000)", "R0105", "byte 18 of", "at most 2^59"),
  ("MultiHeadAttention(2000000000, 1)", "R0105", "byte 20 of", "at most 2^59"),
  ("LSTM(1, 1, layers: 5000)", "R0105", "byte 12 of", "from 1 to 4096"),
  ("BatchNorm(1, eps: -1)", "R0105", "byte 14 of", "a number from 0.0 on"),
  ("BatchNorm(1, momentum: 2)", "R0105", "byte 14 of", "from 0.0 to 1.0"),
  ("BatchNorm(1, eps: inf)", "R0105", "byte 14 of", "a number"),
  ("LayerScale([1], value: nan)", "R0105", "byte 17 of", "a finite number"),
  ("Dropout(1.5)", "R0105", "byte 9 of", "0.0 to 1.0"),
  ("Dense(1, 1, dtype: i64)", "R0105", "byte 13 of", "floating-point"),
  ("Flatten(100)", "R0105", "byte 9 of", "-32 to 32"),
  ("MultiHeadAttention(8, 0)", "R0105", "byte 23 of", "from 1"),
  ("Conv(3, 4, [1], groups: 2)", "R0807", "'Conv(3, 4, [1], groups: 2)'", "a divisor"),
  ("Dense(3, 4, parts: 3)", "R0807", "'Dense", "a divisor"),
  ("GroupNorm(4, 3)", "R0807", "'GroupNorm", "a divisor"),
  ("MultiHeadAttention(8, 3)", "R0807", "'MultiHead", "a divisor"),
  ("Parameter([1], start: kaimng_normal)", "R0106", "'Parameter", ""),
  ("Parameter([1], start: normal(std: -1))", "R0105", "'normal", ""),
]

@Test("A wrong text is answered with its code, its byte and what would be right", arguments: mistakes.indices)
private func answers(_ index: Int) throws {
  let mistake = mistakes[index]
  let error = try #require(failure(mistake.text), "\(mistake.text) is accepted")
  #expect(error.code.id == mistake.code, "\(error)")
  #expect(error.place?.hasPrefix(mistake.place) ?? mistake.place.isEmpty, "\(error)")
  #expect(error.expected?.contains(mistake.expected) ?? mistake.expected.isEmpty, "\(error)")
}

@Test("A name that is nearly right is suggested")
func suggestions() throws {
  #expect(failure("Densse(1, 2)")?.hints == ["a similar name exists: Dense", "reinit list layers"])
  #expect(failure("Dense(1, 2, bais: false)")?.hints == ["a similar name exists: bias"])
  #expect(failure("Activation(rellu)")?.hints.first?.contains("relu") == true)
  #expect(
    failure("Dense(in=3)")?.hints == ["arguments are written with a colon, as in 'Dense(in: 64, out: 10)'"])
}

@Test("A layer is given as many layers as it holds")
func children() throws {
  let error = try #require(failure("Dense(1, 2)", [PassThrough()]))
  #expect(
    "\(error)" == """
      error[R0811]: 'Dense' holds another number of layers
            at 'Dense(1, 2)'
            expected 0
            found 1
      """)
  for (range, count, expected) in [(1...1, 0, "1"), (1...2, 3, "1 to 2"), (2...Int.max, 1, "at least 2")] {
    var registry = LayerRegistry()
    try registry.register(plugin("org.example.a/Gate", children: range)) { _, _ throws(Diagnostic) in
      PassThrough()
    }
    let found = failure("Gate(1)", Array(repeating: PassThrough(), count: count), in: registry)
    #expect(found?.code == .nestedLayerCount && found?.expected == expected)
  }
}

private func plugin(_ name: String, children: ClosedRange<Int> = 0...0, aliases: [String] = [])
  -> LayerDescriptor
{
  LayerDescriptor(
    LayerKind(name, aliases: aliases), summary: "a plugin's layer",
    parameters: [.init("size", nil, "a size"), .init("bias", .word("true"), "whether there is an offset")],
    origin: String(name.prefix { $0 != "/" }), children: children)
}

/// What a plugin's layer is made of.
private func make(_ arguments: Arguments, _ children: [(PathKey, any Node)]) throws(Diagnostic) -> any Layer {
  Scale([try arguments.integer("size", in: 1...9)], bias: try arguments.flag("bias"))
}

@Test("A plugin's layer is made by its full name and by its short one")
func plugins() throws {
  var registry = LayerRegistry.standard
  try registry.register(plugin("org.example.se/SqueezeExcite", aliases: ["SE"]), make: make)
  for text in ["org.example.se/SqueezeExcite(size: 3)", "SqueezeExcite(3)", "SE(3, bias: true)"] {
    #expect("\(try registry.layer(parsing: text))" == "Scale([3])  // 6 parameters", "\(text)")
  }
  #expect(registry.descriptor(named: "SqueezeExcite")?.origin == "org.example.se")
  #expect(registry.descriptors.count == LayerRegistry.standard.descriptors.count + 1)
  #expect(LayerRegistry.standard.descriptor(named: "org.example.se/SqueezeExcite") == nil)
  #expect(failure("SqueezeExcite(0)", in: registry)?.place == "byte 15 of 'SqueezeExcite(0)'")
}

@Test("A short name that two plugins have means neither, one that is built in keeps its meaning")
func ambiguity() throws {
  for isBuiltInFirst in [true, false] {
    var registry = isBuiltInFirst ? LayerRegistry.standard : LayerRegistry()
    for name in ["org.example.a/Gate", "org.example.b/Gate", "org.example.b/Dense", "org.example.c/Linear"] {
      try registry.register(plugin(name), make: make)
    }
    if !isBuiltInFirst {
      let dense = try #require(LayerRegistry.standard.descriptor(named: "Dense"))
      try registry.register(dense) { _, _ throws(Diagnostic) in Dense(in: 1, out: 2) }
    }
    let found = try #require(failure("Gate(3)", in: registry))
    #expect(
      "\(found)" == """
        error[R0119]: several layers are named 'Gate'
              expected a full name: 'org.example.a/Gate' or 'org.example.b/Gate'
              found 'Gate'
        """)
    #expect(registry.descriptor(named: "Gate") == nil)
    #expect(registry.descriptor(named: "org.example.b/Gate")?.origin == "org.example.b")
    #expect(try registry.layer(parsing: "org.example.a/Gate(3)") is Scale)
    #expect(try registry.layer(parsing: "Dense(in: 1, out: 2)") is Dense)
    #expect(try registry.layer(parsing: "Linear(in: 1, out: 2)") is Dense)
    #expect(try registry.layer(parsing: "org.example.b/Dense(1)") is Scale)
  }
}

@Test("A full name cannot be registered twice, nor a bare one that is built in")
func takenNames() throws {
  var registry = LayerRegistry.standard
  try registry.register(plugin("org.example.a/Gate"), make: make)
  for name in ["org.example.a/Gate", "Dense"] {
    do {
      try registry.register(plugin(name), make: make)
      Issue.record("\(name) is accepted")
    } catch {
      #expect(error.code == .layerNameTaken && error.message.contains("'\(name)'"))
    }
  }
  #expect(registry.descriptors.count == LayerRegistry.standard.descriptors.count + 1)
}
