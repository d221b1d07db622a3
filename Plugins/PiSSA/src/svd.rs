//! The largest singular values of a matrix, with their vectors.

use reinit_plugin::*;

/// The largest singular values, in order; each pair of vectors has the sign that makes the left one's largest element positive.
pub struct Principal {
    pub values: Vec<f64>,
    pub left: Vec<Vec<f64>>,
    pub right: Vec<Vec<f64>>,
}

impl Principal {
    /// Those of the source `base`; at most as many as it has.
    pub fn of(fill: &Fill, rank: usize) -> Result<Principal> {
        let base = fill.source("base")?;
        let (rows, columns) = (base.shape()[0] as usize, base.shape()[1] as usize);
        let is_wide = columns > rows;
        let (count, length) = if is_wide { (rows, columns) } else { (columns, rows) };
        let at = |i: usize, j: usize| f64::from(if is_wide { base[i * columns + j] } else { base[j * columns + i] });
        let vectors = (0..count).map(|i| (0..length).map(|j| at(i, j)).collect()).collect();
        let (sums, turns) = orthogonalized(fill, vectors)?;
        Ok(largest(sums, turns, rank, is_wide))
    }
}

/// One-sided Jacobi (Hestenes 1958): vectors are turned against one another, in pairs, until all are orthogonal.
/// Returns them, and what was turned: the given vectors are the sums of the results, weighted by these.
fn orthogonalized(fill: &Fill, mut vectors: Vec<Vec<f64>>) -> Result<(Vec<Vec<f64>>, Vec<Vec<f64>>)> {
    let count = vectors.len();
    let mut turns: Vec<Vec<f64>> = (0..count)
        .map(|i| (0..count).map(|j| f64::from(u8::from(i == j))).collect())
        .collect();
    for _ in 0..60 {
        let mut is_done = true;
        for p in 0..count {
            fill.check_cancelled()?;
            for q in p + 1..count {
                if let Some((cosine, sine)) = turn(&vectors[p], &vectors[q]) {
                    is_done = false;
                    rotate(&mut vectors, p, q, cosine, sine);
                    rotate(&mut turns, p, q, cosine, sine);
                }
            }
        }
        if is_done {
            break;
        }
    }
    Ok((vectors, turns))
}

/// The turn that makes two vectors orthogonal; None where they are.
fn turn(a: &[f64], b: &[f64]) -> Option<(f64, f64)> {
    let (alpha, beta, gamma) = (dot(a, a), dot(b, b), dot(a, b));
    if gamma.abs() <= 1e-14 * (alpha * beta).sqrt() {
        return None;
    }
    let zeta = (beta - alpha) / (2.0 * gamma);
    let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    Some((cosine, cosine * tangent))
}

fn rotate(vectors: &mut [Vec<f64>], p: usize, q: usize, cosine: f64, sine: f64) {
    let (head, tail) = vectors.split_at_mut(q);
    for (a, b) in head[p].iter_mut().zip(tail[0].iter_mut()) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The vectors of the largest values: those that were turned have the values as their lengths.
fn largest(sums: Vec<Vec<f64>>, turns: Vec<Vec<f64>>, rank: usize, is_wide: bool) -> Principal {
    let lengths: Vec<f64> = sums.iter().map(|vector| dot(vector, vector).sqrt()).collect();
    let mut order: Vec<usize> = (0..sums.len()).collect();
    order.sort_by(|&a, &b| lengths[b].total_cmp(&lengths[a]).then(a.cmp(&b)));
    order.truncate(rank);
    let mut principal = Principal { values: vec![], left: vec![], right: vec![] };
    for index in order {
        let length = lengths[index];
        let unit = sums[index].iter().map(|value| if length > 0.0 { value / length } else { 0.0 }).collect();
        // The i-th given vector is the sum of results j times turns[j][i].
        let (mut left, mut right) = if is_wide { (turns[index].clone(), unit) } else { (unit, turns[index].clone()) };
        orient(&mut left, &mut right);
        principal.values.push(length);
        principal.left.push(left);
        principal.right.push(right);
    }
    principal
}

fn orient(left: &mut [f64], right: &mut [f64]) {
    let largest = left.iter().fold(0.0, |found: f64, value| if value.abs() > found.abs() { *value } else { found });
    if largest < 0.0 {
        left.iter_mut().chain(right.iter_mut()).for_each(|value| *value = -*value);
    }
}
