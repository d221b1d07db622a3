//! Layers: children, rebuilding, forward pass.

use crate::child::Child;
use crate::error::{Error, Result};
use crate::host::{elements, Call};
use crate::param::Value;
use crate::params::Params;
use crate::row::ChildRow;
use crate::sys;
use crate::tensor::LayerHandle;
use crate::{Parts, Pass};
use std::ops::Deref;

/// A layer whose children follow from its parameters: a struct of parameters ([`params!`](crate::params)), and a table of
/// children. The host creates, counts, rebuilds, checks and ties; what is left is the forward pass.
///
/// ```
/// # use reinit_plugin::*;
/// params! {
///     struct Gate {
///         /// elements of the last axis
///         size: i64 => min(1.0),
///     }
/// }
///
/// impl DescribedLayer for Gate {
///     fn describe() -> LayerInfo {
///         LayerInfo::new("y = weight ∘ x")
///     }
///     fn children() -> Vec<ChildRow> {
///         vec![ChildRow::tensor("weight", Role::SCALE, "[size]").fresh("constant(0.1)")]
///     }
///     fn forward(&self, pass: &Pass) -> Result {
///         let (x, w) = (pass.floats(0)?, pass.child_floats("weight")?);
///         x.expect_last_axis(self.size)?;
///         for (i, y) in pass.output(0, x.shape())?.iter_mut().enumerate() {
///             *y = x[i] * w[i % w.len()];
///         }
///         Ok(())
///     }
/// }
///
/// reinit_plugin! { id: "org.example.gate", described_layers: { "Gate": Gate } }
/// # fn main() {}
/// ```
pub trait DescribedLayer: Params {
    /// What users read; called once, as the plugin is loaded.
    fn describe() -> LayerInfo;

    /// The children, in order; called once, as the plugin is loaded.
    fn children() -> Vec<ChildRow>;

    /// The forward pass.
    fn forward(&self, _pass: &Pass) -> Result {
        Err(Error::unsupported("no forward pass"))
    }

    /// The shapes of the outputs; tensors have no contents. Without this `forward` runs, as far as its last output.
    fn infer(&self, pass: &Pass) -> Result {
        self.forward(pass)
    }
}

/// A layer that makes its children itself: immutable once [`create`](Layer::create) or [`rebuild`](Layer::rebuild) has
/// returned it.
pub trait Layer: Sized + Send + Sync + 'static {
    /// What users may set.
    type Params: Params;

    /// What users read; called once, as the plugin is loaded.
    fn describe() -> LayerInfo;

    /// A new instance, its tensors without contents: [`Child::fresh`] says what they begin with.
    fn create(params: Self::Params, build: &Build) -> Result<Self>;

    /// The children, absent ones included; called once for each instance, in the same order for all.
    fn children(&self) -> Vec<Child>;

    /// A new instance with other children: the same number, of the same kinds. Refuses what does not fit.
    fn rebuild(&self, parts: &Parts) -> Result<Self>;

    /// The forward pass.
    fn forward(&self, _pass: &Pass) -> Result {
        Err(Error::unsupported("no forward pass"))
    }

    /// The shapes of the outputs, by [`Pass::declare`]; inputs have no contents.
    fn infer(&self, _pass: &Pass) -> Result {
        Err(Error::unsupported("no inference of shapes"))
    }

    /// The parameters as they now are, in the order of the fields; None: as at creation.
    fn config(&self) -> Option<Vec<Value>> {
        None
    }
}

/// A layer's description: one input, one output and no nested layers, unless it says otherwise.
#[derive(Clone, Debug)]
pub struct LayerInfo {
    pub(crate) summary: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) version: u32,
    pub(crate) flags: u32,
    pub(crate) inputs: (u32, u32),
    pub(crate) outputs: u32,
    pub(crate) layers: (u32, u32),
    pub(crate) forward: bool,
}

impl LayerInfo {
    /// Begins with one line about it.
    pub fn new(summary: &'static str) -> LayerInfo {
        LayerInfo {
            summary,
            reference: "",
            version: 1,
            flags: 0,
            inputs: (1, 1),
            outputs: 1,
            layers: (0, 0),
            forward: true,
        }
    }

    /// Paper.
    pub fn reference(mut self, reference: &'static str) -> LayerInfo {
        self.reference = reference;
        self
    }

    /// From 1; add 1 whenever the children or the numbers change.
    pub fn version(mut self, version: u32) -> LayerInfo {
        self.version = version;
        self
    }

    /// How many inputs the forward pass takes.
    pub fn inputs(mut self, min: u32, max: u32) -> LayerInfo {
        self.inputs = (min, max);
        self
    }

    /// How many outputs it has.
    pub fn outputs(mut self, count: u32) -> LayerInfo {
        self.outputs = count;
        self
    }

    /// How many layers a user may nest in it.
    pub fn nested(mut self, min: u32, max: u32) -> LayerInfo {
        self.layers = (min, max);
        self
    }

    /// Not reentrant: one call at a time, over all instances.
    pub fn exclusive(mut self) -> LayerInfo {
        self.flags |= sys::RI_LAYER_EXCLUSIVE;
        self
    }

    /// Structure and parameters only: `forward` and `infer` are not offered.
    pub fn without_forward(mut self) -> LayerInfo {
        self.forward = false;
        self
    }
}

/// What [`Layer::create`] is given. A [`Call`] as well: `build.tensor(DType::F32, &[8])?`.
pub struct Build<'a> {
    layers: &'a [*mut sys::ri_layer],
    call: Call<'a>,
}

impl<'a> Deref for Build<'a> {
    type Target = Call<'a>;
    fn deref(&self) -> &Call<'a> {
        &self.call
    }
}

impl<'a> Build<'a> {
    /// # Safety
    /// `raw` is the host's, for `'a`.
    pub(crate) unsafe fn new(raw: &'a sys::ri_build) -> Build<'a> {
        Build {
            layers: elements(raw.layers, raw.n_layers),
            call: Call::new(raw.host, raw.call),
        }
    }

    /// The layers that the user nests in this one, in order.
    pub fn layers(&self) -> Vec<LayerHandle> {
        (0..self.layers.len())
            .filter_map(|index| self.nested(index))
            .collect()
    }

    /// One of them; None where there is none.
    pub fn nested(&self, index: usize) -> Option<LayerHandle> {
        let raw = *self.layers.get(index)?;
        // SAFETY: the host's, alive until the call returns.
        unsafe { LayerHandle::retained(self.host(), raw) }
    }
}
