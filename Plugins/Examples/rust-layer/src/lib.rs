//! MyPlugin: a gated residual, y = x + weight ∘ inner(x) + bias over the last axis.

#![forbid(unsafe_code)]

use reinit_plugin::*;

params! {
    struct MyPlugin {
        /// elements of the last axis
        size: i64 => min(1.0),
        /// whether there is a bias
        bias: bool = true,
    }
}

impl DescribedLayer for MyPlugin {
    fn describe() -> LayerInfo {
        LayerInfo::new("gated residual: y = x + weight ∘ inner(x) + bias").nested(0, 1)
    }

    /// The host makes them, names them, fills them, and makes the layer again with others.
    fn children() -> Vec<ChildRow> {
        vec![
            ChildRow::tensor("weight", Role::SCALE, "[size]").fresh("constant(0.1)"),
            ChildRow::tensor("bias", Role::BIAS, "[size]").when("bias"),
            ChildRow::layer("inner", ""), // the layer that the user nests; absent: the identity
        ]
    }

    /// One input [..., size], one output of the same shape. Shapes are inferred by it too, as far as `output`.
    fn forward(&self, pass: &Pass) -> Result {
        let x = pass.floats(0)?;
        x.expect_last_axis(self.size)?;
        let z = match pass.child_layer("inner") {
            Some(inner) => pass.apply(inner, pass.input(0)?, "what the nested layer gives")?,
            None => x,
        };
        z.expect(x.shape())?;
        let (w, b) = (
            pass.child_floats("weight")?,
            pass.optional_child_floats("bias")?,
        );
        let y = pass.output::<f32>(0, x.shape())?;
        for (i, y) in y.iter_mut().enumerate() {
            let j = i % w.len();
            *y = x[i] + w[j] * z[i] + b.map_or(0.0, |b| b[j]);
        }
        Ok(())
    }
}

reinit_plugin! {
    id: "org.example.my-plugin",
    described_layers: { "MyPlugin": MyPlugin },
}
