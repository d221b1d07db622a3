//! What the axes of a weight mean.

use crate::sys;

/// Which axes of a weight are outputs and inputs; those that are neither are a kernel's. Fans follow from it.
#[derive(Clone, Copy, Debug)]
pub struct Geometry {
    raw: sys::ri_geometry,
}

impl Geometry {
    /// torch's `[out, in, kernel...]`: what most layers have.
    pub fn out_in() -> Geometry {
        Geometry::new(0, &[1])
    }

    /// One output axis, and 1 to 4 input axes.
    ///
    /// # Panics
    /// With no or more than four input axes.
    pub fn new(out_axis: i32, in_axes: &[i32]) -> Geometry {
        let mut raw = sys::ri_geometry {
            struct_size: std::mem::size_of::<sys::ri_geometry>() as u32,
            flags: 0,
            out_axis,
            n_in_axes: in_axes.len() as u32,
            in_axes: [0; 4],
            groups: 1,
            parts: 1,
        };
        assert!(
            (1..=4).contains(&in_axes.len()),
            "a geometry has 1 to 4 input axes"
        );
        raw.in_axes[..in_axes.len()].copy_from_slice(in_axes);
        Geometry { raw }
    }

    pub(crate) fn of_raw(raw: &sys::ri_geometry) -> Geometry {
        Geometry { raw: *raw }
    }

    pub(crate) fn raw(&self) -> &sys::ri_geometry {
        &self.raw
    }

    /// So many independent maps that the channels are split into.
    pub fn groups(mut self, groups: i64) -> Geometry {
        self.raw.groups = groups;
        self
    }

    /// So many matrices packed along the output axis: 3 for queries, keys, values.
    pub fn parts(mut self, parts: i64) -> Geometry {
        self.raw.parts = parts;
        self
    }

    /// Groups split the input axis, as in a transposed convolution.
    pub fn transposed(mut self) -> Geometry {
        self.raw.flags |= sys::RI_GEOMETRY_TRANSPOSED;
        self
    }

    /// An embedding: one row is read at a time.
    pub fn one_hot(mut self) -> Geometry {
        self.raw.flags |= sys::RI_GEOMETRY_ONE_HOT;
        self
    }

    /// The axis of the outputs.
    pub fn out_axis(&self) -> i32 {
        self.raw.out_axis
    }

    /// The axes of the inputs.
    pub fn in_axes(&self) -> &[i32] {
        let count = (self.raw.n_in_axes as usize).min(self.raw.in_axes.len());
        &self.raw.in_axes[..count]
    }

    /// How many groups.
    pub fn group_count(&self) -> i64 {
        self.raw.groups
    }

    /// How many packed parts.
    pub fn part_count(&self) -> i64 {
        self.raw.parts
    }

    /// Whether groups split the input axis.
    pub fn is_transposed(&self) -> bool {
        self.raw.flags & sys::RI_GEOMETRY_TRANSPOSED != 0
    }

    /// Whether it is an embedding.
    pub fn is_one_hot(&self) -> bool {
        self.raw.flags & sys::RI_GEOMETRY_ONE_HOT != 0
    }

    /// Whether the host inferred it from names and shapes.
    pub fn is_guess(&self) -> bool {
        self.raw.flags & sys::RI_GEOMETRY_GUESS != 0
    }
}
