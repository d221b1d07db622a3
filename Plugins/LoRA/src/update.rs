//! The update itself: y += scale · x·Aᵀ·Bᵀ, rows being positions.

use reinit_plugin::draft::{Blas, Matrix};
use reinit_plugin::{Pass, Result};

/// Adds the update, by the host's BLAS where it has one; x is [n, in], a [rank, in], b [out, rank], y [n, out].
pub fn add(
    pass: &Pass,
    scale: f32,
    x: &[f32],
    a: &[f32],
    b: &[f32],
    rank: usize,
    y: &mut [f32],
) -> Result {
    let (inputs, outputs) = (a.len() / rank, b.len() / rank);
    let blas = match Blas::of(pass.host()) {
        Some(blas) => blas,
        None => {
            // Pieces of some 100,000 products.
            let grain = 100_000 / (rank * (inputs + outputs)).max(1) + 1;
            return pass.parallel_rows(y, outputs, grain as u64, |first, y| {
                rows(scale, &x[first * inputs..], a, b, rank, y);
                Ok(())
            });
        }
    };
    let n = x.len() / inputs;
    let low = pass.scratch(n * rank)?;
    let (x, a) = (Matrix::new(x, n, inputs), Matrix::new(a, rank, inputs));
    blas.multiply(1.0, x, a.transposed(), 0.0, low)?;
    let (low, b) = (Matrix::new(low, n, rank), Matrix::new(b, outputs, rank));
    blas.multiply(scale, low, b.transposed(), 1.0, y)
}

/// The same for as many rows as y has.
pub fn rows(scale: f32, x: &[f32], a: &[f32], b: &[f32], rank: usize, y: &mut [f32]) {
    let (inputs, outputs) = (a.len() / rank, b.len() / rank);
    let mut low = vec![0.0; rank];
    for (x, y) in x.chunks(inputs).zip(y.chunks_mut(outputs)) {
        for (low, a) in low.iter_mut().zip(a.chunks(inputs)) {
            *low = scale * dot(x, a);
        }
        for (y, b) in y.iter_mut().zip(b.chunks(rank)) {
            *y += dot(&low, b);
        }
    }
}

/// In eight sums, which the compiler keeps in one register.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = a8.remainder().iter().zip(b8.remainder());
    let rest: f32 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in a8.zip(b8) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}
