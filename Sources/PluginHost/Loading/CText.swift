import CReinit
import Diagnostics

/// Strings and structs that come from a plugin: checked before they are believed.
package enum CText {
  /// The longest name or single line.
  static let lineLimit = 4096
  /// The longest message.
  static let textLimit = 65_536

  /// The text of a borrowed string.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor`` for a length that cannot be right, a null pointer, bytes that are
  ///   not UTF-8, or a NUL.
  static func string(_ text: ri_str, _ place: String, limit: Int = lineLimit) throws(Diagnostic) -> String {
    guard text.len > 0 else { return "" }
    guard text.len <= limit else {
      throw descriptor(place, "is too long", expected: "at most \(limit) bytes", found: "\(text.len)")
    }
    guard let start = text.ptr else {
      throw descriptor(place, "is a null pointer with a length", expected: "bytes", found: "len \(text.len)")
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(text.len))
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw descriptor(place, "is not UTF-8", expected: "UTF-8", found: "other bytes")
    }
    guard !bytes.contains(0) else {
      throw descriptor(place, "contains a NUL", expected: "text", found: "byte 0")
    }
    return string
  }

  /// A message of a plugin, repaired where it is not UTF-8 and cut where it is too long.
  package static func message(_ text: ri_str) -> String {
    guard let start = text.ptr, text.len > 0 else { return "" }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(min(text.len, UInt64(textLimit))))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A descriptor that breaks a rule.
  static func descriptor(
    _ place: String, _ problem: String, expected: String? = nil, found: String? = nil, hints: [String] = []
  ) -> Diagnostic {
    Diagnostic(.pluginDescriptor, "'\(place)' \(problem)", expected: expected, found: found, hints: hints)
  }
}

/// A struct of the plugin's that carries its size.
protocol SizedStruct {
  /// As the headers call it.
  static var abiName: String { get }
  /// Its size in version 1.0, which every plugin has at least.
  static var firstSize: Int { get }
}

extension ri_initializer: SizedStruct {
  static var abiName: String { "ri_initializer" }
  static var firstSize: Int { Int(RI_INITIALIZER_SIZE_1_0) }
}
extension ri_layer_type: SizedStruct {
  static var abiName: String { "ri_layer_type" }
  static var firstSize: Int { Int(RI_LAYER_TYPE_SIZE_1_0) }
}
extension ri_child_row: SizedStruct {
  static var abiName: String { "ri_child_row" }
  static var firstSize: Int { Int(RI_CHILD_ROW_SIZE_1_0) }
}
extension ri_function: SizedStruct {
  static var abiName: String { "ri_function" }
  static var firstSize: Int { Int(RI_FUNCTION_SIZE_1_0) }
}
extension ri_param: SizedStruct {
  static var abiName: String { "ri_param" }
  static var firstSize: Int { Int(RI_PARAM_SIZE_1_0) }
}
extension ri_geometry: SizedStruct {
  static var abiName: String { "ri_geometry" }
  static var firstSize: Int { Int(RI_GEOMETRY_SIZE_1_0) }
}
extension ri_distribution: SizedStruct {
  static var abiName: String { "ri_distribution" }
  static var firstSize: Int { Int(RI_DISTRIBUTION_SIZE_1_0) }
}
extension ri_source: SizedStruct {
  static var abiName: String { "ri_source" }
  static var firstSize: Int { Int(RI_SOURCE_SIZE_1_0) }
}

/// A struct of the plugin's with `struct_size` first, copied as far as it reaches; the rest is zero.
enum CStruct {
  /// No struct of ours is larger, nor will be.
  static let sizeLimit = 65_536

  /// A copy of a struct.
  /// - Throws: ``Diagnostics/ErrorCode/pluginDescriptor`` for a null pointer or a size that cannot be right.
  static func copy<Value: SizedStruct>(
    _ pointer: UnsafePointer<Value>?, at place: String? = nil
  ) throws(Diagnostic) -> Value {
    let (name, smallest) = (place ?? Value.abiName, Value.firstSize)
    guard let pointer else { throw CText.descriptor(name, "is a null pointer") }
    let raw = UnsafeRawPointer(pointer)
    let size = Int(raw.load(as: UInt32.self))
    guard size >= smallest, size <= sizeLimit, size % 4 == 0 else {
      throw CText.descriptor(
        name, "has a struct_size that cannot be right", expected: "at least \(smallest)", found: "\(size)",
        hints: [".struct_size = sizeof(\(Value.abiName))"])
    }
    return withUnsafeTemporaryAllocation(byteCount: MemoryLayout<Value>.size, alignment: 16) { buffer in
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      buffer.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: min(size, buffer.count)))
      return buffer.load(as: Value.self)
    }
  }

  /// The elements of an array of structs that carry their size: the first one's size is the step.
  static func elements<Value: SizedStruct>(
    _ first: UnsafePointer<Value>?, count: UInt64, at name: String, limit: Int = 256
  ) throws(Diagnostic) -> [Value] {
    guard count > 0 else { return [] }
    guard count <= limit else {
      throw CText.descriptor(name, "has too many elements", expected: "at most \(limit)", found: "\(count)")
    }
    guard let first else { throw CText.descriptor(name, "is a null pointer with a count") }
    let step = Int(UnsafeRawPointer(first).load(as: UInt32.self))
    var values: [Value] = []
    for index in 0..<Int(count) {
      let element = UnsafeRawPointer(first).advanced(by: index * step).assumingMemoryBound(to: Value.self)
      values.append(try copy(element, at: "\(name)[\(index)]"))
    }
    return values
  }
}
