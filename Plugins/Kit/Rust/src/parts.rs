//! What a layer is rebuilt with.

use crate::child::Child;
use crate::error::{Error, Result};
use crate::host::Call;
use crate::sys;
use crate::tensor::{LayerHandle, Tensor};
use std::ops::Deref;

/// The successors of a layer's children, by name. A [`Call`] as well.
///
/// The kit has checked that there is one part for each child, and no layer where a tensor belongs.
pub struct Parts<'a> {
    children: &'a [Child],
    parts: &'a [sys::ri_part],
    call: Call<'a>,
}

impl<'a> Deref for Parts<'a> {
    type Target = Call<'a>;
    fn deref(&self) -> &Call<'a> {
        &self.call
    }
}

impl<'a> Parts<'a> {
    pub(crate) fn new(
        children: &'a [Child],
        parts: &'a [sys::ri_part],
        call: Call<'a>,
    ) -> Result<Parts<'a>> {
        if parts.len() != children.len() {
            let (expected, found) = (children.len(), parts.len());
            return Err(Error::invalid(format!(
                "wrong number of parts: expected {expected}, found {found}"
            )));
        }
        for (child, part) in children.iter().zip(parts) {
            let (name, other) = match child.is_tensor() {
                true => (child.name(), !part.layer.is_null()),
                false => (child.name(), !part.tensor.is_null()),
            };
            if other {
                let (expected, found) = match child.is_tensor() {
                    true => ("a tensor", "a layer"),
                    false => ("a layer", "a tensor"),
                };
                return Err(Error::invalid(format!(
                    "'{name}' is of the wrong kind: expected {expected}, found {found}"
                )));
            }
        }
        Ok(Parts {
            children,
            parts,
            call,
        })
    }

    /// The tensor of that name; None where it is absent.
    ///
    /// # Panics
    /// Without a child of that name.
    pub fn tensor(&self, name: &str) -> Option<Tensor> {
        // SAFETY: the host's, alive until the call returns.
        unsafe { Tensor::retained(self.host(), self.part(name).tensor) }
    }

    /// The layer of that name; None where it is absent.
    ///
    /// # Panics
    /// Without a child of that name.
    pub fn layer(&self, name: &str) -> Option<LayerHandle> {
        // SAFETY: the host's, alive until the call returns.
        unsafe { LayerHandle::retained(self.host(), self.part(name).layer) }
    }

    /// A layer that must be there.
    pub fn need_layer(&self, name: &str) -> Result<LayerHandle> {
        let missing = || Error::invalid(format!("'{name}' is missing: expected a layer"));
        self.layer(name).ok_or_else(missing)
    }

    /// A tensor that must be there, with this shape.
    pub fn need_tensor(&self, name: &str, shape: &[i64]) -> Result<Tensor> {
        let missing = || {
            Error::invalid(format!(
                "'{name}' is missing: expected a tensor of shape {shape:?}"
            ))
        };
        self.tensor_of_shape(name, shape)?.ok_or_else(missing)
    }

    /// A tensor that has this shape, or is absent.
    pub fn tensor_of_shape(&self, name: &str, shape: &[i64]) -> Result<Option<Tensor>> {
        let tensor = match self.tensor(name) {
            Some(tensor) => tensor,
            None => return Ok(None),
        };
        let found = tensor.view(self)?.shape();
        if found != shape {
            return Err(Error::shape(format!(
                "'{name}' has the wrong shape: expected {shape:?}, found {found:?}"
            )));
        }
        Ok(Some(tensor))
    }

    fn part(&self, name: &str) -> &sys::ri_part {
        let index = self.children.iter().position(|child| child.name() == name);
        let part = index.and_then(|index| self.parts.get(index));
        part.unwrap_or_else(|| panic!("no child '{name}'"))
    }
}
