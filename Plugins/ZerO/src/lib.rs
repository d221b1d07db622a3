//! ZerO (Zhao, Schäfer and Anandkumar 2022): networks that begin with zeros and ones, up to a factor.

#![forbid(unsafe_code)]

mod layout;
#[cfg(test)]
mod tests;

use layout::{Layout, Norm};
use reinit_plugin::*;

struct ZerO;

impl Initializer for ZerO {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        layout(fill)?.write(fill.offset(), out);
        Ok(())
    }

    fn check(fill: &Fill) -> Result {
        layout(fill).map(|_| ())
    }

    fn describe() -> InitializerInfo {
        const FACTOR: &str = "of Hadamard matrices: paper, 2^(−(m−1)/2), or code, 2^(−m/2)";
        let norm = Param::word("normalization", "paper", FACTOR).choices(&["paper", "code"]);
        InitializerInfo::new("identity, or a Hadamard matrix where there are more outputs than inputs")
            .formula(
                "W[i, j, center] = 1 if i = j else 0, where out ≤ in; c·(−1)^popcount(i & j), where out > in; \
                 c = 2^(−(m−1)/2), m = ⌈log₂ out⌉; 0 at all other taps",
            )
            .reference("Zhao, Schäfer and Anandkumar 2022, algorithms 1 and 2; arXiv 2110.12661")
            .param(norm.may_have_no_effect())
    }
}

fn layout(fill: &Fill) -> Result<Layout> {
    let norm = match fill.params.word("normalization") {
        "code" => Norm::Code,
        _ => Norm::Paper,
    };
    let geometry = fill.geometry().unwrap_or_else(Geometry::out_in);
    Layout::new(fill.shape(), &geometry, norm)
}

reinit_plugin! {
    id: "org.reinit.zero",
    initializers: { "hadamard": ZerO },
}
