import Checkpoints
import Functors
import Initializers
import Layers
import Reinitialization
import Tensors

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "forward" {
  try ForwardBenchmark.run(asJSON: arguments.contains("json"))
} else if arguments.first == "plan" {
  try PlanBenchmark.run(upTo: arguments.dropFirst().first.flatMap { Int($0) } ?? 6)
} else {
  try PlanBenchmark.run()
  try HeaderBenchmark.run()
  FillBenchmark.run()
  try ForwardBenchmark.run()
  if let plugins = arguments.first { try PluginBenchmark.run(plugins) }
}
