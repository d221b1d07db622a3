//! my_plugin: normal values whose standard deviation follows the fan-in.

#![forbid(unsafe_code)]

use reinit_plugin::*;

params! {
    struct MyPlugin {
        /// factor of the standard deviation
        gain: f64 = 1.0 => min(0.0).max(1e6),
    }
}

impl Initializer for MyPlugin {
    /// Writes one range. Element i depends on its index alone, so any partition has the same bits.
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let std = self.deviation(fill) as f32;
        fill.random().normal(fill.offset(), 0.0, std, out);
        Ok(())
    }

    /// Says what `fill` draws from, so that the values can be held against it.
    fn distribution(&self, fill: &Fill) -> Result<Distribution> {
        let (mean, std) = (0.0, self.deviation(fill));
        Ok(Distribution::Normal { mean, std })
    }

    fn describe() -> InitializerInfo {
        InitializerInfo::new("normal with std = gain/√fan_in")
            .formula("w ~ N(0, σ²), σ = gain / √fan_in")
            .reference("LeCun et al., Efficient BackProp, 1998")
            .needs_fans()
    }
}

impl MyPlugin {
    fn deviation(&self, fill: &Fill) -> f64 {
        self.gain / fill.fan_in().sqrt()
    }
}

reinit_plugin! {
    id: "org.example.my-plugin",
    initializers: { "my_plugin": MyPlugin },
}
