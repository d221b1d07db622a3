// R0934: depends on the order of a HashMap.
use reinit_plugin::*;

struct Zoo;

impl Initializer for Zoo {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        use std::collections::HashMap;
        use std::sync::OnceLock;
        static MAP: OnceLock<HashMap<u32, u32>> = OnceLock::new();
        let map = MAP.get_or_init(|| (0..100).map(|i| (i, i)).collect());
        let first = map.values().next().copied().unwrap_or(0) as u64 * 1000 + map.values().nth(1).copied().unwrap_or(0) as u64;
        fill.random().normal(fill.offset() + first, 0.0, deviation(fill), out);
        Ok(())
    }

    fn describe() -> InitializerInfo {
        InitializerInfo::new("normal values")
            .formula("gain / sqrt(fan_in) * z")
            .needs_fans()
            .param(Param::real("gain", 1.0, "factor of the deviation").min(0.001).max(1000.0))
    }
}

fn deviation(fill: &Fill) -> f32 {
    (fill.params.real("gain") / fill.fan_in().sqrt()) as f32
}

reinit_plugin! {
    id: "org.example.zoo.hash-order",
    initializers: { "zoo": Zoo },
}
