// R0909: starts a thread and does not join it.
use reinit_plugin::*;

struct Zoo;

impl Initializer for Zoo {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            std::thread::spawn(|| loop {
                std::thread::park();
            });
        });
        fill.random().normal(fill.offset(), 0.0, deviation(fill), out);
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
    id: "org.example.zoo.thread-runs-on",
    initializers: { "zoo": Zoo },
}
