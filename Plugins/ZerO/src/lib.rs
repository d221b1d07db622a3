//! ZerO (Zhao, Schäfer and Anandkumar 2022): networks that begin with zeros and ones, up to a factor.

#![forbid(unsafe_code)]

mod layout;
#[cfg(test)]
mod tests;

use layout::{Layout, Norm};
use reinit_plugin::*;

params! {
    struct ZerO {
        /// of Hadamard matrices: paper, 2^(−(m−1)/2), or code, 2^(−m/2)
        normalization: Norm = Norm::Paper => may_have_no_effect(),
    }
}

impl Initializer for ZerO {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        self.layout(fill)?.write(fill.offset(), out);
        Ok(())
    }

    fn check(&self, fill: &Fill) -> Result {
        self.layout(fill).map(|_| ())
    }

    fn describe() -> InitializerInfo {
        InitializerInfo::new("identity, or a Hadamard matrix where there are more outputs than inputs")
            .formula(
                "W[i, j, center] = 1 if i = j else 0, where out ≤ in; c·(−1)^popcount(i & j), where out > in; \
                 c = 2^(−(m−1)/2), m = ⌈log₂ out⌉; 0 at all other taps",
            )
            .reference("Zhao, Schäfer and Anandkumar 2022, algorithms 1 and 2; arXiv 2110.12661")
    }
}

impl ZerO {
    fn layout(&self, fill: &Fill) -> Result<Layout> {
        let geometry = fill.geometry().unwrap_or_else(Geometry::out_in);
        Layout::new(fill.shape(), &geometry, self.normalization)
    }
}

reinit_plugin! {
    id: "org.reinit.zero",
    initializers: { "hadamard": ZerO },
}
