//! The layout against the authors' code (test/reference.json), and the laws that the code says nothing about.

use crate::layout::{Layout, Norm};
use reinit_plugin::{Geometry, Status};

fn values(shape: &[i64], geometry: &Geometry, norm: Norm) -> Vec<f32> {
    let mut out = vec![f32::NAN; shape.iter().product::<i64>() as usize];
    let layout = Layout::new(shape, geometry, norm).unwrap();
    layout.write(0, &mut out);
    // The shard law: each element alone.
    for (i, &x) in out.iter().enumerate() {
        let mut alone = [f32::NAN];
        layout.write(i as u64, &mut alone);
        assert_eq!(alone[0].to_bits(), x.to_bits(), "element {i} of {shape:?}");
    }
    out
}

/// The numbers of `"key": [...]`.
fn list(line: &str, key: &str) -> Vec<f64> {
    let (_, rest) = line.split_once(&format!("\"{key}\": [")).unwrap();
    let numbers = rest.split(']').next().unwrap().split(", ");
    numbers.map(|number| number.parse().unwrap()).collect()
}

#[test]
fn values_are_those_of_the_authors_code() {
    let reference = include_str!("../test/reference.json");
    let cases = reference
        .lines()
        .filter(|line| line.starts_with("{\"normalization\""));
    let mut count = 0;
    for line in cases {
        let paper = line.contains("\"normalization\": \"paper\"");
        let norm = if paper { Norm::Paper } else { Norm::Code };
        let shape: Vec<i64> = list(line, "shape")
            .iter()
            .map(|&size| size as i64)
            .collect();
        let expected: Vec<f32> = list(line, "values").iter().map(|&x| x as f32).collect();
        assert_eq!(
            values(&shape, &Geometry::out_in(), norm),
            expected,
            "{shape:?}"
        );
        count += 1;
    }
    assert_eq!(count, 40);
}

#[test]
fn each_part_and_group_is_a_map_of_its_own() {
    let one = values(&[4, 2, 3], &Geometry::out_in(), Norm::Paper);
    let groups = values(&[12, 2, 3], &Geometry::out_in().groups(3), Norm::Paper);
    let parts = values(&[12, 2, 3], &Geometry::out_in().parts(3), Norm::Paper);
    assert_eq!(groups, one.repeat(3));
    assert_eq!(parts, groups);
}

#[test]
fn a_transposed_weight_has_its_matrices_transposed() {
    // [in, out/groups, kernel]: two groups of 2 inputs and 3 outputs.
    let geometry = Geometry::new(1, &[0]).transposed().groups(2);
    let weight = values(&[4, 3, 1], &geometry, Norm::Paper);
    let matrix = values(&[3, 2], &Geometry::out_in(), Norm::Paper);
    for (input, row) in weight.chunks(3).enumerate() {
        let column: Vec<f32> = (0..3).map(|out| matrix[out * 2 + input % 2]).collect();
        assert_eq!(row, column);
    }
}

#[test]
fn axes_are_those_of_the_geometry() {
    // Flax: [kernel, in, out].
    let kernel = values(&[3, 2, 8], &Geometry::new(2, &[1]), Norm::Code);
    let matrix = values(&[8, 2], &Geometry::out_in(), Norm::Code);
    for (i, x) in kernel.iter().enumerate() {
        let (tap, input, out) = (i / 16, i / 8 % 2, i % 8);
        let expected = if tap == 1 {
            matrix[out * 2 + input]
        } else {
            0.0
        };
        assert_eq!(*x, expected);
    }
}

#[test]
fn columns_of_a_power_of_two_have_the_length_of_their_normalization() {
    for (norm, square) in [(Norm::Code, 1.0), (Norm::Paper, 2.0)] {
        let matrix = values(&[64, 3], &Geometry::out_in(), norm);
        for a in 0..3 {
            for b in 0..3 {
                let dot: f32 = matrix.chunks(3).map(|row| row[a] * row[b]).sum();
                let expected = if a == b { square } else { 0.0 };
                assert!((dot - expected).abs() < 1e-5, "{a} · {b} = {dot}");
            }
        }
    }
}

#[test]
fn what_the_algorithms_do_not_cover_is_refused() {
    let plain = Geometry::out_in();
    let refused = |shape: &[i64], geometry: &Geometry, status| {
        let error = Layout::new(shape, geometry, Norm::Paper).err();
        assert_eq!(error.map(|error| error.status()), Some(status), "{shape:?}");
    };
    refused(&[8], &plain, Status::SHAPE);
    refused(&[8, 8, 1, 1, 1, 1], &plain, Status::SHAPE);
    refused(&[768, 3, 16, 16], &plain, Status::SHAPE);
    refused(&[7, 2, 3], &plain.groups(2), Status::SHAPE);
    refused(
        &[100, 8],
        &Geometry::new(1, &[0]).one_hot(),
        Status::UNSUPPORTED,
    );
    refused(&[4, 3, 3], &Geometry::new(0, &[1, 2]), Status::UNSUPPORTED);
    refused(&[4, 3], &Geometry::new(0, &[2]), Status::INVALID);
}
