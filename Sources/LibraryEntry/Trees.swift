import CLibrary
import Diagnostics
import Host

// Sessions and trees of reinit/library.h.

/// `reinit_session_open` of reinit/library.h.
@_cdecl("reinit_session_open")
public func sessionOpen(
  _ plugins: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ session: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let place = try Entry.require(session, "session")
    let files = try Entry.list(plugins, count, "plugins").map { (file) throws(Diagnostic) in
      try Entry.string(file, "plugins")
    }
    place.pointee = Entry.give(try HostSession(plugins: files))
  }
}

/// `reinit_session_list` of reinit/library.h.
@_cdecl("reinit_session_list")
public func sessionList(
  _ session: OpaquePointer?, _ what: UnsafePointer<CChar>?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let place = try Entry.require(json, "json")
    place.pointee = try Entry.text(Entry.session(session).list(Entry.string(what, "what")))
  }
}

/// `reinit_session_free` of reinit/library.h.
@_cdecl("reinit_session_free")
public func sessionFree(_ session: OpaquePointer?) { Entry.free(session, as: HostSession.self) }

/// `reinit_tree_open` of reinit/library.h.
@_cdecl("reinit_tree_open")
public func treeOpen(
  _ session: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int,
  _ tree: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let place = try Entry.require(tree, "tree")
    let text = try Entry.bytes(json, length, "json")
    place.pointee = Entry.give(try HostTree(parsing: text, Entry.session(session)))
  }
}

/// `reinit_tree_json` of reinit/library.h.
@_cdecl("reinit_tree_json")
public func treeJSON(
  _ tree: OpaquePointer?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let place = try Entry.require(json, "json")
    place.pointee = try Entry.text(Entry.require(tree, "tree", as: HostTree.self).json)
  }
}

/// `reinit_tree_count` of reinit/library.h.
@_cdecl("reinit_tree_count")
public func treeCount(_ tree: OpaquePointer?) -> Int { tree.map { Entry.take($0, as: HostTree.self).count } ?? 0 }

/// `reinit_tree_free` of reinit/library.h.
@_cdecl("reinit_tree_free")
public func treeFree(_ tree: OpaquePointer?) { Entry.free(tree, as: HostTree.self) }
