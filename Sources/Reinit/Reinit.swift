@_exported import Architectures
@_exported import Checkpoints
@_exported import Files
@_exported import Formats
@_exported import LayerRecognition
@_exported import ModelDocuments
@_exported import PluginHost
@_exported import ReinitCore
