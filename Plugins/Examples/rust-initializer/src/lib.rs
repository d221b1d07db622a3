//! my_plugin: normal values whose standard deviation follows the fan-in.

#![forbid(unsafe_code)]

use reinit_plugin::*;

struct MyPlugin;

impl Initializer for MyPlugin {
    /// Writes one range. Element i depends on its index alone, so any partition has the same bits.
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        fill.random()
            .normal(fill.offset(), 0.0, deviation(fill) as f32, out);
        Ok(())
    }

    /// Says what `fill` draws from, so that the values can be held against it.
    fn distribution(fill: &Fill) -> Result<Distribution> {
        let (mean, std) = (0.0, deviation(fill));
        Ok(Distribution::Normal { mean, std })
    }

    fn describe() -> InitializerInfo {
        InitializerInfo::new("normal with std = gain/√fan_in")
            .formula("w ~ N(0, σ²), σ = gain / √fan_in")
            .reference("LeCun et al., Efficient BackProp, 1998")
            .needs_fans()
            .param(Param::real("gain", 1.0, "factor of the standard deviation").min(0.0).max(1e6))
    }
}

fn deviation(fill: &Fill) -> f64 {
    fill.params.real("gain") / fill.fan_in().sqrt()
}

reinit_plugin! {
    id: "org.example.my-plugin",
    initializers: { "my_plugin": MyPlugin },
}
