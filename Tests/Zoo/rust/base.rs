// What the broken plugins in Rust are made of: `zoo! { fn fill … }` is a plugin whose initializer fills so.

use reinit_plugin::*;

params! {
    struct Zoo {
        /// factor of the deviation
        gain: f64 = 1.0 => min(0.001).max(1000.0),
    }
}

/// Normal values with std = gain / sqrt(fan_in).
fn about() -> InitializerInfo {
    InitializerInfo::new("normal values").formula("gain / sqrt(fan_in) * z").needs_fans()
}

impl Zoo {
    fn deviation(&self, fill: &Fill) -> f32 {
        (self.gain / fill.fan_in().sqrt()) as f32
    }

    /// What the good one does.
    #[allow(dead_code)]
    fn draw(&self, fill: &Fill, out: &mut [f32]) -> Result {
        fill.random().normal(fill.offset(), 0.0, self.deviation(fill), out);
        Ok(())
    }
}

macro_rules! zoo {
    ($($body:tt)*) => {
        impl Initializer for Zoo {
            $($body)*

            fn describe() -> InitializerInfo {
                about()
            }
        }

        reinit_plugin! {
            id: "org.example.zoo",
            initializers: { "zoo": Zoo },
        }
    };
}
