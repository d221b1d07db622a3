// R0934: depends on the order of a HashMap.
include!("base.rs");

zoo! {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        use std::collections::HashMap;
        use std::sync::OnceLock;
        static MAP: OnceLock<HashMap<u32, u32>> = OnceLock::new();
        let map = MAP.get_or_init(|| (0..100).map(|i| (i, i)).collect());
        let first = map.values().next().copied().unwrap_or(0) as u64 * 1000 + map.values().nth(1).copied().unwrap_or(0) as u64;
        fill.random().normal(fill.offset() + first, 0.0, deviation(fill), out);
        Ok(())
    }
}
