import Foundation
import LinearAlgebra
import Tensors

// reinit-bench measures; Scripts/bench builds what it needs and calls it.
//
//     reinit-bench --reinit PATH [--python PATH] [--peers FILE] [--plugins FOLDER] [--folder FOLDER] [--rows 1,2,…]
//                  [--curves] [--json FILE] [--markdown FILE] [--svg FILE]
LinearAlgebra.prepareProcess()
let arguments = Array(CommandLine.arguments.dropFirst())
func value(_ option: String) -> String? {
  arguments.firstIndex(of: option).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
}
if arguments.first == "memory" {
  try ProcessRows.holdModel(arguments.count > 1 ? arguments[1] : "resnet50", isIdle: arguments.contains("idle"))
} else {
  try Bench(
    reinit: value("--reinit") ?? "reinit", plugins: value("--plugins"),
    folder: value("--folder") ?? NSTemporaryDirectory() + "reinit-bench-\(getpid())",
    rows: value("--rows").map { $0.split(separator: ",").compactMap { Int($0) } }
  ).run(
    peer: try value("--python").map { try Peer(python: $0, script: value("--peers") ?? "peers.py") },
    curves: arguments.contains("--curves") || value("--svg") != nil, json: value("--json"),
    markdown: value("--markdown"), svg: value("--svg"))
}
