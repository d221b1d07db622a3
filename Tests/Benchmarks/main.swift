import Checkpoints
import Functors
import Glibc
import Initializers
import Layers
import Reinitialization
import Tensors

setvbuf(stdout, nil, _IOLBF, 0)
try PlanBenchmark.run()
try HeaderBenchmark.run()
FillBenchmark.run()
