//! The update without BLAS, against numpy's (test/reference.json).

use crate::update::rows;

/// The numbers of `"key": [...]`.
fn list(line: &str, key: &str) -> Vec<f32> {
    let (_, rest) = line.split_once(&format!("\"{key}\": [")).unwrap();
    let numbers = rest.split(']').next().unwrap().split(", ");
    numbers.map(|number| number.parse().unwrap()).collect()
}

#[test]
fn the_update_is_that_of_loralib() {
    let reference = include_str!("../test/reference.json");
    let mut count = 0;
    for line in reference.lines().filter(|line| line.starts_with('{')) {
        let [x, a, b, result] = ["x", "a", "b", "result"].map(|key| list(line, key));
        let (mut y, rank) = (list(line, "y"), list(line, "rank")[0] as usize);
        rows(list(line, "scaling")[0], &x, &a, &b, rank, &mut y);
        let largest = result
            .iter()
            .fold(0.0f32, |largest, x| largest.max(x.abs()));
        for (found, expected) in y.iter().zip(result) {
            assert!(
                (found - expected).abs() <= 1e-6 * largest,
                "{found}, expected {expected}"
            );
        }
        count += 1;
    }
    assert_eq!(count, 3);
}
