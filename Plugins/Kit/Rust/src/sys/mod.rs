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

/// The sizes of version 1.0, the least that a host's structs have: what is compared with `struct_size`.
pub mod size_1_0 {
    pub const RI_GEOMETRY: usize = 56;
    pub const RI_PARAM: usize = 88;
    pub const RI_DISTRIBUTION: usize = 40;
    pub const RI_FILL: usize = 216;
    pub const RI_SOURCE: usize = 64;
    pub const RI_INITIALIZER: usize = 152;
    pub const RI_CHILD: usize = 80;
    pub const RI_CHILD_ROW: usize = 128;
    pub const RI_BUILD: usize = 56;
    pub const RI_REBUILD: usize = 40;
    pub const RI_VIEW: usize = 40;
    pub const RI_FORWARD: usize = 80;
    pub const RI_LAYER_INFO: usize = 48;
    pub const RI_LAYER_TYPE: usize = 184;
    pub const RI_FUNCTION: usize = 152;
    pub const RI_HOST: usize = 248;
    pub const RI_PLUGIN: usize = 112;
}

macro_rules! frozen {
    ($($name:ident: $size:literal,)*) => {
        $(const _: () = assert!(core::mem::size_of::<$name>() == $size);)*
    };
}

macro_rules! growing {
    ($($name:ident: $size:ident,)*) => {
        $(const _: () = assert!(core::mem::size_of::<$name>() >= size_1_0::$size);)*
    };
}

frozen! {
    ri_str: 16,
    ri_packed: 24,
    ri_random: 24,
    ri_value: 16,
    ri_slice: 24,
    ri_part: 16,
    ri_arg: 16,
    ri_requirement: 24,
}

growing! {
    ri_geometry: RI_GEOMETRY,
    ri_param: RI_PARAM,
    ri_fill: RI_FILL,
    ri_source: RI_SOURCE,
    ri_distribution: RI_DISTRIBUTION,
    ri_initializer: RI_INITIALIZER,
    ri_child: RI_CHILD,
    ri_child_row: RI_CHILD_ROW,
    ri_build: RI_BUILD,
    ri_rebuild: RI_REBUILD,
    ri_view: RI_VIEW,
    ri_forward: RI_FORWARD,
    ri_layer_info: RI_LAYER_INFO,
    ri_layer_type: RI_LAYER_TYPE,
    ri_function: RI_FUNCTION,
    ri_host: RI_HOST,
    ri_plugin: RI_PLUGIN,
}

const _: () = assert!(core::mem::size_of::<draft::ri_draft_blas>() == 16);
const _: () = assert!(core::mem::size_of::<*const u8>() == 8 && cfg!(target_endian = "little"));

/// Writes a struct no further than the other side's reaches, and leaves its `struct_size` as it is.
///
/// # Safety
/// `out` begins with its `struct_size`, and has so many bytes.
pub(crate) unsafe fn write_capped<T>(out: *mut T, value: &T) {
    let room = *out.cast::<u32>() as usize;
    let count = room.min(core::mem::size_of::<T>()).saturating_sub(4);
    let from = (value as *const T).cast::<u8>();
    core::ptr::copy_nonoverlapping(from.add(4), out.cast::<u8>().add(4), count);
}

/// A copy of a struct as far as the other side's reaches; the rest is zero.
///
/// # Safety
/// `from` begins with its `struct_size`, and has so many bytes; all-zero bytes are a value of `T`.
pub(crate) unsafe fn read_capped<T>(from: *const T) -> T {
    let count = (*from.cast::<u32>() as usize).min(core::mem::size_of::<T>());
    let mut value = core::mem::MaybeUninit::<T>::zeroed();
    core::ptr::copy_nonoverlapping(from.cast::<u8>(), value.as_mut_ptr().cast::<u8>(), count);
    value.assume_init()
}
