//! The C headers, mirrored field by field: what the safe layer stands on.
//!
//! Names, order and meaning are those of `reinit/*.h`, which are the contract; sizes are asserted at compile time, and
//! `cargo test` compiles a C program that compares every offset and constant. Nothing here is checked: prefer the
//! safe layer, and come here for what it does not offer.

#![allow(missing_docs, non_camel_case_types)]

mod base;
pub mod draft;
mod function;
mod host;
mod initializer;
mod layer;
mod value;

pub use base::*;
pub use function::*;
pub use host::*;
pub use initializer::*;
pub use layer::*;
pub use value::*;

macro_rules! sizes {
    ($($name:ident: $size:literal,)*) => {
        $(const _: () = assert!(core::mem::size_of::<$name>() == $size);)*
    };
}

sizes! {
    ri_str: 16,
    ri_geometry: 48,
    ri_random: 24,
    ri_value: 16,
    ri_param: 88,
    ri_fill: 168,
    ri_distribution: 40,
    ri_initializer: 136,
    ri_child: 72,
    ri_build: 56,
    ri_part: 16,
    ri_rebuild: 40,
    ri_view: 40,
    ri_forward: 48,
    ri_layer_type: 168,
    ri_arg: 16,
    ri_function: 152,
    ri_host: 224,
    ri_plugin: 88,
}

const _: () = assert!(core::mem::size_of::<draft::ri_draft_blas>() == 16);
const _: () = assert!(core::mem::size_of::<*const u8>() == 8 && cfg!(target_endian = "little"));
