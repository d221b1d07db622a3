//! One range of a tensor to fill.

use crate::error::{Error, Result};
use crate::geometry::Geometry;
use crate::host::{elements, text, Call};
use crate::initializer::InitializerInfo;
use crate::random::Random;
use crate::tensor::{elements_as, empty_view, Floats};
use crate::{sys, DType, Role};
use std::ops::Deref;
use std::os::raw::c_void;

/// One range to fill, or, in `check` and `distribution`, the tensor without a range. A [`Call`] as well.
pub struct Fill<'a> {
    raw: &'a sys::ri_fill,
    info: &'a InitializerInfo,
    call: Call<'a>,
}

impl<'a> Deref for Fill<'a> {
    type Target = Call<'a>;
    fn deref(&self) -> &Call<'a> {
        &self.call
    }
}

impl<'a> Fill<'a> {
    /// The sizes of the whole tensor.
    pub fn shape(&self) -> &'a [i64] {
        // SAFETY: the host's, for `'a`.
        unsafe { elements(self.raw.shape, u64::from(self.raw.rank)) }
    }

    /// The elements of the whole tensor.
    pub fn total(&self) -> u64 {
        self.raw.total
    }

    /// The index of `out[0]` in the tensor, row-major.
    pub fn offset(&self) -> u64 {
        self.raw.offset
    }

    /// Inputs to one output; NaN where the parameter has none.
    pub fn fan_in(&self) -> f64 {
        self.raw.fan_in
    }

    /// Outputs of one input; NaN where the parameter has none.
    pub fn fan_out(&self) -> f64 {
        self.raw.fan_out
    }

    /// What the axes mean; None where that is not known.
    pub fn geometry(&self) -> Option<Geometry> {
        let raw = self.raw.geometry;
        // SAFETY: the host's, for `'a`, or null.
        (!raw.is_null()).then(|| unsafe { Geometry::of_raw(raw) })
    }

    /// The tensor's random numbers.
    pub fn random(&self) -> Random {
        Random::new(self.call.host(), self.raw.random)
    }

    /// The parameter's name, as in the file.
    pub fn path(&self) -> &'a str {
        // SAFETY: the host's, for `'a`.
        unsafe { text(self.raw.path) }
    }

    /// What the parameter is for.
    pub fn role(&self) -> Role {
        Role(self.raw.role)
    }

    /// Which of how many equal blocks the parameter lies in, from 0; None where unknown.
    pub fn block(&self) -> Option<(u64, u64)> {
        let count = self.raw.block_count;
        (count > 0).then_some((self.raw.block_index, count))
    }

    /// What the elements are kept as: the host rounds to it.
    pub fn target_dtype(&self) -> DType {
        DType(self.raw.target_dtype)
    }

    /// The part that a rule fills, a slice for each axis; empty: all of it. Offsets are the whole tensor's.
    pub fn part(&self) -> Vec<Slice> {
        // SAFETY: the host's, for `'a`.
        let raw = unsafe { elements(self.raw.part, u64::from(self.raw.rank)) };
        let slice = |raw: &sys::ri_slice| Slice {
            first: raw.first,
            count: raw.count,
            step: raw.step,
        };
        raw.iter().map(slice).collect()
    }

    /// The part's name, as in [`Geometry::packed_parts`]; empty where it has none.
    pub fn part_name(&self) -> &'a str {
        // SAFETY: the host's, for `'a`.
        unsafe { text(self.raw.part_name) }
    }

    /// A source's elements, whatever float type they are kept as; in `check` its shape alone.
    ///
    /// # Panics
    /// Without a source of that name.
    pub fn source(&self, name: &str) -> Result<Floats<'a>> {
        let (raw, name) = self.handle(name)?;
        // SAFETY: the host's, alive until the call returns.
        unsafe { elements_as(&self.call, raw, name) }
    }

    /// A source's shape, whatever type it has.
    ///
    /// # Panics
    /// Without a source of that name.
    pub fn source_shape(&self, name: &str) -> Result<&'a [i64]> {
        let mut view = empty_view();
        let (raw, _) = self.handle(name)?;
        // SAFETY: the host's, alive until the call returns.
        unsafe {
            Error::of_host((self.call.table().tensor_view)(
                self.call.raw(),
                raw,
                &mut view,
            ))?;
            Ok(elements(view.shape, u64::from(view.rank)))
        }
    }

    /// A source's elements at the indices of the range, whatever type of numbers they are kept as: what a fill of a range
    /// needs of a source of the tensor's shape. It costs no more than the range.
    ///
    /// # Panics
    /// Without a source of that name.
    pub fn read(&self, name: &str, out: &mut [f32]) -> Result {
        let (raw, _) = self.handle(name)?;
        let (first, count) = (self.offset(), out.len() as u64);
        // SAFETY: the handle is the host's; `out` has room for as many elements.
        unsafe {
            let read = self.call.table().tensor_read;
            Error::of_host(read(
                self.call.raw(),
                raw,
                first,
                count,
                sys::RI_F32,
                out.as_mut_ptr().cast(),
            ))
        }
    }

    fn handle(&self, name: &str) -> Result<(*mut sys::ri_tensor, &'a str)> {
        let index = self
            .info
            .sources
            .iter()
            .position(|source| source.name == name);
        let index = index.unwrap_or_else(|| panic!("no source '{name}'"));
        // SAFETY: the host's, for `'a`.
        let sources = unsafe { elements(self.raw.sources, self.raw.n_sources) };
        let missing = || Error::invalid(format!("the source '{name}' is missing"));
        let raw = *sources.get(index).ok_or_else(missing)?;
        Ok((raw, self.info.sources[index].name))
    }

    /// # Safety
    /// `raw` is the host's, for `'a`; `user` is the description that was registered.
    pub(crate) unsafe fn lend(raw: *const sys::ri_fill, user: *mut c_void) -> Fill<'a> {
        let raw: &'a sys::ri_fill = &*raw;
        let call = Call::new(raw.host, raw.call);
        Fill {
            raw,
            info: &*(user as *const InitializerInfo),
            call: call.without_data(raw.out.is_null()),
        }
    }
}

/// What is wanted along one axis: first, first + step ...
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are called what they are
pub struct Slice {
    pub first: i64,
    pub count: i64,
    pub step: i64,
}
