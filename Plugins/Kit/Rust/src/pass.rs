//! A forward pass, or the inference of its shapes.

use crate::error::{Error, Result};
use crate::host::{elements, Call};
use crate::sys;
use crate::tensor::{empty_view, DType, Element, Tensor, View};
use std::ops::Deref;
use std::slice;

/// Inputs and outputs of a forward pass. A [`Call`] as well.
pub struct Pass<'a> {
    inputs: Vec<Tensor>,
    raw: &'a sys::ri_forward,
    call: Call<'a>,
}

impl<'a> Deref for Pass<'a> {
    type Target = Call<'a>;
    fn deref(&self) -> &Call<'a> {
        &self.call
    }
}

impl<'a> Pass<'a> {
    /// # Safety
    /// `raw` is the host's, for `'a`.
    pub(crate) unsafe fn new(raw: &'a sys::ri_forward) -> Pass<'a> {
        let call = Call::new(raw.host, raw.call);
        let handles = elements(raw.inputs, raw.n_inputs).iter();
        let inputs = handles.filter_map(|&input| Tensor::retained(call.host(), input));
        Pass {
            inputs: inputs.collect(),
            raw,
            call,
        }
    }

    /// All inputs, to hand on to a nested layer.
    pub fn inputs(&self) -> &[Tensor] {
        &self.inputs
    }

    /// How many outputs the host expects.
    pub fn output_count(&self) -> u64 {
        self.raw.n_outputs
    }

    /// An input's handle.
    pub fn input(&self, index: usize) -> Result<&Tensor> {
        let missing = || Error::invalid(format!("input {index} is missing"));
        self.inputs.get(index).ok_or_else(missing)
    }

    /// An input's type, shape and elements.
    pub fn view(&self, index: usize) -> Result<View<'_>> {
        let name = ["the input", "the second input", "the third input"];
        let name = name.get(index).copied().unwrap_or("an input");
        Ok(self.input(index)?.view(self)?.named(name))
    }

    /// Makes an output and lends its memory, until the call returns; its contents are garbage. Once for each.
    pub fn output<T: Element>(&self, index: u64, shape: &[i64]) -> Result<&'a mut [T]> {
        let view = self.make(index, T::DTYPE, shape)?;
        let (data, count) = (view.data.cast::<T>(), view.count as usize);
        if count == 0 {
            return Ok(&mut []);
        }
        if data.is_null() {
            return Err(Error::invalid(format!("output {index} has no memory here")));
        }
        // SAFETY: the host lends each output's memory once.
        Ok(unsafe { slice::from_raw_parts_mut(data, count) })
    }

    /// Says an output's type and shape, while shapes are inferred.
    pub fn declare(&self, index: u64, dtype: DType, shape: &[i64]) -> Result {
        self.make(index, dtype, shape).map(|_| ())
    }

    /// Gives a tensor as an output.
    pub fn set_output(&self, index: u64, tensor: &Tensor) -> Result {
        let set = self.table().set_output;
        // SAFETY: both handles are alive; the host adds a reference.
        Error::of_host(unsafe { set(self.call.raw(), index, tensor.raw()) })
    }

    fn make(&self, index: u64, dtype: DType, shape: &[i64]) -> Result<sys::ri_view> {
        let (mut view, rank) = (empty_view(), shape.len() as u32);
        let make = self.table().output;
        // SAFETY: the call is alive; the shape is copied.
        let status = unsafe {
            make(
                self.call.raw(),
                index,
                dtype.0,
                rank,
                shape.as_ptr(),
                &mut view,
            )
        };
        Error::of_host(status)?;
        Ok(view)
    }
}
