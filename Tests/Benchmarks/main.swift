import Checkpoints
import Functors
import Initializers
import Layers
import Reinitialization
import Tensors

try PlanBenchmark.run()
try HeaderBenchmark.run()
FillBenchmark.run()
if CommandLine.arguments.count > 1 { try PluginBenchmark.run(CommandLine.arguments[1]) }
