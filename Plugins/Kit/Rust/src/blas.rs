//! The host's matrix products: a draft, which may change or go with any release.

use crate::error::{Error, Result};
use crate::host::Host;
use crate::sys::draft::{ri_draft_blas, RI_DRAFT_BLAS};

/// A matrix as it lies in memory, row-major, or its transpose.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    elements: &'a [f32],
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<'a> Matrix<'a> {
    /// `rows` by `columns` elements.
    ///
    /// # Panics
    /// With another number of elements.
    pub fn new(elements: &'a [f32], rows: usize, columns: usize) -> Matrix<'a> {
        assert_eq!(elements.len(), rows * columns, "elements of a matrix");
        Matrix {
            elements,
            rows,
            columns,
            transposed: false,
        }
    }

    /// The same elements, rows for columns.
    pub fn transposed(self) -> Matrix<'a> {
        Matrix {
            rows: self.columns,
            columns: self.rows,
            transposed: !self.transposed,
            ..self
        }
    }

    fn stride(&self) -> i64 {
        let width = if self.transposed {
            self.rows
        } else {
            self.columns
        };
        width.max(1) as i64
    }
}

/// The host's BLAS.
#[derive(Clone, Copy)]
pub struct Blas(&'static ri_draft_blas);

impl Blas {
    /// None where the host has none: write the loops as well.
    pub fn of(host: Host) -> Option<Blas> {
        // SAFETY: the type of the table of that name.
        unsafe { host.service(RI_DRAFT_BLAS, 1) }.map(Blas)
    }

    /// c = alpha · a · b + beta · c, where c is row-major.
    ///
    /// # Panics
    /// Where the sizes do not fit.
    ///
    /// # Errors
    /// Where the host's library does not have such sizes, or cannot work; `c` is as it was.
    pub fn multiply(&self, alpha: f32, a: Matrix, b: Matrix, beta: f32, c: &mut [f32]) -> Result {
        assert_eq!(a.columns, b.rows, "inner sizes of a product");
        assert_eq!(c.len(), a.rows * b.columns, "elements of a product");
        if c.is_empty() {
            return Ok(());
        }
        let (m, n, k) = (a.rows as i64, b.columns as i64, a.columns as i64);
        let (ta, tb) = (i32::from(a.transposed), i32::from(b.transposed));
        let (pa, pb) = (a.elements.as_ptr(), b.elements.as_ptr());
        // SAFETY: sizes and strides are those of the slices.
        let status = unsafe {
            let (sa, sb) = (a.stride(), b.stride());
            (self.0.sgemm)(
                ta,
                tb,
                m,
                n,
                k,
                alpha,
                pa,
                sa,
                pb,
                sb,
                beta,
                c.as_mut_ptr(),
                n,
            )
        };
        Error::of_host(status)
    }
}
