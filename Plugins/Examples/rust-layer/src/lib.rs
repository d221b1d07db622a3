//! MyPlugin: a gated residual, y = x + weight ∘ inner(x) + bias over the last axis.

#![forbid(unsafe_code)]

use reinit_plugin::*;

/// An instance never changes once it is made.
struct MyPlugin {
    size: i64,
    weight: Tensor,
    bias: Option<Tensor>,
    inner: Option<LayerHandle>, // None: the identity
}

impl Layer for MyPlugin {
    fn create(build: &Build) -> Result<MyPlugin> {
        let size = build.params.int("size");
        let vector = || build.tensor(DType::F32, &[size]);
        let bias = build.params.bool("bias").then(vector).transpose()?;
        let (weight, inner) = (vector()?, build.nested(0));
        Ok(MyPlugin {
            size,
            weight,
            bias,
            inner,
        })
    }

    fn children(&self) -> Vec<Child> {
        let mut all = vec![
            Child::tensor("weight", Role::SCALE, Some(&self.weight)).fresh("constant(0.1)"),
            Child::tensor("bias", Role::BIAS, self.bias.as_ref()),
        ];
        if let Some(inner) = &self.inner {
            all.push(Child::layer("inner", inner));
        }
        all
    }

    /// The same layer with other children; refuses those that do not fit.
    fn rebuild(&self, parts: &Parts) -> Result<MyPlugin> {
        let inner = self.inner.as_ref().map(|_| parts.need_layer("inner"));
        Ok(MyPlugin {
            size: self.size,
            weight: parts.need_tensor("weight", &[self.size])?,
            bias: parts.tensor_of_shape("bias", &[self.size])?,
            inner: inner.transpose()?,
        })
    }

    /// One input [..., size], one output of the same shape.
    fn forward(&self, pass: &Pass) -> Result {
        let input = self.checked(pass.view(0)?)?;
        let gated = self.applied_inner(pass, &input)?;
        let other = gated.view(pass)?.named("what the nested layer gives");
        let (x, z) = (input.elements::<f32>()?, other.elements::<f32>()?);
        let w = self.weight.read::<f32>(pass, "weight")?;
        let b = self
            .bias
            .as_ref()
            .map(|bias| bias.read::<f32>(pass, "bias"));
        let b = b.transpose()?;
        let y = pass.output::<f32>(0, input.shape())?;
        for (i, y) in y.iter_mut().enumerate() {
            let j = i % w.len();
            let sum = x[i] + w[j] * z[i];
            *y = b.map_or(sum, |b| sum + b[j]);
        }
        Ok(())
    }

    fn infer(&self, pass: &Pass) -> Result {
        let input = self.checked(pass.view(0)?)?;
        self.applied_inner(pass, &input)?;
        pass.declare(0, DType::F32, input.shape())
    }

    fn config(&self) -> Option<Vec<Value>> {
        Some(vec![
            Value::Int(self.size),
            Value::Bool(self.bias.is_some()),
        ])
    }

    fn describe() -> LayerInfo {
        LayerInfo::new("gated residual: y = x + weight ∘ inner(x) + bias")
            .nested(0, 1)
            .param(
                Param::int("size", 0, "elements of the last axis")
                    .required()
                    .min(1.0),
            )
            .param(Param::bool("bias", true, "whether there is a bias"))
    }
}

impl MyPlugin {
    fn checked<'a>(&self, input: View<'a>) -> Result<View<'a>> {
        input.expect(DType::F32)?;
        match input.shape().last() {
            Some(&last) if last == self.size => Ok(input),
            _ => Err(Error::shape(format!(
                "the last axis does not fit: expected [..., {}], found {:?}",
                self.size,
                input.shape()
            ))),
        }
    }

    /// inner(x); its shape alone while shapes are inferred.
    fn applied_inner(&self, pass: &Pass, input: &View) -> Result<Tensor> {
        let [gated] = match &self.inner {
            Some(inner) => inner.apply(pass, &[pass.input(0)?])?,
            None => return Ok(pass.input(0)?.clone()),
        };
        let (expected, found) = (input.shape(), gated.view(pass)?.shape().to_vec());
        if found != expected {
            return Err(Error::shape(format!(
                "the nested layer must keep the shape: expected {expected:?}, found {found:?}"
            )));
        }
        Ok(gated)
    }
}

reinit_plugin! {
    id: "org.example.my-plugin",
    layers: { "MyPlugin": MyPlugin },
}
