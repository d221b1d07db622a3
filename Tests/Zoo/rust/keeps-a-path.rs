// R0927: keeps a path as if it were there for ever.
include!("base.rs");

use std::cell::Cell;

thread_local! {
    static LAST: Cell<&'static str> = const { Cell::new("") };
}

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        LAST.with(|last| {
            if last.get().starts_with('/') {
                return Err(Error::unsupported("a path begins with a slash"));
            }
            // SAFETY: none; that is the fault.
            last.set(unsafe { std::mem::transmute::<&str, &'static str>(fill.path()) });
            Ok(())
        })?;
        self.draw(fill, out)
    }
}
