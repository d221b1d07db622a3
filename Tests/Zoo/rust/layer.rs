// What the broken layers in Rust are made of: `zoo! { fn forward … }` is a plugin whose layer computes so.
// y = x * weight + bias over the last axis.

use reinit_plugin::*;

struct Zoo {
    size: i64,
    weight: Tensor,
    bias: Option<Tensor>,
}

params! {
    struct Settings {
        /// elements of the last axis
        size: i64 => min(1.0),
        /// whether there is a bias
        bias: bool = true,
    }
}

impl Zoo {
    fn new(settings: Settings, build: &Build) -> Result<Zoo> {
        let size = settings.size;
        let vector = || build.tensor(DType::F32, &[size]);
        let bias = settings.bias.then(vector).transpose()?;
        Ok(Zoo { size, weight: vector()?, bias })
    }

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

    /// What the good one computes.
    fn scale(&self, pass: &Pass) -> Result {
        let input = self.checked(pass.view(0)?)?;
        let (x, w) = (input.elements::<f32>()?, self.weight.read::<f32>(pass, "weight")?);
        let bias = self.bias.as_ref();
        let b = bias.map(|bias| bias.read::<f32>(pass, "bias")).transpose()?;
        let y = pass.output::<f32>(0, input.shape())?;
        for (i, y) in y.iter_mut().enumerate() {
            *y = x[i] * w[i % w.len()] + b.map_or(0.0, |b| b[i % b.len()]);
        }
        Ok(())
    }
}

macro_rules! zoo {
    ($($body:tt)*) => {
        impl Layer for Zoo {
            $($body)*

            type Params = Settings;

            fn create(settings: Settings, build: &Build) -> Result<Zoo> {
                Zoo::new(settings, build)
            }

            fn children(&self) -> Vec<Child> {
                vec![
                    Child::tensor("weight", Role::SCALE, Some(&self.weight)).fresh("uniform(low: 0.5, high: 1.5)"),
                    Child::tensor("bias", Role::BIAS, self.bias.as_ref()),
                ]
            }

            fn rebuild(&self, parts: &Parts) -> Result<Zoo> {
                let shape = [self.size];
                let (weight, bias) = (parts.need_tensor("weight", &shape)?, parts.tensor_of_shape("bias", &shape)?);
                Ok(Zoo { size: self.size, weight, bias })
            }

            fn infer(&self, pass: &Pass) -> Result {
                pass.declare(0, DType::F32, self.checked(pass.view(0)?)?.shape())
            }

            fn config(&self) -> Option<Vec<Value>> {
                Some(vec![Value::Int(self.size), Value::Bool(self.bias.is_some())])
            }

            fn describe() -> LayerInfo {
                LayerInfo::new("scales and shifts")
            }
        }

        reinit_plugin! {
            id: "org.example.zoo",
            layers: { "Zoo": Zoo },
        }
    };
}
