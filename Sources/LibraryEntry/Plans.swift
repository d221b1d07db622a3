import CLibrary
import Diagnostics
import Host
import Tensors

// Plans of reinit/library.h.

/// `reinit_plan_make` of reinit/library.h.
@_cdecl("reinit_plan_make")
public func planMake(
  _ tree: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int, _ present: UnsafePointer<UnsafeRawPointer?>?,
  _ count: Int, _ plan: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let place = try Entry.require(plan, "plan")
    let tree = try Entry.require(tree, "tree", as: HostTree.self)
    let rules = try Entry.bytes(json, length, "json")
    place.pointee = Entry.give(
      try HostPlan(tree, parsing: rules, present: memory(present, count, tree.count, "present")))
  }
}

/// A list of as many pointers as there are tensors, or of none.
private func memory<Pointer>(
  _ list: UnsafePointer<Pointer?>?, _ count: Int, _ tensors: Int, _ name: String
) throws(Diagnostic) -> [Pointer?] {
  guard list != nil || count != 0 else { return [] }
  guard count == tensors else {
    throw Diagnostic(
      .usage, "the list of pointers does not fit the tree", at: name, expected: "\(tensors), one for each tensor",
      found: "\(UInt(bitPattern: count))")
  }
  return try Entry.list(list, count, name)
}

/// `reinit_plan_json` of reinit/library.h.
@_cdecl("reinit_plan_json")
public func planJSON(
  _ plan: OpaquePointer?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let place = try Entry.require(json, "json")
    place.pointee = try Entry.text(Entry.require(plan, "plan", as: HostPlan.self).json)
  }
}

/// `reinit_plan_filled` of reinit/library.h.
@_cdecl("reinit_plan_filled")
public func planFilled(_ plan: OpaquePointer?, _ tensor: Int) -> UInt64 {
  plan.map { UInt64(Entry.take($0, as: HostPlan.self).filled(tensor)) } ?? 0
}

/// `reinit_plan_reads` of reinit/library.h.
@_cdecl("reinit_plan_reads")
public func planReads(_ plan: OpaquePointer?) -> Int32 {
  plan.map { Entry.take($0, as: HostPlan.self).reads ? 1 : 0 } ?? 0
}

/// `reinit_plan_values` of reinit/library.h.
@_cdecl("reinit_plan_values")
public func planValues(
  _ plan: OpaquePointer?, _ tensor: Int, _ first: UInt64, _ elements: UInt64, _ memory: UnsafeMutableRawPointer?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    try Entry.require(plan, "plan", as: HostPlan.self).write(tensor, from: first, count: elements, to: memory)
  }
}

/// `reinit_fill` of reinit/library.h.
@_cdecl("reinit_fill")
public func planFill(
  _ plan: OpaquePointer?, _ list: UnsafePointer<UnsafeMutableRawPointer?>?, _ count: Int, _ threads: UInt32,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let plan = try Entry.require(plan, "plan", as: HostPlan.self)
    try plan.fill(
      memory(list, count, plan.count, "memory"), threads: threads == 0 ? Workers.available : Int(threads))
  }
}

/// `reinit_plan_receipt` of reinit/library.h.
@_cdecl("reinit_plan_receipt")
public func planReceipt(
  _ plan: OpaquePointer?, _ list: UnsafePointer<UnsafeRawPointer?>?, _ count: Int,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  Entry.run(error) { () throws(Diagnostic) in
    let place = try Entry.require(json, "json")
    let plan = try Entry.require(plan, "plan", as: HostPlan.self)
    place.pointee = try Entry.text(plan.receipt(memory(list, count, plan.count, "memory")))
  }
}

/// `reinit_plan_free` of reinit/library.h.
@_cdecl("reinit_plan_free")
public func planFree(_ plan: OpaquePointer?) { Entry.free(plan, as: HostPlan.self) }
