import CLibrary
import Diagnostics
import Glibc

// Errors, texts and versions of reinit/library.h.

private func part(_ handle: OpaquePointer?, _ get: (ErrorHandle) -> CText?) -> UnsafePointer<CChar>? {
  handle.flatMap { get(Entry.take($0, as: ErrorHandle.self))?.start }.map { UnsafePointer($0) }
}

/// `reinit_error_text` of reinit/library.h.
@_cdecl("reinit_error_text")
public func errorText(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { part(error) { $0.text } }

/// `reinit_error_json` of reinit/library.h.
@_cdecl("reinit_error_json")
public func errorJSON(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { part(error) { $0.json } }

/// `reinit_error_code` of reinit/library.h.
@_cdecl("reinit_error_code")
public func errorCode(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { part(error) { $0.code } }

/// `reinit_error_message` of reinit/library.h.
@_cdecl("reinit_error_message")
public func errorMessage(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { part(error) { $0.message } }

/// `reinit_error_place` of reinit/library.h.
@_cdecl("reinit_error_place")
public func errorPlace(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { part(error) { $0.place } }

/// `reinit_error_expected` of reinit/library.h.
@_cdecl("reinit_error_expected")
public func errorExpected(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { part(error) { $0.expected } }

/// `reinit_error_found` of reinit/library.h.
@_cdecl("reinit_error_found")
public func errorFound(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { part(error) { $0.found } }

/// `reinit_error_hint` of reinit/library.h.
@_cdecl("reinit_error_hint")
public func errorHint(_ error: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
  part(error) { $0.hints.indices.contains(index) ? $0.hints[index] : nil }
}

/// `reinit_error_free` of reinit/library.h.
@_cdecl("reinit_error_free")
public func errorFree(_ error: OpaquePointer?) { Entry.free(error, as: ErrorHandle.self) }

/// `reinit_text_free` of reinit/library.h.
@_cdecl("reinit_text_free")
public func textFree(_ text: UnsafeMutablePointer<CChar>?) { free(text) }

private let version = CText(Release.version)

/// `reinit_version` of reinit/library.h.
@_cdecl("reinit_version")
public func libraryVersionText() -> UnsafePointer<CChar>? { version.start.map { UnsafePointer($0) } }

/// `reinit_library_version` of reinit/library.h.
@_cdecl("reinit_library_version")
public func libraryVersion() -> UInt32 { UInt32(REINIT_LIBRARY_MAJOR * 1000 + REINIT_LIBRARY_MINOR) }
