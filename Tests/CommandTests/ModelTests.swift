import Foundation
import JSONText
import Reinit
import Testing

@Suite("Models on the command line")
struct ModelTests {
  @Test("A model's summary has torchvision's number of parameters, without a file")
  func summary() throws {
    let run = try Command.run("summary", "resnet50", "--format", "json")
    let json = try JSONValue(parsing: run.output)
    #expect(run.status == 0 && json["model"]?.string == "resnet50" && json["parameters"]?.int == 25_557_032)
    #expect(json["tensors"]?.array?.count == 320)
  }

  @Test("A file of a model's name is the file; a name that is none is told with the nearest")
  func names() throws {
    let folder = try Folder()
    try Data("text".utf8).write(to: folder.url.appendingPathComponent("resnet50"))
    #expect(try Command.run("summary", "resnet50", in: folder.url).status == 65)
    let unknown = try Command.run("summary", "resnet51")
    #expect(unknown.status == 66 && unknown.errors.contains("error[R0713]") && unknown.errors.contains("resnet50"))
    let list = try Command.run("list", "models", "--format", "json")
    #expect(try JSONValue(parsing: list.output)["items"]?.array?.count == ModelDescriptor.all.count)
  }

  @Test("A model is built, verified, run and summarized, all by name and options")
  func build() throws {
    let folder = try Folder()
    let options = ["squeezenet1_1", "--set", "classes=5", "--set", "channels=1"]
    let build = try Command.run(
      ["build"] + options + [
        "-o", "m.safetensors", "--seed", "3", "--fill", "classifier.1.bias=constant(-2)", "--format", "json",
      ],
      in: folder.url)
    #expect(build.status == 0, "\(build.errors)")
    let json = try JSONValue(parsing: build.output)
    #expect(json.object?.keys == ["schema", "model", "output", "dryRun", "seed", "rules", "notes", "tensors"])
    #expect(json["schema"]?.string == "reinit.build/1" && json["seed"]?.int == 3)
    let rules = json["rules"]?.array ?? []
    #expect(rules.first?["rule"]?.string == "**=default" && rules.last?["tensors"]?.int == 1)
    #expect(json["tensors"]?.array?.allSatisfy { $0["changed"]?.bool == true } == true)
    #expect(try Command.run("verify", "m.safetensors", in: folder.url).status == 0)

    try Chain([("input", Parameter(Tensor((0..<2 * 40 * 48).map { Float($0 % 7) }, shape: [2, 1, 40, 48])))])
      .save(to: folder.path("x.safetensors"))
    let run = try Command.run(
      ["run"] + options + ["--weights", "m.safetensors", "--input", "x.safetensors", "-o", "y.safetensors"],
      in: folder.url)
    #expect(run.status == 0 && run.output == "Wrote y.safetensors: output [2, 5]\n", "\(run.errors)")
    let scores = try Tensor(named: "output", in: folder.path("y.safetensors"))
    let model = try ModelDescriptor.named("squeezenet1_1").build(["classes=5", "channels=1"])
      .loaded(from: folder.path("m.safetensors"))
    let input = try Tensor(named: "input", in: folder.path("x.safetensors"))
    #expect(try scores.floats == model.applied(to: [input])[0].floats)
    let broken = try model.reinitialized(seed: 1) { Fill(\Conv.bias, with: .constant(1)) }.mapWithPath { path, tensor in
      path.description == "features.0.bias" ? Tensor(repeating: .nan, shape: tensor.shape) : tensor
    }
    try broken.save(to: folder.path("broken.safetensors"))
    let warned = try Command.run(
      ["run"] + options + ["--weights", "broken.safetensors", "--input", "x.safetensors", "-o", "n.safetensors"],
      in: folder.url)
    #expect(warned.status == 0 && warned.errors.contains("'features.0.bias' has elements that are not finite numbers"))
    #expect(
      try Command.run(
        ["run"] + options + ["--weights", "x.safetensors", "--input", "x.safetensors", "-o", "z"], in: folder.url
      ).status == 65)
  }

  @Test("A model gives a checkpoint its real layers: groups are known, and nothing is guessed")
  func applyModel() throws {
    let folder = try Folder()
    let name = ["--model", "resnext50_32x4d", "--set", "classes=2"]
    #expect(
      try Command.run("build", "resnext50_32x4d", "--set", "classes=2", "-o", "m.safetensors", in: folder.url).status
        == 0)
    let rule = ["--fill", "layer1.0.conv2=kaiming_normal", "-o", "n.safetensors", "--format", "json", "--force"]
    let known = try Command.run(["apply", "m.safetensors"] + name + rule, in: folder.url)
    #expect(known.status == 0, "\(known.errors)")
    let step = try JSONValue(parsing: known.output)["tensors"]?.array?.first { $0["changed"]?.bool == true }
    #expect(step?["fanIn"]?.int == 36 && step?["guess"]?.bool == false)
    #expect(try Command.run("verify", "n.safetensors", in: folder.url).status == 0)
    #expect(try Command.run(["verify", "n.safetensors"] + name, in: folder.url).status == 0)
    #expect(try Command.run("verify", "n.safetensors", "--model", "resnet18", in: folder.url).status == 65)
    let wrong = try Command.run(["apply", "m.safetensors", "--model", "resnet50"] + rule, in: folder.url)
    #expect(wrong.status == 65 && wrong.errors.contains("another shape"), "\(wrong.errors)")
    let other = try Command.run(["apply", "m.safetensors", "--model", "vgg11"] + rule, in: folder.url)
    #expect(other.status == 65 && other.errors.contains("the file has no tensor for"), "\(other.errors)")
    let check = try Command.run("recipe", "check", "torchvision-resnet", "--model", "resnet18", in: folder.url)
    #expect(check.status == 0 && check.output.contains("Would fill 122 of 122"))
    #expect(try Command.run("recipe", "check", "torch", in: folder.url).status == 64)
  }

  @Test(
    "What is wrong with a model's options is told by option",
    arguments: [
      ("classes", 64, "R0714"), ("=3", 64, "R0714"), ("clases=3", 65, "similar name exists: classes"),
      ("classes=x", 65, "R0111"), ("classes=0", 65, "R0105"), ("attention=Nothing", 66, "R0809"),
      ("attention=Dropout", 65, "R0105"), ("activation=rellu", 65, "relu"), ("drop_path=2", 65, "R0105"),
    ])
  func settings(_ option: String, _ status: Int, _ text: String) throws {
    let run = try Command.run("summary", "resnet18", "--set", option)
    #expect(run.status != 0 && run.errors.contains(text), "\(run.status) \(run.errors)")
  }

  @Test("Build says what it needs, and writes nothing it should not")
  func buildErrors() throws {
    let folder = try Folder()
    for (arguments, text) in [
      (["build", "resnet18"], "it is not said where to write"),
      (["build", "resnet18", "-o", "m", "--at", "fc"], "--at is for a checkpoint"),
      (["build", "resnet18", "-o", "m", "--dtype", "i64"], "i64"),
      (["build", "resnet18", "-o", "m", "--keep", "fc"], "leave out --keep"),
      (["apply", "m", "-o", "n", "--set", "classes=2", "--fill", "fc=zeros"], "options without a model"),
    ] {
      let run = try Command.run(arguments, in: folder.url)
      #expect(run.status != 0 && run.errors.contains(text), "\(arguments) \(run.errors)")
    }
    #expect(try Command.run("build", "resnet18", "--dry-run", in: folder.url).status == 0)
    #expect(folder.files.isEmpty)
  }
}

/// Model files, in YAML and JSON.
@Suite("Model files on the command line")
struct ModelFileTests {
  private func summary(_ text: String, _ name: String = "m.yaml") throws -> Run {
    let folder = try Folder()
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return try Command.run("summary", name, "--format", "json", in: folder.url)
  }

  @Test("Layers, options, names and sharing; JSON is the same")
  func tree() throws {
    let yaml = """
      layer: Chain
      layers:
        - {name: stem, layer: "Conv(in: 3, out: 8, kernel: [3, 3])"}
        - Activation(relu)
        - name: body
          layer: SkipConnection(add)
          id: body
          layers:
            - {name: conv, layer: Conv, options: {in: 8, out: 8, kernel: [3, 3], padding: 1}}
        - {name: again, share: body}
        - {name: head, model: squeezenet1_1, options: {channels: 8, classes: 4}}
      """
    let json = """
      {"layer": "Chain", "layers": [{"name": "stem", "layer": "Conv(in: 3, out: 8, kernel: [3, 3])"}, "Activation(relu)",
       {"name": "body", "layer": "SkipConnection(add)", "id": "body", "layers": [{"name": "conv", "layer": "Conv",
        "options": {"in": 8, "out": 8, "kernel": [3, 3], "padding": 1}}]}, {"name": "again", "share": "body"},
       {"name": "head", "model": "squeezenet1_1", "options": {"channels": 8, "classes": 4}}]}
      """
    let (a, b) = (try summary(yaml), try summary(json, "m.json"))
    #expect(a.status == 0 && b.status == 0, "\(a.errors) \(b.errors)")
    let paths = try JSONValue(parsing: a.output)["tensors"]?.array?.compactMap { $0["path"]?.string } ?? []
    #expect(try JSONValue(parsing: b.output)["tensors"] == JSONValue(parsing: a.output)["tensors"])
    #expect(
      Array(paths.prefix(6)) == [
        "stem.weight", "stem.bias", "body.conv.weight", "body.conv.bias", "again.conv.weight", "again.conv.bias",
      ])
    #expect(paths.contains("head.features.0.weight"))
  }

  @Test("A model file is built, and what is shared is stored once")
  func build() throws {
    let folder = try Folder()
    try Data("{layer: Chain, layers: [{name: a, layer: 'Dense(2, 2)', id: x}, {name: b, share: x}]}".utf8)
      .write(to: URL(fileURLWithPath: folder.path("m.yaml")))
    let run = try Command.run("build", "m.yaml", "-o", "m.safetensors", in: folder.url)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try Checkpoint(opening: folder.path("m.safetensors")).header.entries.map(\.name).sorted() == [
        "a.bias", "a.weight",
      ])
    let apply = try Command.run(
      "apply", "m.safetensors", "--model", "m.yaml", "--fill", "b.weight=zeros", "-o", "n.safetensors", in: folder.url)
    #expect(apply.status == 0, "\(apply.errors)")
    #expect(try Tensor(named: "a.weight", in: folder.path("n.safetensors")).floats == [0, 0, 0, 0])
  }

  @Test("Layers may be nested a hundred deep, and no deeper")
  func depth() throws {
    func nested(_ count: Int) -> String {
      String(repeating: "{layer: Chain, layers: [", count: count) + String(repeating: "]}", count: count)
    }
    #expect(try summary(nested(99)).status == 0)
    for (layers, place) in [(150, "m.yaml:1:2401"), (2_000, "m.yaml:1:6145")] {
      let run = try summary(nested(layers))
      #expect(run.status == 65 && run.errors.contains(place) && run.errors.contains("nested too deeply"))
    }
  }

  @Test(
    "Mistakes are told with line and column",
    arguments: [
      ("", "m.yaml:1:1", "R0715"), ("layer: [", "m.yaml:2:1", "R0715"), ("a: 1\na: 2", "m.yaml:", "R0715"),
      ("[Dense(1, 1)]", "m.yaml:1:1", "R0715"), ("layer: Chain\nlayer: Chain", "m.yaml:", "R0715"),
      ("layer: Chain\nlayers: 3", "m.yaml:2:9", "R0715"), ("layr: Chain", "m.yaml:1:1", "similar names: layer"),
      ("layer: Chain\nlayers:\n  - Densse(1, 1)", "m.yaml:3:5", "R0809"),
      ("layer: Chain\nlayers:\n  - {layer: Dense, options: {in: 3}}", "m.yaml:3:13", "R0109"),
      ("layer: Chain\nlayers:\n  - {share: x}", "m.yaml:3:13", "R0715"), ("share: x", "m.yaml:1:8", "R0715"),
      ("{layer: Chain, layers: [{layer: Chain, id: a}, {layer: Chain, id: a}]}", "m.yaml:1:67", "two layers"),
      ("model: resnet51", "m.yaml:1:8", "R0713"), ("{layer: Chain, options: 3}", "m.yaml:1:25", "R0715"),
      ("{layer: 'Dense(1, 1)', layers: [Chain]}", "m.yaml:1:9", "R0811"),
      ("name: x", "m.yaml:1:1", "the key 'layer'"), ("layer: Chain\n\tlayers: []", "m.yaml:2:", "R0715"),
      ("layer: Chain\nlayer: Chain", "m.yaml:2:1", "a key occurs twice"),
      ("layer: *x", "m.yaml:1:8", "undefined alias"),
      ("layer: Chain\n---\nlayer: Chain", "m.yaml:3:1", "there is another"), ("# nothing", "m.yaml:1:1", "empty"),
      ("layer: \u{1}", "m.yaml", "control characters"), ("{[a]: b}", "m.yaml:1:2", "no such key"),
      ("&a {layer: Chain, layers: [*a]}", "m.yaml:1:1", "nested too deeply"),
      (String(repeating: "{layer: Chain, layers: [", count: 2_000), "m.yaml:1:6145", "deeply"),
      (String(repeating: "[", count: 5_000), "m.yaml:1:513", "deeply"),
    ])
  func mistakes(_ text: String, _ place: String, _ words: String) throws {
    let run = try summary(text)
    #expect(run.status != 0 && run.signal == nil)
    let error = run.errors.replacing("\\/", with: "/")
    #expect(error.contains(place) && error.contains(words), "\(run.errors)")
  }

  @Test("Neither depth nor aliases break the reader")
  func hostile() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(try summary(deep).status == 65)
    var bomb = "a: &a0 [Flatten, Flatten]\n"
    for level in 1..<40 { bomb += "a\(level): &a\(level) {layer: Chain, layers: [*a\(level - 1), *a\(level - 1)]}\n" }
    #expect(try summary(bomb).status == 65)
    #expect(try Command.run("summary", "missing.yaml").status == 66)
    #expect(try Command.run("summary", "missing.yaml", "--set", "a=1").status == 64)
  }
}
