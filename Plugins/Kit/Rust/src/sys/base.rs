//! `reinit/base.h`, `reinit/geometry.h`, `reinit/random.h`.

use core::ffi::c_void;
use core::marker::{PhantomData, PhantomPinned};

pub const RI_ABI_MAJOR: u16 = 1;
pub const RI_ABI_MINOR: u16 = 0;

pub type ri_status = i32;
pub const RI_OK: ri_status = 0;
pub const RI_INVALID: ri_status = 1;
pub const RI_UNSUPPORTED: ri_status = 2;
pub const RI_SHAPE: ri_status = 3;
pub const RI_DTYPE: ri_status = 4;
pub const RI_NO_MEMORY: ri_status = 5;
pub const RI_CANCELLED: ri_status = 6;
pub const RI_DUPLICATE: ri_status = 7;
pub const RI_ABI: ri_status = 8;
pub const RI_INTERNAL: ri_status = 9;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ri_str {
    pub ptr: *const u8,
    pub len: u64,
}

impl ri_str {
    /// Of no bytes.
    pub const EMPTY: ri_str = ri_str::of("");

    /// Borrows a text; the caller keeps it alive.
    pub const fn of(text: &str) -> ri_str {
        ri_str {
            ptr: text.as_ptr(),
            len: text.len() as u64,
        }
    }
}

pub type ri_dtype = u32;
pub const RI_F32: ri_dtype = 1;
pub const RI_F64: ri_dtype = 2;
pub const RI_F16: ri_dtype = 3;
pub const RI_BF16: ri_dtype = 4;
pub const RI_I64: ri_dtype = 5;
pub const RI_I32: ri_dtype = 6;
pub const RI_I16: ri_dtype = 7;
pub const RI_I8: ri_dtype = 8;
pub const RI_U64: ri_dtype = 9;
pub const RI_U32: ri_dtype = 10;
pub const RI_U16: ri_dtype = 11;
pub const RI_U8: ri_dtype = 12;
pub const RI_BOOL8: ri_dtype = 13;
pub const RI_F8_E4M3: ri_dtype = 14;
pub const RI_F8_E5M2: ri_dtype = 15;

pub type ri_role = u32;
pub const RI_ROLE_NONE: ri_role = 0;
pub const RI_ROLE_WEIGHT: ri_role = 1;
pub const RI_ROLE_BIAS: ri_role = 2;
pub const RI_ROLE_SCALE: ri_role = 3;
pub const RI_ROLE_BUFFER: ri_role = 4;
pub const RI_ROLE_OTHER: ri_role = 5;

macro_rules! opaque {
    ($($name:ident)*) => {$(
        #[repr(C)]
        pub struct $name {
            _opaque: [u8; 0],
            _neither_send_nor_sync: PhantomData<(*mut c_void, PhantomPinned)>,
        }
    )*};
}

opaque! { ri_call ri_tensor ri_layer }

pub const RI_GEOMETRY_TRANSPOSED: u32 = 1 << 0;
pub const RI_GEOMETRY_ONE_HOT: u32 = 1 << 1;
pub const RI_GEOMETRY_GUESS: u32 = 1 << 2;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ri_packed {
    pub name: ri_str,
    pub size: i64,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ri_geometry {
    pub struct_size: u32,
    pub flags: u32,
    pub out_axis: i32,
    pub n_in_axes: u32,
    pub in_axes: [i32; 4],
    pub groups: i64,
    pub parts: i64,
    pub packed: *const ri_packed,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ri_random {
    pub seed: u64,
    pub name: u64,
    pub lane: u32,
    pub reserved: u32,
}
