import CPluginCalls
import CReinit
import Testing

@Suite("Each call of the ABI reaches the plugin with all its arguments, and its answer comes back")
struct SignatureOfCallsTests {
  let plugin: Library
  let site = makeSite()

  init() throws { plugin = try Library(GuardFixture.library) }

  private func outcome(_ call: (UnsafeMutablePointer<rp_outcome>) -> ri_status) -> Int32 {
    var outcome = rp_outcome()
    let status = call(&outcome)
    #expect(outcome.flags == 0)
    #expect(outcome.status == status)
    return status
  }

  @Test("entry") func entry() throws {
    var own = ri_plugin()
    let function: rp_entry_function = try plugin.function("t_entry")
    let host = UnsafePointer<ri_host>(bitPattern: 8)
    #expect(outcome { rp_entry(site, function, host, &own, OpaquePointer(bitPattern: 16), $0) } == 11)
    #expect(own.abi_minor == 3)
  }

  @Test("fill") func fill() throws {
    var (range, seen) = (ri_fill(), UInt64(0))
    range.count = 77
    let function: rp_fill_function = try plugin.function("t_fill")
    #expect(outcome { rp_fill(site, function, &range, &seen, $0) } == 12)
    #expect(seen == 77)
  }

  @Test("distribution") func distribution() throws {
    var (range, answer) = (ri_fill(), ri_distribution())
    range.fan_in = 2.5
    let function: rp_distribution_function = try plugin.function("t_distribution")
    let user = UnsafeMutableRawPointer(bitPattern: 8)
    #expect(outcome { rp_distribution(site, function, &range, user, &answer, $0) } == 13)
    #expect(answer.mean == 2.5)
  }

  @Test("create") func create() throws {
    var (build, object) = (ri_build(), UnsafeMutableRawPointer?.none)
    build.n_params = 4
    let function: rp_create_function = try plugin.function("t_create")
    let user = UnsafeMutableRawPointer(bitPattern: 24)
    #expect(outcome { rp_create(site, function, &build, user, &object, $0) } == 14)
    #expect(object == user)
  }

  @Test("destroy") func destroy() throws {
    var object: Int32 = 1
    let function: rp_destroy_function = try plugin.function("t_destroy")
    #expect(outcome { rp_destroy(site, function, &object, $0) } == 0)
    #expect(object == 15)
  }

  @Test("child_count") func childCount() throws {
    var (object, count) = (Int32(5), UInt64(9))
    let function: rp_child_count_function = try plugin.function("t_child_count")
    #expect(outcome { rp_child_count(site, function, &object, &count, $0) } == 0)
    #expect(count == 105)
  }

  @Test("child_at") func childAt() throws {
    var (object, child) = (Int32(5), ri_child())
    let function: rp_child_at_function = try plugin.function("t_child_at")
    #expect(outcome { rp_child_at(site, function, &object, 6, &child, $0) } == 16)
    #expect(child.flags == 5)
  }

  @Test("rebuild") func rebuild() throws {
    var (object, parts, new) = (Int32(5), ri_rebuild(), UnsafeMutableRawPointer?.none)
    parts.n_parts = 7
    let function: rp_rebuild_function = try plugin.function("t_rebuild")
    withUnsafeMutablePointer(to: &object) { object in
      #expect(outcome { rp_rebuild(site, function, object, &parts, &new, $0) } == 17)
      #expect(new == UnsafeMutableRawPointer(object))
    }
  }

  @Test("forward") func forward() throws {
    var (object, pass) = (Int32(5), ri_forward())
    pass.n_inputs = 13
    let function: rp_forward_function = try plugin.function("t_forward")
    #expect(outcome { rp_forward(site, function, &object, &pass, $0) } == 18)
  }

  @Test("config") func config() throws {
    var (object, values) = (Int32(5), [ri_value(), ri_value()])
    let function: rp_config_function = try plugin.function("t_config")
    #expect(outcome { rp_config(site, function, &object, &values, 2, $0) } == 12)
    #expect(values.map(\.count) == [0, 5])
  }

  @Test("the body of parallel") func body() throws {
    var seen: UInt64 = 0
    let function: rp_body_function = try plugin.function("t_body")
    #expect(outcome { rp_body(site, function, 10, 52, &seen, $0) } == 20)
    #expect(seen == 42)
  }

  @Test("load") func load() throws {
    var result: UnsafeMutableRawPointer?
    let function: rp_load_function = try plugin.function("t_load")
    #expect(outcome { rp_load(site, function, UnsafeMutableRawPointer(bitPattern: 31), &result, $0) } == 0)
    #expect(result == UnsafeMutableRawPointer(bitPattern: 32))
  }

  @Test("After an exception a count is 0 and a pointer is null")
  func nothing() throws {
    var (raw, count, result) = (rp_outcome(), UInt64(9), UnsafeMutableRawPointer(bitPattern: 8))
    _ = rp_child_count(site, try plugin.function("throwing_count"), nil, &count, &raw)
    #expect(Outcome(raw).message == "std::runtime_error: no children")
    _ = rp_load(site, try plugin.function("throwing_load"), nil, &result, &raw)
    #expect(Outcome(raw).message == "std::runtime_error: no library")
    #expect(count == 0)
    #expect(result == nil)
  }
}
