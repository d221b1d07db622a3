//! PiSSA (Meng, Wang and Zhang 2024): a low-rank adapter that begins as the principal part of a weight, and the weight as the rest.

#![forbid(unsafe_code)]

mod svd;

use reinit_plugin::*;
use svd::Principal;

const REFERENCE: &str = "Meng, Wang and Zhang, PiSSA, 2024, equations 2 to 4; arXiv 2404.02948";

params! {
    /// `lora_A`: what goes from the inputs to the rank.
    struct Down {
        /// path of the adapted weight, from the tensor that is filled
        base: String = "..base_layer.weight".into(),
        /// factor of the adapter's product: alpha / rank
        scaling: f64 = 1.0 => min(1e-6).max(1e6),
    }
}

params! {
    /// `lora_B`: what goes from the rank to the outputs.
    struct Up {
        /// path of the adapted weight, from the tensor that is filled
        base: String = "..base_layer.weight".into(),
        /// factor of the adapter's product: alpha / rank
        scaling: f64 = 1.0 => min(1e-6).max(1e6),
    }
}

params! {
    /// The weight without what the adapter has.
    struct Residual {
        /// of the adapter
        rank: usize = 16 => min(1.0),
        /// path of the adapted weight, from the tensor that is filled
        base: String = ".weight".into(),
    }
}

impl Initializer for Down {
    fn check(&self, fill: &Fill) -> Result {
        let (rank, columns) = matrix(fill.shape())?;
        expect(rank, columns, fill.source("base")?.shape(), 1)
    }

    /// √S Vᵀ, row by row.
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let (rank, columns) = matrix(fill.shape())?;
        let base = Principal::of(fill, rank)?;
        for (row, values) in out.chunks_mut(columns).enumerate() {
            let factor = (base.values[row] / self.scaling).sqrt();
            for (value, right) in values.iter_mut().zip(&base.right[row]) {
                *value = (factor * right) as f32;
            }
        }
        Ok(())
    }

    fn describe() -> InitializerInfo {
        described("A = √S Vᵀ of the largest singular values of the adapted weight", "A = √(S/s)·Vᵀ, W ≈ U S Vᵀ")
    }
}

impl Initializer for Up {
    fn check(&self, fill: &Fill) -> Result {
        let (rows, rank) = matrix(fill.shape())?;
        expect(rank, rows, fill.source("base")?.shape(), 0)
    }

    /// U √S, row by row.
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let (_, rank) = matrix(fill.shape())?;
        let base = Principal::of(fill, rank)?;
        for (row, values) in out.chunks_mut(rank).enumerate() {
            for (column, value) in values.iter_mut().enumerate() {
                *value = (base.left[column][row] * (base.values[column] / self.scaling).sqrt()) as f32;
            }
        }
        Ok(())
    }

    fn describe() -> InitializerInfo {
        described("B = U √S of the largest singular values of the adapted weight", "B = U·√(S/s), W ≈ U S Vᵀ")
    }
}

impl Initializer for Residual {
    fn check(&self, fill: &Fill) -> Result {
        matrix(fill.shape())?;
        let found = fill.source("base")?.shape();
        if found == fill.shape() {
            return Ok(());
        }
        Err(Error::new(Status::SHAPE, format!("the base has another shape: expected {:?}, found {found:?}", fill.shape())))
    }

    /// W − U S Vᵀ, summed in double precision.
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let (_, columns) = matrix(fill.shape())?;
        let (base, weight) = (Principal::of(fill, self.rank)?, fill.source("base")?);
        for (index, value) in out.iter_mut().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let principal: f64 = (0..base.values.len())
                .map(|k| base.values[k] * base.left[k][row] * base.right[k][column])
                .sum();
            *value = (f64::from(weight[index]) - principal) as f32;
        }
        Ok(())
    }

    fn describe() -> InitializerInfo {
        described("the weight without its largest singular values, which the adapter has", "W ← W − U S Vᵀ, of the `rank` largest")
    }
}

/// Singular vectors turn by what machines round, the more the closer two values are.
fn described(summary: &'static str, formula: &'static str) -> InitializerInfo {
    InitializerInfo::new(summary)
        .formula(formula)
        .reference(REFERENCE)
        .source(Source::tensor("base", "$base"))
        .whole()
        .tolerance(1e-4)
}

fn matrix(shape: &[i64]) -> Result<(usize, usize)> {
    match *shape {
        [rows, columns] => Ok((rows as usize, columns as usize)),
        _ => Err(Error::new(Status::SHAPE, format!("expected a matrix, found {shape:?}"))),
    }
}

/// Refuses a base whose axis has another size than the adapter's, or that has no such rank.
fn expect(rank: usize, size: usize, base: &[i64], axis: usize) -> Result {
    let (rows, columns) = matrix(base)?;
    if base[axis] as usize == size && rank <= rows.min(columns) {
        return Ok(());
    }
    let text = format!("the adapter does not fit: expected {size} along axis {axis} and a rank up to {}, found rank {rank} and {base:?}", rows.min(columns));
    Err(Error::new(Status::SHAPE, text))
}

reinit_plugin! {
    id: "org.reinit.pissa",
    initializers: { "pissa_a": Down, "pissa_b": Up, "pissa_residual": Residual },
}
