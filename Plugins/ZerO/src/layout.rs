//! Which element of a weight is what. Each is a function of its index alone.

use reinit_plugin::{Error, Geometry, Result};
use std::f32::consts::FRAC_1_SQRT_2;

reinit_plugin::words! {
    /// Whose factor Hadamard matrices have: they differ by √2.
    pub enum Norm {
        /// c = 2^(−(m−1)/2), as algorithm 1 is printed.
        Paper = "paper",
        /// c = 2^(−m/2), as in the authors' code: columns of length 1 where the outputs are a power of two.
        Code = "code",
    }
}

/// A weight as matrices, outputs by inputs: one for each packed part and each group, at the kernel's center.
pub struct Layout {
    sizes: Vec<usize>,
    out_axis: usize,
    in_axis: usize,
    rows: usize,
    columns: usize,
    /// What ones are multiplied with; None: the (partial) identity.
    factor: Option<f32>,
}

impl Layout {
    /// Refuses weights that algorithms 1 and 2 say nothing about.
    pub fn new(shape: &[i64], geometry: &Geometry, norm: Norm) -> Result<Layout> {
        let (out_axis, in_axis) = axes(shape, geometry)?;
        let sizes: Vec<usize> = shape.iter().map(|&size| size.max(0) as usize).collect();
        let kernel: Vec<usize> = (0..sizes.len())
            .filter(|&axis| axis != out_axis && axis != in_axis)
            .map(|axis| sizes[axis])
            .collect();
        if kernel.iter().any(|size| size % 2 == 0) {
            return Err(Error::shape(format!(
                "a kernel needs a center: expected odd sizes, found {kernel:?}"
            )));
        }
        let (groups, parts) = (geometry.group_count(), geometry.part_count());
        let transposed = geometry.is_transposed();
        let rows = divided(sizes[out_axis], parts, if transposed { 1 } else { groups })?;
        let columns = divided(sizes[in_axis], 1, if transposed { groups } else { 1 })?;
        let factor = (rows > columns).then(|| factor(rows, norm));
        Ok(Layout {
            sizes,
            out_axis,
            in_axis,
            rows,
            columns,
            factor,
        })
    }

    /// Writes elements from index `first` on.
    pub fn write(&self, first: u64, out: &mut [f32]) {
        let mut index = self.index(first);
        let (last, mut rest) = (index.len() - 1, out);
        while !rest.is_empty() {
            let count = rest.len().min(self.sizes[last] - index[last]);
            let (run, later) = rest.split_at_mut(count);
            self.write_run(&index, run);
            rest = later;
            index[last] += count;
            for axis in (1..index.len()).rev() {
                if index[axis] == self.sizes[axis] {
                    index[axis] = 0;
                    index[axis - 1] += 1;
                }
            }
        }
    }

    fn index(&self, first: u64) -> Vec<usize> {
        let (mut rest, mut index) = (first as usize, vec![0; self.sizes.len()]);
        for axis in (0..index.len()).rev() {
            index[axis] = rest % self.sizes[axis];
            rest /= self.sizes[axis];
        }
        index
    }

    /// Writes neighbors along the last axis.
    fn write_run(&self, index: &[usize], run: &mut [f32]) {
        let last = index.len() - 1;
        let (row, column) = (
            index[self.out_axis] % self.rows,
            index[self.in_axis] % self.columns,
        );
        if !(0..last).all(|axis| self.is_map(axis) || index[axis] == self.sizes[axis] / 2) {
            run.fill(0.0);
        } else if last == self.in_axis {
            let columns = (0..self.columns).cycle().skip(column);
            for (x, column) in run.iter_mut().zip(columns) {
                *x = self.entry(row, column);
            }
        } else if last == self.out_axis {
            let rows = (0..self.rows).cycle().skip(row);
            for (x, row) in run.iter_mut().zip(rows) {
                *x = self.entry(row, column);
            }
        } else {
            run.fill(0.0);
            let center = (self.sizes[last] / 2).wrapping_sub(index[last]);
            if let Some(x) = run.get_mut(center) {
                *x = self.entry(row, column);
            }
        }
    }

    fn is_map(&self, axis: usize) -> bool {
        axis == self.out_axis || axis == self.in_axis
    }

    /// One entry of the matrix.
    fn entry(&self, row: usize, column: usize) -> f32 {
        match self.factor {
            None => f32::from(u8::from(row == column)),
            Some(factor) if (row & column).count_ones() % 2 == 0 => factor,
            Some(factor) => -factor,
        }
    }
}

/// The axes of outputs and inputs.
fn axes(shape: &[i64], geometry: &Geometry) -> Result<(usize, usize)> {
    if !(2..=5).contains(&shape.len()) {
        return Err(Error::shape(format!(
            "a matrix or kernel has 2 to 5 axes: found {}",
            shape.len()
        )));
    }
    if geometry.is_one_hot() {
        return Err(Error::unsupported(
            "an embedding is no map of features: expected a matrix or a kernel",
        ));
    }
    let axis = |number: i32| {
        usize::try_from(number)
            .ok()
            .filter(|&axis| axis < shape.len())
    };
    match (geometry.in_axes(), axis(geometry.out_axis())) {
        (&[number], Some(out_axis)) if axis(number).map_or(false, |axis| axis != out_axis) => {
            Ok((out_axis, number as usize))
        }
        (&[_], _) => Err(Error::invalid("the geometry does not fit the shape")),
        (axes, _) => Err(Error::unsupported(format!(
            "a matrix has one axis of inputs: found {}",
            axes.len()
        ))),
    }
}

/// A size over parts and groups.
fn divided(size: usize, parts: i64, groups: i64) -> Result<usize> {
    let pieces = (parts.max(1) as usize).saturating_mul(groups.max(1) as usize);
    match size % pieces {
        0 => Ok(size / pieces),
        _ => Err(Error::shape(format!(
            "parts and groups must divide what they split: expected a multiple of {pieces}, found {size}"
        ))),
    }
}

/// The factor of a Hadamard matrix of at least two rows: a power of two or 1/√2 times one, the same bits everywhere.
fn factor(rows: usize, norm: Norm) -> f32 {
    let m = usize::BITS - (rows - 1).leading_zeros();
    let halves = if norm == Norm::Paper { m - 1 } else { m };
    let whole = 1.0 / (1u64 << (halves / 2)) as f32;
    match halves % 2 {
        0 => whole,
        _ => whole * FRAC_1_SQRT_2,
    }
}
