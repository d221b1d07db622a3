//! What the axes of a weight mean.

use crate::sys;
use std::borrow::Cow;

/// Which axes of a weight are outputs and inputs; those that are neither are a kernel's. Fans follow from it.
#[derive(Debug)]
pub struct Geometry {
    raw: sys::ri_geometry,
    packed: Vec<(Cow<'static, str>, i64)>,
    /// What `raw.packed` points to.
    _rows: Vec<sys::ri_packed>,
}

// SAFETY: the pointers in it are to memory of its own, which nobody changes.
unsafe impl Send for Geometry {}
unsafe impl Sync for Geometry {}

impl Clone for Geometry {
    fn clone(&self) -> Geometry {
        Geometry::with(self.raw, self.packed.clone())
    }
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
            packed: std::ptr::null(),
        };
        assert!(
            (1..=4).contains(&in_axes.len()),
            "a geometry has 1 to 4 input axes"
        );
        raw.in_axes[..in_axes.len()].copy_from_slice(in_axes);
        Geometry::with(raw, Vec::new())
    }

    fn with(mut raw: sys::ri_geometry, packed: Vec<(Cow<'static, str>, i64)>) -> Geometry {
        let row = |(name, size): &(Cow<'static, str>, i64)| sys::ri_packed {
            name: sys::ri_str::of(name),
            size: *size,
        };
        let rows: Vec<_> = packed.iter().map(row).collect();
        raw.packed = match rows.len() {
            0 => std::ptr::null(),
            _ => rows.as_ptr(),
        };
        Geometry {
            raw,
            packed,
            _rows: rows,
        }
    }

    /// # Safety
    /// `raw` is the host's, as long as the call lasts; what it points to is copied.
    pub(crate) unsafe fn of_raw(raw: *const sys::ri_geometry) -> Geometry {
        let raw = sys::read_capped(raw);
        let count = if raw.packed.is_null() { 0 } else { raw.parts };
        let packed = crate::host::elements(raw.packed, count.max(0) as u64)
            .iter()
            .map(|row| (crate::host::text(row.name).to_string().into(), row.size))
            .collect();
        Geometry::with(raw, packed)
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

    /// Matrices packed along the output axis, by name, with their sizes along it: `[("q", 64), ("k", 16), ("v", 16)]`.
    pub fn packed(mut self, parts: Vec<(Cow<'static, str>, i64)>) -> Geometry {
        self.raw.parts = parts.len() as i64;
        Geometry::with(self.raw, parts)
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

    /// Names and sizes of the packed parts; empty where they are equal and have no names.
    pub fn packed_parts(&self) -> &[(Cow<'static, str>, i64)] {
        &self.packed
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
