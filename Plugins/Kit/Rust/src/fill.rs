//! One range of a tensor to fill.

use crate::geometry::Geometry;
use crate::host::{elements, text, Call};
use crate::initializer::InitializerInfo;
use crate::params::Params;
use crate::random::Random;
use crate::{sys, Role};
use std::ops::Deref;
use std::os::raw::c_void;

/// One range to fill, or, in `check` and `distribution`, the tensor without a range. A [`Call`] as well.
pub struct Fill<'a> {
    /// What the user has set.
    pub params: Params<'a>,
    raw: &'a sys::ri_fill,
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

    /// # Safety
    /// `raw` is the host's, for `'a`; `user` is the description that was registered.
    pub(crate) unsafe fn lend(raw: *const sys::ri_fill, user: *mut c_void) -> Fill<'a> {
        let raw: &'a sys::ri_fill = &*raw;
        let info = &*(user as *const InitializerInfo);
        Fill {
            params: Params::new(&info.params, raw.params, raw.n_params),
            raw,
            call: Call::new(raw.host, raw.call),
        }
    }
}
