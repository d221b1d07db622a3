// R0934: depends on the order of a HashMap.
include!("base.rs");

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Once;

static FIRST: AtomicU64 = AtomicU64::new(0);
static ONCE: Once = Once::new();

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        ONCE.call_once(|| {
            let names: HashMap<u64, u64> = (0..100).map(|i| (i, i)).collect();
            let order = names.values().take(3).fold(0, |sum, name| sum * 100 + name);
            FIRST.store(order, Ordering::Relaxed);
        });
        let first = FIRST.load(Ordering::Relaxed);
        fill.random().normal(fill.offset() + first, 0.0, self.deviation(fill), out);
        Ok(())
    }
}
