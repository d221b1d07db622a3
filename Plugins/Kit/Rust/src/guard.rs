//! Where Rust ends: nothing unwinds into the host.

use crate::error::{Error, Result, Status};
use crate::sys;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

#[cfg(panic = "abort")]
compile_error!("a plugin needs panic = \"unwind\": with \"abort\", any panic ends the host");

thread_local! {
    /// How many calls of the host this thread is inside of.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// What the hook saw of the panic on its way to `guarded`.
    static SEEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a body; a panic becomes an error with the panic's message and place.
pub(crate) fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    DEPTH.with(|depth| depth.set(depth.get() + 1));
    let outcome = panic::catch_unwind(AssertUnwindSafe(body));
    DEPTH.with(|depth| depth.set(depth.get() - 1));
    outcome.unwrap_or_else(|payload| Err(panicked(payload)))
}

/// As `guarded`, for a function of the ABI; `call` hears why it failed.
pub(crate) fn status(
    host: *const sys::ri_host,
    call: *mut sys::ri_call,
    body: impl FnOnce() -> Result,
) -> sys::ri_status {
    let error = match guarded(body) {
        Ok(()) => return sys::RI_OK,
        Err(error) => error,
    };
    let code = match error.status().0 {
        sys::RI_OK => sys::RI_INTERNAL,
        code => code,
    };
    if !error.message().is_empty() {
        // SAFETY: the host's table and call live as long as the call that this thunk answers.
        unsafe { ((*host).fail)(call, code, sys::ri_str::of(error.message())) };
    }
    code
}

/// Keeps the default hook from printing what the host will print; with RUST_BACKTRACE set, both do.
pub(crate) fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = std::env::var_os("RUST_BACKTRACE").map_or(false, |value| value != "0");
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let inside = DEPTH.with(|depth| depth.get()) > 0;
            if inside {
                let place = info
                    .location()
                    .map(|l| format!("{}:{}", l.file(), l.line()));
                SEEN.with(|seen| *seen.borrow_mut() = place);
            }
            if loud || !inside {
                default(info);
            }
        }));
    });
}

fn panicked(payload: Box<dyn Any + Send>) -> Error {
    let text = match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "a value that is no text",
    };
    let place = SEEN.with(|seen| seen.borrow_mut().take());
    let message = match place {
        Some(place) => format!("panicked at {place}: {text}"),
        None => format!("panicked: {text}"),
    };
    std::mem::forget(payload); // dropping a stranger's value may panic again
    Error::new(Status::INTERNAL, message)
}
