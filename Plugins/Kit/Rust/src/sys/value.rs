//! `reinit/value.h`.

use super::ri_str;

pub const RI_VALUE_NONE: u32 = 0;
pub const RI_VALUE_BOOL: u32 = 1;
pub const RI_VALUE_INT: u32 = 2;
pub const RI_VALUE_REAL: u32 = 3;
pub const RI_VALUE_WORD: u32 = 4;
pub const RI_VALUE_INTS: u32 = 5;
pub const RI_VALUE_REALS: u32 = 6;

#[repr(C)]
#[derive(Clone, Copy)]
pub union ri_value_u {
    pub i64: i64,
    pub f64: f64,
    pub word: *const u8,
    pub i64s: *const i64,
    pub f64s: *const f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ri_value {
    pub type_: u32,
    pub count: u32,
    pub u: ri_value_u,
}

pub const RI_PARAM_REQUIRED: u32 = 1 << 0;
pub const RI_PARAM_MIN: u32 = 1 << 1;
pub const RI_PARAM_MAX: u32 = 1 << 2;
pub const RI_PARAM_MIN_OPEN: u32 = 1 << 3;
pub const RI_PARAM_MAX_OPEN: u32 = 1 << 4;
pub const RI_PARAM_NON_FINITE: u32 = 1 << 5;
pub const RI_PARAM_MAY_HAVE_NO_EFFECT: u32 = 1 << 16;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ri_param {
    pub struct_size: u32,
    pub flags: u32,
    pub name: ri_str,
    pub summary: ri_str,
    pub default_value: ri_value,
    pub min: f64,
    pub max: f64,
    pub choices: *const ri_str,
    pub n_choices: u64,
}
