/// The element types of torch that are read.
struct PyTorchDType: Sendable, Equatable {
  /// The name in torch: `float16`.
  let name: String
  /// The class of a storage of such elements, below `torch`; nil for types that have none of their own.
  let storage: String?
  /// The name in safetensors files, or one that is made alike.
  let stored: String
  /// The bytes of an element.
  let size: Int

  private init(_ name: String, _ storage: String?, _ stored: String, _ size: Int) {
    (self.name, self.storage, self.stored, self.size) = (name, storage, stored, size)
  }

  static let all: [PyTorchDType] = [
    PyTorchDType("float32", "FloatStorage", "F32", 4),
    PyTorchDType("float64", "DoubleStorage", "F64", 8),
    PyTorchDType("float16", "HalfStorage", "F16", 2),
    PyTorchDType("bfloat16", "BFloat16Storage", "BF16", 2),
    PyTorchDType("int64", "LongStorage", "I64", 8), PyTorchDType("int32", "IntStorage", "I32", 4),
    PyTorchDType("int16", "ShortStorage", "I16", 2), PyTorchDType("int8", "CharStorage", "I8", 1),
    PyTorchDType("uint8", "ByteStorage", "U8", 1), PyTorchDType("bool", "BoolStorage", "BOOL", 1),
    PyTorchDType("complex64", "ComplexFloatStorage", "C64", 8),
    PyTorchDType("complex128", "ComplexDoubleStorage", "C128", 16),
    PyTorchDType("uint16", nil, "U16", 2), PyTorchDType("uint32", nil, "U32", 4),
    PyTorchDType("uint64", nil, "U64", 8), PyTorchDType("float8_e4m3fn", nil, "F8_E4M3", 1),
    PyTorchDType("float8_e5m2", nil, "F8_E5M2", 1),
    PyTorchDType("float8_e4m3fnuz", nil, "F8_E4M3FNUZ", 1),
    PyTorchDType("float8_e5m2fnuz", nil, "F8_E5M2FNUZ", 1),
    PyTorchDType("float8_e8m0fnu", nil, "F8_E8M0", 1),
  ]
}
