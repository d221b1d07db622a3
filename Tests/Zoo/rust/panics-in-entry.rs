// R0353: panics in an entry of its own, below the kit.
use reinit_plugin::sys;

/// The kit turns a panic into a status; here nothing does, and what cannot unwind into C aborts.
#[no_mangle]
extern "C" fn ri_plugin_entry_v1(
    _: *const sys::ri_host,
    _: *mut sys::ri_plugin,
    _: *mut sys::ri_call,
) -> sys::ri_status {
    let device: Option<u32> = std::hint::black_box(None);
    device.expect("no device") as sys::ri_status
}
