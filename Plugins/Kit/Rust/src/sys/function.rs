//! `reinit/function.h`.

use super::*;
use core::ffi::c_void;

pub const RI_TYPE_VOID: u32 = 0;
pub const RI_TYPE_I8: u32 = 1;
pub const RI_TYPE_U8: u32 = 2;
pub const RI_TYPE_I16: u32 = 3;
pub const RI_TYPE_U16: u32 = 4;
pub const RI_TYPE_I32: u32 = 5;
pub const RI_TYPE_U32: u32 = 6;
pub const RI_TYPE_I64: u32 = 7;
pub const RI_TYPE_U64: u32 = 8;
pub const RI_TYPE_F32: u32 = 9;
pub const RI_TYPE_F64: u32 = 10;
pub const RI_TYPE_POINTER: u32 = 11;

pub const RI_ARG_RESULT: u32 = 0;
pub const RI_ARG_OUT_F32: u32 = 1;
pub const RI_ARG_OUT_F64: u32 = 2;
pub const RI_ARG_INDEX: u32 = 3;
pub const RI_ARG_COUNT: u32 = 4;
pub const RI_ARG_OFFSET: u32 = 5;
pub const RI_ARG_TOTAL: u32 = 6;
pub const RI_ARG_RANK: u32 = 7;
pub const RI_ARG_SHAPE: u32 = 8;
pub const RI_ARG_FAN_IN: u32 = 9;
pub const RI_ARG_FAN_OUT: u32 = 10;
pub const RI_ARG_SEED: u32 = 11;
pub const RI_ARG_PARAM: u32 = 12;
pub const RI_ARG_BLOCK_INDEX: u32 = 13;
pub const RI_ARG_BLOCK_COUNT: u32 = 14;
pub const RI_ARG_USER: u32 = 15;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ri_arg {
    pub type_: u32,
    pub role: u32,
    pub param: u32,
    pub reserved: u32,
}

#[repr(C)]
pub struct ri_function {
    pub struct_size: u32,
    pub flags: u32,
    pub name: ri_str,
    pub summary: ri_str,
    pub formula: ri_str,
    pub reference: ri_str,
    pub version: u32,
    pub reserved: u32,
    pub tolerance: f64,
    pub args: *const ri_arg,
    pub n_args: u64,
    pub result: ri_arg,
    pub params: *const ri_param,
    pub n_params: u64,
    pub user: *mut c_void,
    pub function: Option<unsafe extern "C" fn()>,
}
