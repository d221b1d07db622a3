//! The stream of random numbers of one tensor.

use crate::error::{Error, Result, Status};
use crate::host::Host;
use crate::sys;

/// A tensor's stream: draw element i of the tensor with index i, and any partition of it has the same bits.
#[derive(Clone, Copy)]
pub struct Random {
    host: Host,
    raw: sys::ri_random,
}

impl Random {
    pub(crate) fn new(host: Host, raw: sys::ri_random) -> Random {
        Random { host, raw }
    }

    /// A further sequence of the same tensor, independent of the others: 0 to 15; that of the fill itself is 0.
    pub fn lane(mut self, lane: u32) -> Random {
        self.raw.lane = lane;
        self
    }

    /// Raw words, from index `first` on.
    pub fn words(&self, first: u64, out: &mut [u32]) {
        // SAFETY: [any]; writes `out` and no more.
        unsafe {
            (self.host.table().random_words)(&self.raw, first, out.len() as u64, out.as_mut_ptr())
        }
    }

    /// Uniform in [low, high).
    pub fn uniform(&self, first: u64, low: f32, high: f32, out: &mut [f32]) {
        let (draw, count) = (self.host.table().random_uniform, out.len() as u64);
        // SAFETY: [any]; writes `out` and no more.
        unsafe { draw(&self.raw, first, count, low, high, out.as_mut_ptr()) }
    }

    /// Normal.
    pub fn normal(&self, first: u64, mean: f32, std: f32, out: &mut [f32]) {
        let (draw, count) = (self.host.table().random_normal, out.len() as u64);
        // SAFETY: [any]; writes `out` and no more.
        unsafe { draw(&self.raw, first, count, mean, std, out.as_mut_ptr()) }
    }

    /// Normal, between two bounds; mean and std are those before truncation.
    pub fn truncated_normal(
        &self,
        first: u64,
        (mean, std): (f32, f32),
        (low, high): (f32, f32),
        out: &mut [f32],
    ) -> Result {
        let (draw, count) = (self.host.table().random_truncated_normal, out.len() as u64);
        // SAFETY: [any]; writes `out` and no more.
        let status = unsafe {
            draw(
                &self.raw,
                first,
                count,
                mean,
                std,
                low,
                high,
                out.as_mut_ptr(),
            )
        };
        Error::of_host(status).map_err(|error| {
            let message = format!("no normal({mean}, {std}) lies between {low} and {high}");
            Error::new(Status(error.status().0), message)
        })
    }
}
