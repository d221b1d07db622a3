// R0900: is compiled with panic = "abort", and indexes out of range.
/* flags: -C panic=abort */
use reinit_plugin::*;

struct Zoo;

impl Initializer for Zoo {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        let _last = fill.shape()[1] / fill.shape().get(2).map_or(1, |_| fill.shape()[9]);
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
    id: "org.example.zoo.panics-with-abort",
    initializers: { "zoo": Zoo },
}
