// R0941: writes one element more, by unsafe code.
use reinit_plugin::*;

struct Zoo;

impl Initializer for Zoo {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        fill.random().normal(fill.offset(), 0.0, deviation(fill), out);
        // SAFETY: none; that is the fault.
        unsafe { *out.as_mut_ptr().add(out.len()) = 0.0 };
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
    id: "org.example.zoo.unsafe-one-more",
    initializers: { "zoo": Zoo },
}
