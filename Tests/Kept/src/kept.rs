//! A plugin that is kept as it was compiled: an initializer, one that reads, and a layer.

use reinit_plugin::*;

params! {
    struct Normal {
        /// factor of the standard deviation
        gain: f64 = 1.0 => min(0.0).max(1e6),
    }
}

impl Initializer for Normal {
    fn describe() -> InitializerInfo {
        InitializerInfo::new("normal with std = gain/√fan_in")
            .formula("w ~ N(0, gain²/fan_in)")
            .needs_fans()
    }
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let std = (self.gain / fill.fan_in().sqrt()) as f32;
        fill.random().normal(fill.offset(), 0.0, std, out);
        Ok(())
    }
}

params! {
    struct Mix {
        /// of the old values
        factor: f32 = 0.5 => min(0.0).max(1.0),
    }
}

impl Initializer for Mix {
    fn describe() -> InitializerInfo {
        InitializerInfo::new("the old values, smaller, and the bias")
            .formula("w ← factor·w + b")
            .source(Source::old("old"))
            .source(Source::tensor("offset", ".bias"))
    }
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let (rows, columns) = (fill.source("offset")?, fill.shape()[1] as usize);
        fill.read("old", out)?;
        for (i, x) in out.iter_mut().enumerate() {
            *x = self.factor * *x + rows[(fill.offset() as usize + i) / columns];
        }
        Ok(())
    }
}

params! {
    struct Kept {
        /// elements of the last axis
        size: i64 => min(1.0),
        /// whether there is a bias
        bias: bool = true,
    }
}

impl DescribedLayer for Kept {
    fn describe() -> LayerInfo {
        LayerInfo::new("y = x + weight ∘ inner(x) + bias").nested(0, 1)
    }
    fn children() -> Vec<ChildRow> {
        vec![
            ChildRow::tensor("weight", Role::SCALE, "[size]").fresh("constant({1 / size})"),
            ChildRow::tensor("bias", Role::BIAS, "[size]").when("bias"),
            ChildRow::layer("inner", ""),
        ]
    }
    fn forward(&self, pass: &Pass) -> Result {
        let x = pass.floats(0)?;
        x.expect_last_axis(self.size)?;
        let z = match pass.child_layer("inner") {
            Some(inner) => pass.apply(inner, pass.input(0)?, "what the nested layer gives")?,
            None => x,
        };
        z.expect(x.shape())?;
        let (w, b) = (pass.child_floats("weight")?, pass.optional_child_floats("bias")?);
        for (i, y) in pass.output::<f32>(0, x.shape())?.iter_mut().enumerate() {
            let j = i % w.len();
            *y = x[i] + w[j] * z[i] + b.map_or(0.0, |b| b[j]);
        }
        Ok(())
    }
}

reinit_plugin! {
    id: "org.example.kept-rust",
    initializers: { "kept": Normal, "kept_mix": Mix },
    described_layers: { "Kept": Kept },
}
