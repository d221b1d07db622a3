//! LoRA (Hu et al. 2021): a frozen layer, and a trainable update of low rank beside it.

#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;
mod update;

use reinit_plugin::*;

/// y = base(x) + scale · B·(A·x).
struct LoRA {
    inputs: i64,
    outputs: i64,
    rank: i64,
    scale: f32,
    base: LayerHandle,
    a: Tensor,
    b: Tensor,
}

params! {
    struct Settings {
        /// inputs of the layer
        r#in: i64 => min(1.0),
        /// outputs of the layer
        out: i64 => min(1.0),
        /// rank of the update
        rank: i64 = 8 => min(1.0),
        /// the update is scaled by alpha/rank
        alpha: f64 = 16.0,
        /// scale by alpha/√rank instead (Kalajdzievski 2023)
        rslora: bool = false,
    }
}

impl Layer for LoRA {
    type Params = Settings;

    fn create(settings: Settings, build: &Build) -> Result<LoRA> {
        let (inputs, outputs, rank) = (settings.r#in, settings.out, settings.rank);
        let missing = || Error::invalid("expected one nested layer, found none");
        Ok(LoRA {
            inputs,
            outputs,
            rank,
            scale: settings.scale()?,
            base: build.nested(0).ok_or_else(missing)?,
            a: build.tensor(DType::F32, &[rank, inputs])?,
            b: build.tensor(DType::F32, &[outputs, rank])?,
        })
    }

    fn children(&self) -> Vec<Child> {
        let weight = |name: &'static str, tensor, fresh: &'static str| {
            let child = Child::tensor(name, Role::WEIGHT, Some(tensor));
            child.geometry(Geometry::out_in()).fresh(fresh)
        };
        vec![
            Child::layer("base", &self.base).frozen(),
            weight(
                "lora_A",
                &self.a,
                "kaiming_uniform(slope: 2.23606797749979)",
            ),
            weight("lora_B", &self.b, "zeros"),
        ]
    }

    fn rebuild(&self, parts: &Parts) -> Result<LoRA> {
        Ok(LoRA {
            base: parts.need_layer("base")?,
            a: parts.need_tensor("lora_A", &[self.rank, self.inputs])?,
            b: parts.need_tensor("lora_B", &[self.outputs, self.rank])?,
            ..*self
        })
    }

    fn forward(&self, pass: &Pass) -> Result {
        let (x, base) = (self.input(pass)?, self.base_output(pass)?);
        let z = base.view(pass)?.named("the base layer's output");
        let (x, z) = (x.elements::<f32>()?, z.elements::<f32>()?);
        let a = self.a.read::<f32>(pass, "lora_A")?;
        let b = self.b.read::<f32>(pass, "lora_B")?;
        let y = pass.output::<f32>(0, base.view(pass)?.shape())?;
        y.copy_from_slice(z);
        update::add(pass, self.scale, x, a, b, self.rank as usize, y)
    }

    fn infer(&self, pass: &Pass) -> Result {
        self.input(pass)?;
        let base = self.base_output(pass)?;
        pass.declare(0, DType::F32, base.view(pass)?.shape())
    }

    fn describe() -> LayerInfo {
        LayerInfo::new("a frozen dense layer with a trainable update of low rank")
            .reference("Hu et al. 2021, eq. 3; arXiv 2106.09685")
            .nested(1, 1)
    }
}

impl LoRA {
    /// The input, of shape [..., in].
    fn input<'a>(&self, pass: &'a Pass) -> Result<View<'a>> {
        let input = pass.view(0)?;
        input.expect(DType::F32)?;
        match input.shape().last() {
            Some(&last) if last == self.inputs => Ok(input),
            _ => Err(Error::shape(format!(
                "the last axis does not fit: expected [..., {}], found {:?}",
                self.inputs,
                input.shape()
            ))),
        }
    }

    /// What the base makes of it, of shape [..., out].
    fn base_output(&self, pass: &Pass) -> Result<Tensor> {
        let [tensor] = self.base.apply(pass, &[pass.input(0)?])?;
        let view = tensor.view(pass)?.named("the base layer's output");
        view.expect(DType::F32)?;
        let mut expected = pass.view(0)?.shape().to_vec();
        if let Some(last) = expected.last_mut() {
            *last = self.outputs;
        }
        let found = view.shape();
        if found != expected {
            return Err(Error::shape(format!(
                "the base layer's output has the wrong shape: expected {expected:?}, found {found:?}"
            )));
        }
        Ok(tensor)
    }
}

impl Settings {
    fn scale(&self) -> Result<f32> {
        let (rank, alpha) = (self.rank as f64, self.alpha);
        let divisor = if self.rslora { rank.sqrt() } else { rank };
        let scale = (alpha / divisor) as f32;
        match scale.is_finite() {
            true => Ok(scale),
            false => Err(Error::invalid(format!(
                "alpha does not fit a 32-bit float: found {alpha:?}"
            ))),
        }
    }
}

reinit_plugin! {
    id: "org.reinit.lora",
    layers: { "LoRA": LoRA },
}
