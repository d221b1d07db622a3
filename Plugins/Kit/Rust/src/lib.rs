//! Plugins for Reinit, in Rust: initializers and layers over its stable C ABI.
//!
//! A plugin is a `cdylib` that declares structs of parameters ([`params!`]), implements [`Initializer`] or [`DescribedLayer`]
//! for them, and names them in [`reinit_plugin!`]:
//!
//! ```
//! use reinit_plugin::*;
//!
//! params! {
//!     struct Lecun {
//!         /// factor of the standard deviation
//!         gain: f64 = 1.0 => min(0.0),
//!     }
//! }
//!
//! impl Initializer for Lecun {
//!     fn describe() -> InitializerInfo {
//!         InitializerInfo::new("normal with std = gain/√fan_in").needs_fans()
//!     }
//!     fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
//!         let std = self.gain / fill.fan_in().sqrt();
//!         fill.random().normal(fill.offset(), 0.0, std as f32, out);
//!         Ok(())
//!     }
//! }
//!
//! reinit_plugin! { id: "org.example.lecun", initializers: { "lecun": Lecun } }
//! # fn main() {}
//! ```
//!
//! Nothing here is `unsafe` for a plugin. A panic does not unwind into the host: the call fails with
//! [`Status::INTERNAL`] and the panic's message, and nothing is printed unless `RUST_BACKTRACE` is set. What would
//! still end the host: a stack overflow, `std::process::exit`, an allocation that fails (use
//! [`Call::scratch`] or `try_reserve` for sizes that users choose), and `panic = "abort"`, which does not compile.
//!
//! [`sys`] mirrors the C headers for what the safe layer does not offer.

#![deny(missing_docs)]

mod blas;
mod child;
mod described;
#[doc(hidden)]
#[allow(missing_docs)]
pub mod entry;
mod error;
mod fill;
mod geometry;
mod guard;
mod host;
mod initializer;
mod instance;
mod layer;
mod param;
mod params;
mod parts;
mod pass;
mod random;
mod row;
mod source;
pub mod sys;
mod tensor;

/// What is only tried out: may change or go with any release.
pub mod draft {
    pub use crate::blas::{Blas, Matrix};
}

pub use child::{Child, Role};
pub use error::{Error, Result, Status};
pub use fill::{Fill, Slice};
pub use geometry::Geometry;
pub use host::{Call, Host, LayerChild, LayerFacts, Level};
pub use initializer::{Distribution, DistributionInitializer, Initializer, InitializerInfo};
pub use layer::{Build, DescribedLayer, Layer, LayerInfo};
pub use param::{Param, Value};
#[doc(hidden)]
pub use params::row;
pub use params::{Params, Setting, Values};
pub use parts::Parts;
pub use pass::Pass;
pub use random::Random;
pub use row::ChildRow;
pub use source::Source;
pub use tensor::{DType, Doubles, Element, Elements, Floats, LayerHandle, Tensor, View};
