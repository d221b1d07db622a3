@_exported import Checkpoints
@_exported import Diagnostics
@_exported import Functors
@_exported import Initializers
@_exported import Layers
@_exported import Reinitialization
@_exported import Tensors
