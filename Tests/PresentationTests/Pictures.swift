@testable import Presentation

/// What users of the command line see, composed of plain values as its commands compose it.
enum Picture: String, CaseIterable, Sendable {
  case summary, dryRun, inspect, plot, diff, pluginTest, tree, hostile, errors, help, progress

  func lines(_ style: Style, _ width: Int) -> [String] {
    switch self {
    case .summary: summaryLines(style, width)
    case .dryRun: dryRunLines(style, width)
    case .inspect: inspectLines(style)
    case .plot: bell(200).plot(in: style, height: 6, width: width)
    case .diff: diffLines(style, width)
    case .pluginTest: pluginTestLines(style, width)
    case .tree: treeLines(style, width)
    case .hostile: hostileLines(style, width)
    case .errors: errorsLines(style, width)
    case .help: helpLines(style, width)
    case .progress: progressLines(style, width)
    }
  }
}

private func summaryLines(_ style: Style, _ width: Int) -> [String] {
  let rows: [(String, Text, Text, Int?, Text)] = [
    ("conv1", "Conv 7×7/2", "64 × 112 × 112", 9408, "kaiming_normal(mode: fan_out)"),
    ("bn1", "BatchNorm", "64 × 112 × 112", 128, "ones, zeros"),
    ("maxpool", "MaxPool 3/2", "64 × 56 × 56", nil, ""),
    ("layer1", "2 × Basic", "64 × 56 × 56", 147_968, "kaiming_normal ×4"),
    ("layer2", "2 × Basic", "128 × 28 × 28", 525_568, "kaiming_normal ×5"),
    ("layer3", "2 × Basic", "256 × 14 × 14", 2_099_712, "kaiming_normal ×5"),
    ("layer4", "2 × Basic", "512 × 7 × 7", 8_393_728, "kaiming_normal ×5"),
    ("fc", "Dense", "1000", 513_000, "torch_linear"),
  ]
  let numbers = style.numbers
  var table = Table([
    .init("path", elision: .path), .init("layer"), .init("output"), .init("parameters", .right),
    .init("share", .right), .init("initializer", elision: .end),
  ])
  for (path, layer, output, count, initializer) in rows {
    let share = count.map { Bar(Double($0) / 11_689_512, width: 4).labeled(in: style) }
    table.add([
      Text(path), layer.styled(.layer), output, count.map { Text(numbers.integer($0)) } ?? "–", share ?? "",
      initializer.styled(.initializer),
    ])
  }
  table.closing = [
    "\(numbers.integer(11_689_512)) parameters in 62 tensors",
    "\(numbers.integer(9620)) buffer values in 60 tensors", "\(numbers.bytes(4 * 11_689_512)) as f32",
  ]
  let title: Text = "\("ResNet", .layer) (resnet18)                     [1, 3, 224, 224] → [1, 1000]"
  return [style(title), ""] + table.lines(in: style, width: width)
}

private func dryRunLines(_ style: Style, _ width: Int) -> [String] {
  let numbers = style.numbers
  var table = Table(
    [
      .init("", .right), .init("rule"), .init("tensors", .right), .init("parameters", .right),
      .init("example", elision: .end),
    ], rules: [])
  let orthogonal: Text = "Conv = \("orthogonal(gain: 1.4)", .initializer)"
  table.add(["1", orthogonal, "20", Text(numbers.integer(11_166_912)), "layer3.0.conv2.weight"])
  let note = Text("fc.bias kept by rule 3").styled(.secondary)
  table.add([
    "2", "@bias = \("zeros", .initializer)", "20", Text(numbers.integer(4800)), "bn1.bias  (\(note))",
  ])
  table.add(["3", "keep fc", "2", Text(numbers.integer(513_000)), "fc.weight"])
  table.add(["–", "no rule", "80", Text(numbers.integer(14_420)), "bn1.weight, bn1.running_mean, …"])
  let head: Text = "Would fill 40 of 122 tensors (11,171,712 of 11,689,512 parameters), leave 82."
  let tail = "Nothing was written. Run again with -o FILE to write."
  return [style(head), ""] + table.lines(in: style, width: width) + ["", tail]
}

/// The binomial distribution, three standard deviations to either side: a bell without a math library.
private func bell(_ bins: Int) -> Histogram {
  let tosses = bins * bins / 9
  var half = [1.0]
  for k in 1..<(bins / 2) { half.append(half[k - 1] * Double(tosses / 2 - k) / Double(tosses / 2 + k)) }
  let counts = half.map { Int($0 * 38_112) }
  return Histogram(lower: -0.06, upper: 0.06, counts: counts.reversed() + counts)
}

private func inspectLines(_ style: Style) -> [String] {
  let numbers = style.numbers
  var table = Table(Array(repeating: .init("", .left, gap: 3), count: 4), indent: 2, rules: [])
  let passed = Text(style.symbols.passed).styled(.passed)
  table.add([
    "mean \(numbers.significant(-3.1e-06, 2))", "std \(numbers.significant(0.02084, 4))",
    "expected \(numbers.significant(0.02083, 4))", "\(passed) within 3σ",
  ])
  table.add([
    "min \(numbers.significant(-0.1043, 4))", "max \(numbers.significant(0.1061, 4))",
    "zeros 0   NaN 0   Inf 0", "|w| p99 \(numbers.significant(0.054, 2))",
  ])
  let title: Text = "layer4.1.conv2.weight   f32 [512, 512, 3, 3]   \(numbers.integer(2_359_296)) values"
  let line = Text("   ") + bell(18).line(in: style)
  return [style(title)] + table.lines(in: style) + ["", style(line)]
}

private func diffLines(_ style: Style, _ width: Int) -> [String] {
  let rows: [(String, Text, Double, Double, Double, Double)] = [
    ("conv1.weight", "[64, 3, 7, 7]", 0.1287, 0.1155, 0.003, 1.34),
    ("layer1.0.conv1.weight", "[64, 64, 3, 3]", 0.0529, 0.0583, -0.001, 1.49),
    ("features.denseblock4.denselayer16.norm2.running_mean", "[128]", 0.25, 0.125, -0.41, 12.5),
  ]
  let numbers = style.numbers
  var table = Table(
    [
      .init("", gap: 1), .init("path", elision: .path), .init("shape"), .init("std before → after"),
      .init("cosine", .decimal), .init("‖Δ‖/‖w‖", .decimal),
    ], indent: 0, rules: [])
  for (path, shape, before, after, cosine, relative) in rows {
    let bars = Sparkline([before, after], maximum: max(before, after)).text(in: style)
    let change: Text = "\(numbers.fixed(before, 4)) → \(numbers.fixed(after, 4))  \(bars)"
    table.add([
      Text("~").styled(.changed), Text(path), shape.styled(.secondary), change,
      Text(numbers.fixed(cosine, 3)),
      Text(numbers.fixed(relative, 2)),
    ])
  }
  let shape = Text("[1000, 512]").styled(.secondary)
  table.add([Text("-").styled(.failed), "fc.weight", shape, "only in r18.safetensors"])
  return table.lines(in: style, width: width) + ["62 tensors: 20 changed, 41 equal, 1 only in the first"]
}

private func pluginTestLines(_ style: Style, _ width: Int) -> [String] {
  let symbols = style.symbols
  let passed = Text(symbols.passed).styled(.passed)
  let failed = Text(symbols.failed).styled(.failed)
  var table = Table([.init("", gap: 1), .init(), .init("", elision: .end)])
  table.add([passed, "entry", "one exported symbol"])
  table.add([passed, "determinism", "same seed gives same bits (3 shapes × 5 seeds)"])
  table.add([failed, "bounds", "wrote 4 bytes past the end of shape [1, 1, 3]"])
  table.add([
    Text(symbols.crashed).styled(.failed), "unknown-option",
    "crashed: SIGSEGV   \(Text("(child process; host unharmed)").styled(.secondary))",
  ])
  table.add([Text(symbols.skipped).styled(.secondary), "threads", "skipped: descriptor says [not-reentrant]"])
  let title: Text =
    "org.example.half 1.0.0   Rust   ABI 1.0   \(style.numbers.bytes(414_720))   1 initializer, 0 layers"
  return [style(title), ""] + table.lines(in: style, width: width) + [
    "", style(Text("2 of 5 failed.").styled(.failed)),
  ]
}

private func treeLines(_ style: Style, _ width: Int) -> [String] {
  let nodes: [(Int, String, Text, Int)] = [
    (0, "densenet121", "DenseNet", 7_978_856), (1, "features", "Chain", 6_953_856),
    (2, "conv0", "Conv 7×7/2", 9408),
    (2, "denseblock1", "DenseBlock", 335_040), (3, "denselayer1", "DenseLayer", 45_440),
    (4, "norm1", "BatchNorm", 128), (4, "conv1", "Conv 1×1", 8192), (3, "denselayer2", "DenseLayer", 49_600),
    (2, "transition1", "Transition", 33_280), (3, "norm", "BatchNorm", 512), (3, "conv", "Conv 1×1", 32_768),
    (1, "classifier", "Dense", 1_025_000),
  ]
  var table = Table(
    [.init("", elision: .path), .init(), .init("parameters", .right)], rules: [.header, .footer])
  for (node, line) in zip(nodes, TreeLines(depths: nodes.map(\.0), in: style)) {
    table.add([line + Text(node.1), node.2.styled(.layer), Text(style.numbers.integer(node.3))])
  }
  table.footer = ["total", "", Text(style.numbers.integer(7_978_856))]
  return table.lines(in: style, width: width)
}

private func hostileLines(_ style: Style, _ width: Int) -> [String] {
  var table = Table([.init("path", elision: .path), .init("file"), .init("values", .right)])
  for name in ["\u{1B}[2Jconv1.weight", "重み.バイアス", "cafe\u{301}.weight", "a\nb\r\tc\u{202E}d", "👩‍👩‍👧.🇸🇪.👍🏽"] {
    table.add([Text(name), Text("モデル.safetensors"), "1"])
  }
  table.add([
    Text("very.long." + (0..<30).map { "block\($0)." }.joined() + "conv2.weight"), "x.safetensors", "20",
  ])
  return table.lines(in: style, width: width)
}

private func errorsLines(_ style: Style, _ width: Int) -> [String] {
  let head: Text =
    "\(Text("error[R0203]:").styled(.failed)) rule 2 matches nothing: --fill '\("layer5.**=zeros")'"
  let hints: [Text] = [
    "a similar selector exists: '\("layer4.**")' (15 tensors)",
    "add '?' to accept no match: --fill '\("layer5.**?=zeros")', where a plan is meant for several models of which some have fewer stages",
  ]
  return HelpText.wrap(head, width: width, hanging: 6, in: style)
    + HelpText.wrap("the model has layer1, layer2, layer3, layer4", width: width, indent: 6, in: style)
    + hints.flatMap {
      HelpText.wrap("\(Text("hint:").styled(.changed)) \($0)", width: width, indent: 2, hanging: 8, in: style)
    }
}

private func helpLines(_ style: Style, _ width: Int) -> [String] {
  let options: [(term: Text, meaning: Text)] = [
    (
      "--seed N",
      "The seed of every random stream. The same seed gives the same bits, whatever the number of threads. Default: 0."
    ),
    (
      "--fill 'SELECTOR=INITIALIZER'",
      "Fills what the selector matches; the last rule that matches wins, across --fill and --keep."
    ),
    ("--color auto|always|never", "Whether the output is colored."),
    ("--keep SELECTOR", ""),
  ]
  let formula: Text = """
    Draws from a normal distribution whose width keeps the variance of a rectified layer constant.

        std = gain / √fan        fan = fan_in or fan_out

    He, Zhang, Ren, Sun, “Delving Deep into Rectifiers”, ICCV 2015, eq. 10.
    """
  return HelpText.wrap(formula, width: width, in: style) + [""]
    + HelpText.definitions(options, width: width, in: style)
}

private func progressLines(_ style: Style, _ width: Int) -> [String] {
  [(0, 0, nil), (41, 19_084_083, 1), (62, 46_758_048, 0)].flatMap { done, bytes, seconds -> [String] in
    ["filling layer3.1.conv2.weight", "filling features.denseblock4.denselayer16.norm2.running_mean"].map {
      label in
      let line = ProgressLine(
        label: Text(label), share: Double(bytes) / 46_758_048, steps: (done, 62), bytes: (bytes, 46_758_048),
        remaining: seconds.map { .seconds($0) }, style: style)
      return line.fitted(to: width - 1).rendered(in: style)
    }
  }
}
