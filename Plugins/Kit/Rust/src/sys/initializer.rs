//! `reinit/initializer.h`.

use super::*;
use core::ffi::c_void;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ri_slice {
    pub first: i64,
    pub count: i64,
    pub step: i64,
}

#[repr(C)]
pub struct ri_fill {
    pub struct_size: u32,
    pub dtype: ri_dtype,
    pub rank: u32,
    pub role: ri_role,
    pub shape: *const i64,
    pub total: u64,
    pub offset: u64,
    pub count: u64,
    pub out: *mut c_void,
    pub fan_in: f64,
    pub fan_out: f64,
    pub geometry: *const ri_geometry,
    pub random: ri_random,
    pub path: ri_str,
    pub block_index: u64,
    pub block_count: u64,
    pub params: *const ri_value,
    pub n_params: u64,
    pub host: *const ri_host,
    pub call: *mut ri_call,
    pub target_dtype: ri_dtype,
    pub reserved: u32,
    pub part: *const ri_slice,
    pub part_name: ri_str,
    pub sources: *const *mut ri_tensor,
    pub n_sources: u64,
}

pub const RI_SOURCE_OLD: u32 = 1;
pub const RI_SOURCE_TENSOR: u32 = 2;
pub const RI_SOURCE_FILE: u32 = 3;

#[repr(C)]
pub struct ri_source {
    pub struct_size: u32,
    pub flags: u32,
    pub kind: u32,
    pub reserved: u32,
    pub name: ri_str,
    pub path: ri_str,
    pub file: ri_str,
}

pub const RI_DISTRIBUTION_UNKNOWN: u32 = 0;
pub const RI_DISTRIBUTION_CONSTANT: u32 = 1;
pub const RI_DISTRIBUTION_UNIFORM: u32 = 2;
pub const RI_DISTRIBUTION_NORMAL: u32 = 3;
pub const RI_DISTRIBUTION_TRUNCATED_NORMAL: u32 = 4;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ri_distribution {
    pub struct_size: u32,
    pub kind: u32,
    pub mean: f64,
    pub std: f64,
    pub low: f64,
    pub high: f64,
}

pub const RI_INITIALIZER_WHOLE: u32 = 1 << 0;
pub const RI_INITIALIZER_NEEDS_FANS: u32 = 1 << 1;
pub const RI_INITIALIZER_EXCLUSIVE: u32 = 1 << 2;
pub const RI_INITIALIZER_EVERY_ROLE: u32 = 1 << 3;
pub const RI_INITIALIZER_NON_FINITE: u32 = 1 << 4;

#[repr(C)]
pub struct ri_initializer {
    pub struct_size: u32,
    pub flags: u32,
    pub name: ri_str,
    pub summary: ri_str,
    pub formula: ri_str,
    pub reference: ri_str,
    pub version: u32,
    pub dtypes: u32,
    pub params: *const ri_param,
    pub n_params: u64,
    pub tolerance: f64,
    pub user: *mut c_void,
    pub fill: Option<unsafe extern "C" fn(range: *const ri_fill, user: *mut c_void) -> ri_status>,
    pub check: Option<unsafe extern "C" fn(tensor: *const ri_fill, user: *mut c_void) -> ri_status>,
    pub distribution: Option<
        unsafe extern "C" fn(
            tensor: *const ri_fill,
            user: *mut c_void,
            out: *mut ri_distribution,
        ) -> ri_status,
    >,
    pub sources: *const ri_source,
    pub n_sources: u64,
}
