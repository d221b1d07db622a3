import Functors
import Glibc
import Initializers
import Layers
import Models
import Reinitialization
import Tensors

/// Rows 13 and 15: whole processes, their start and their memory.
struct ProcessRows {
  /// The command line, and this program.
  let reinit, bench: String
  /// Where files are.
  let folder: String

  var cases: [Case] { starts + memory }

  private var starts: [Case] {
    [
      Case(
        row: 13, name: "start: reinit --version", measure: .milliseconds,
        ours: { { try seconds(of: [reinit, "--version"]) } },
        peers: [("import torch", "process import torch")], limit: ("/bin/true", { { try seconds(of: ["true"]) } }),
        goals: [.atMost(12)], rounds: 15),
      Case(
        row: 13, name: "summary resnet152", measure: .milliseconds,
        ours: { { try seconds(of: [reinit, "summary", "resnet152"]) } },
        peers: [("import torchvision", "process import torchvision")], goals: [.atMost(25)], rounds: 15),
    ]
  }

  /// Memory beside what is there anyway: the model, or nothing.
  private var memory: [Case] {
    let path = folder + "/model.safetensors"
    return [
      Case(
        row: 15, name: "re-initialize ResNet-50 in memory: more than the model", measure: .mebibytes,
        ours: {
          {
            try peakBytes(of: [bench, "memory", "resnet50"]) - peakBytes(of: [bench, "memory", "resnet50", "idle"])
          }
        }, goals: [.atMost(0.02 * 97.5)], rounds: 3),
      Case(
        row: 15, name: "1 GiB in place: whole process", measure: .mebibytes,
        ours: {
          if access(path) != 0 { try FileRows.make(path, bytes: FileRows.gibibyte) }
          return {
            try peakBytes(of: [reinit, "apply", path, "--in-place", "--fill", "@weight=kaiming_normal"])
          }
        }, goals: [.atMost(64)], rounds: 3),
    ]
  }

  /// What a child does whose memory is measured: a model that is filled, and filled again unless `isIdle`.
  static func holdModel(_ name: String, isIdle: Bool) throws {
    var model = try ModelDescriptor.named(name).build()
    try model.reinitialize(with: LayerDefault(), seed: 1)
    guard !isIdle else { return }
    let rules = try ModelRows.rules()
    try model.reinitialize(seed: 2) { rules }
  }
}

private func access(_ path: String) -> Int32 { path.withCString { Glibc.access($0, 0) } }
