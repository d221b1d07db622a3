//! A forward pass, or the inference of its shapes.

use crate::error::{Error, Result};
use crate::host::{elements, Call};
use crate::row::ChildRow;
use crate::sys;
use crate::tensor::{elements_as, empty_view, DType, Element, Floats, LayerHandle, Tensor, View};
use std::cell::Cell;
use std::ops::Deref;
use std::slice;

/// Inputs, children and outputs of a forward pass. A [`Call`] as well.
pub struct Pass<'a> {
    inputs: Vec<Tensor>,
    children: Vec<Part>,
    /// How many outputs are not made yet.
    remaining: Cell<u64>,
    /// Whether the pass ends with its last output.
    ends: bool,
    raw: &'a sys::ri_forward,
    call: Call<'a>,
}

/// A child of a described layer.
struct Part {
    name: &'static str,
    tensor: Option<Tensor>,
    layer: Option<LayerHandle>,
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
        let shapes_only = raw.flags & sys::RI_FORWARD_SHAPES != 0;
        let call = Call::new(raw.host, raw.call).without_data(shapes_only);
        let handles = elements(raw.inputs, raw.n_inputs).iter();
        let inputs = handles.filter_map(|&input| Tensor::retained(call.host(), input));
        Pass {
            inputs: inputs.collect(),
            children: Vec::new(),
            remaining: Cell::new(raw.n_outputs),
            ends: false,
            raw,
            call,
        }
    }

    /// # Safety
    /// `raw` is the host's, for `'a`.
    pub(crate) unsafe fn described(
        raw: &'a sys::ri_forward,
        rows: &'static [ChildRow],
    ) -> Result<Pass<'a>> {
        let mut pass = Pass::new(raw);
        let (host, parts) = (pass.call.host(), elements(raw.children, raw.n_children));
        if parts.len() != rows.len() {
            let (expected, found) = (rows.len(), parts.len());
            return Err(Error::invalid(format!(
                "wrong number of children: expected {expected}, found {found}"
            )));
        }
        let part = |(row, part): (&ChildRow, &sys::ri_part)| Part {
            name: row.name,
            tensor: Tensor::retained(host, part.tensor),
            layer: LayerHandle::retained(host, part.layer),
        };
        pass.children = rows.iter().zip(parts).map(part).collect();
        pass.ends = pass.shapes_only();
        Ok(pass)
    }

    /// Whether only shapes are asked for: tensors have no elements, and neither have outputs.
    pub fn shapes_only(&self) -> bool {
        self.call.lacks_data()
    }

    /// Whether all outputs are made.
    pub(crate) fn is_complete(&self) -> bool {
        self.raw.n_outputs > 0 && self.remaining.get() == 0
    }

    fn child(&self, name: &str) -> &Part {
        let child = self.children.iter().find(|child| child.name == name);
        child.unwrap_or_else(|| panic!("no child '{name}'"))
    }

    /// A tensor of a described layer; None where it is absent.
    ///
    /// # Panics
    /// Without a child of that name.
    pub fn child_tensor(&self, name: &str) -> Option<&Tensor> {
        self.child(name).tensor.as_ref()
    }

    /// A layer of a described layer; None where it is absent.
    ///
    /// # Panics
    /// Without a child of that name.
    pub fn child_layer(&self, name: &str) -> Option<&LayerHandle> {
        self.child(name).layer.as_ref()
    }

    /// The elements of a tensor of a described layer, which must be there.
    ///
    /// # Panics
    /// Without a child of that name.
    pub fn child_floats(&self, name: &str) -> Result<Floats<'a>> {
        let absent = || Error::invalid(format!("{name} is absent"));
        self.optional_child_floats(name)?.ok_or_else(absent)
    }

    /// The elements of a tensor of a described layer; None where it is absent.
    ///
    /// # Panics
    /// Without a child of that name.
    pub fn optional_child_floats(&self, name: &str) -> Result<Option<Floats<'a>>> {
        let Part { name, tensor, .. } = self.child(name);
        let floats = tensor.as_ref().map(|tensor| tensor.floats(self, name));
        floats.transpose()
    }

    /// What a layer makes of one tensor; its shape alone while shapes are inferred. Errors call it by this name.
    pub fn apply(&self, layer: &LayerHandle, input: &Tensor, name: &'a str) -> Result<Floats<'a>> {
        let [made] = layer.apply(self, &[input])?;
        made.floats(self, name)
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

    /// An input's elements as `f32`, whatever float type they are kept as; without any while shapes are inferred.
    pub fn floats(&self, index: usize) -> Result<Floats<'a>> {
        let raw = self.input(index)?.raw();
        // SAFETY: an input, which lives until the call returns.
        unsafe { elements_as(self, raw, Pass::name(index)) }
    }

    fn name(index: usize) -> &'static str {
        let names = ["the input", "the second input", "the third input"];
        names.get(index).copied().unwrap_or("an input")
    }

    /// An input's type, shape and elements.
    pub fn view(&self, index: usize) -> Result<View<'_>> {
        Ok(self.input(index)?.view(self)?.named(Pass::name(index)))
    }

    /// Makes an output and lends its memory, until the call returns; its contents are garbage. Once for each. Empty while
    /// shapes are inferred.
    pub fn output<T: Element>(&self, index: u64, shape: &[i64]) -> Result<&'a mut [T]> {
        let view = self.make(index, T::DTYPE, shape)?;
        let (data, count) = (view.data.cast::<T>(), view.count as usize);
        self.one_made()?;
        if count == 0 || self.shapes_only() {
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
        self.make(index, dtype, shape)?;
        self.one_made()
    }

    /// Gives a tensor as an output.
    pub fn set_output(&self, index: u64, tensor: &Tensor) -> Result {
        let set = self.table().set_output;
        // SAFETY: both handles are alive; the host adds a reference.
        Error::of_host(unsafe { set(self.call.raw(), index, tensor.raw()) })?;
        self.one_made()
    }

    /// Counts an output; after the last one there is nothing more to do where only shapes are wanted.
    fn one_made(&self) -> Result {
        self.remaining.set(self.remaining.get().saturating_sub(1));
        match self.ends && self.is_complete() {
            true => Err(Error::unsupported("only shapes are asked for")),
            false => Ok(()),
        }
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
