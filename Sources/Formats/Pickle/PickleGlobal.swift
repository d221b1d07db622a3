/// The names of Python that a pickle may use.
///
/// Each stands for data; none is ever looked up or called.
enum PickleGlobal: Sendable, Equatable {
  case rebuildTensor
  case rebuildTensorWithDType
  case rebuildParameter
  case parameter
  /// A class of storages; nil holds bytes, whose type the tensor says.
  case storage(PyTorchDType?)
  case dtype(PyTorchDType)
  case size
  case device
  case dictionary
  case bytes

  private static let names: [String: PickleGlobal] = {
    var names: [String: PickleGlobal] = [
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_tensor_v3": .rebuildTensorWithDType,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
      "torch.nn.parameter.Parameter": .parameter,
      "torch.UntypedStorage": .storage(nil), "torch.storage.UntypedStorage": .storage(nil),
      "torch.storage.TypedStorage": .storage(nil),
      "torch.Size": .size, "torch.device": .device,
      "collections.OrderedDict": .dictionary, "collections.Counter": .dictionary,
      // What protocol 2 makes of `bytes`, which it has no opcode for.
      "_codecs.encode": .bytes, "__builtin__.bytes": .bytes, "builtins.bytes": .bytes,
    ]
    for type in PyTorchDType.all {
      names["torch.\(type.name)"] = .dtype(type)
      if let storage = type.storage { names["torch.\(storage)"] = .storage(type) }
    }
    return names
  }()

  /// The meaning of a full name, or nil for every name that is not known.
  init?(_ name: String) {
    guard let known = Self.names[name] else { return nil }
    self = known
  }
}
