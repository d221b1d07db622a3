import CLibrary
import Diagnostics
import Glibc
import Host
import JSONText

/// How functions of the library begin and end.
enum Entry {
  /// Runs a body; its error goes to the caller, as a status and a handle.
  static func run(
    _ error: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws(Diagnostic) -> Void
  ) -> Int32 {
    error?.pointee = nil
    do throws(Diagnostic) {
      try body()
      return 0
    } catch let fault {
      error?.pointee = give(ErrorHandle(fault))
      return fault.code.exit.rawValue
    }
  }

  /// Gives an object to the caller, who frees it.
  static func give(_ object: AnyObject) -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(object).toOpaque()) }

  /// The object behind a handle.
  static func take<Object: AnyObject>(_ handle: OpaquePointer, as type: Object.Type) -> Object {
    Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
  }

  /// The object behind a handle that has to be there.
  static func require<Object: AnyObject>(
    _ handle: OpaquePointer?, _ name: String, as type: Object.Type
  ) throws(Diagnostic) -> Object {
    guard let handle else { throw missing(name) }
    return take(handle, as: type)
  }

  /// Where a result goes; NULL at first.
  static func require<Pointer>(
    _ place: UnsafeMutablePointer<Pointer?>?, _ name: String
  ) throws(Diagnostic) -> UnsafeMutablePointer<Pointer?> {
    guard let place else { throw missing(name) }
    place.pointee = nil
    return place
  }

  static func free<Object: AnyObject>(_ handle: OpaquePointer?, as type: Object.Type) {
    if let handle { Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release() }
  }

  /// The bytes of a text that is given with its length.
  static func bytes(
    _ text: UnsafePointer<CChar>?, _ length: Int, _ name: String
  ) throws(Diagnostic) -> UnsafeRawBufferPointer {
    guard let text else { throw missing(name) }
    guard length >= 0 else { throw tooMany(name, length) }
    return UnsafeRawBufferPointer(start: text, count: length)
  }

  /// The elements of a list that is given with its count.
  static func list<Element>(
    _ list: UnsafePointer<Element>?, _ count: Int, _ name: String
  ) throws(Diagnostic) -> [Element] {
    guard count >= 0, count <= 1 << 40 else { throw tooMany(name, count) }
    guard count > 0 else { return [] }
    guard let list else { throw missing(name) }
    return Array(UnsafeBufferPointer(start: list, count: count))
  }

  /// A text that ends with NUL.
  static func string(_ text: UnsafePointer<CChar>?, _ name: String) throws(Diagnostic) -> String {
    guard let text else { throw missing(name) }
    guard let string = String(validatingCString: text) else {
      throw Diagnostic(.usage, "a text is not UTF-8", at: name, found: String(cString: text))
    }
    return string
  }

  /// A text for the caller, who frees it.
  static func text(_ json: JSONValue) throws(Diagnostic) -> UnsafeMutablePointer<CChar> {
    guard let text = json.compact.withCString({ strdup($0) }) else {
      throw Diagnostic(.outOfMemory, "the system does not give the memory that is needed")
    }
    return text
  }

  static func session(_ handle: OpaquePointer?) -> HostSession {
    handle.map { take($0, as: HostSession.self) } ?? .plain
  }

  private static func missing(_ name: String) -> Diagnostic {
    Diagnostic(.usage, "an argument is missing", at: name, expected: "a pointer", found: "NULL")
  }

  private static func tooMany(_ name: String, _ count: Int) -> Diagnostic {
    Diagnostic(
      .usage, "a length or a count is out of range", at: name, found: "\(UInt(bitPattern: count))")
  }
}
