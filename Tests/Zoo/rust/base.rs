// What the broken plugins in Rust are made of: `zoo! { fn fill … }` is a plugin whose initializer fills so.

use reinit_plugin::*;

struct Zoo;

/// Normal values with std = gain / sqrt(fan_in).
fn about() -> InitializerInfo {
    InitializerInfo::new("normal values")
        .formula("gain / sqrt(fan_in) * z")
        .needs_fans()
        .param(Param::real("gain", 1.0, "factor of the deviation").min(0.001).max(1000.0))
}

fn deviation(fill: &Fill) -> f32 {
    (fill.params.real("gain") / fill.fan_in().sqrt()) as f32
}

/// What the good one does.
#[allow(dead_code)]
fn draw(fill: &Fill, out: &mut [f32]) -> Result {
    fill.random().normal(fill.offset(), 0.0, deviation(fill), out);
    Ok(())
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
