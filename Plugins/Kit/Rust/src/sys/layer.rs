//! `reinit/layer.h`.

use super::*;
use core::ffi::c_void;

pub const RI_CHILD_TENSOR: u32 = 1;
pub const RI_CHILD_LAYER: u32 = 2;
pub const RI_CHILD_FROZEN: u32 = 1 << 0;

#[repr(C)]
pub struct ri_child {
    pub struct_size: u32,
    pub kind: u32,
    pub role: ri_role,
    pub flags: u32,
    pub name: ri_str,
    pub tensor: *mut ri_tensor,
    pub layer: *mut ri_layer,
    pub geometry: *const ri_geometry,
    pub fresh: ri_str,
    pub begins: *const ri_distribution,
}

#[repr(C)]
pub struct ri_child_row {
    pub struct_size: u32,
    pub kind: u32,
    pub role: ri_role,
    pub flags: u32,
    pub name: ri_str,
    pub shape: ri_str,
    pub fresh: ri_str,
    pub begins: *const ri_distribution,
    pub geometry: *const ri_geometry,
    pub groups: ri_str,
    pub layer: ri_str,
    pub when: ri_str,
}

#[repr(C)]
pub struct ri_build {
    pub struct_size: u32,
    pub reserved: u32,
    pub params: *const ri_value,
    pub n_params: u64,
    pub layers: *const *mut ri_layer,
    pub n_layers: u64,
    pub host: *const ri_host,
    pub call: *mut ri_call,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ri_part {
    pub tensor: *mut ri_tensor,
    pub layer: *mut ri_layer,
}

#[repr(C)]
pub struct ri_rebuild {
    pub struct_size: u32,
    pub reserved: u32,
    pub parts: *const ri_part,
    pub n_parts: u64,
    pub host: *const ri_host,
    pub call: *mut ri_call,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ri_view {
    pub struct_size: u32,
    pub dtype: ri_dtype,
    pub rank: u32,
    pub reserved: u32,
    pub shape: *const i64,
    pub count: u64,
    pub data: *mut c_void,
}

pub const RI_FORWARD_SHAPES: u32 = 1 << 0;

#[repr(C)]
pub struct ri_forward {
    pub struct_size: u32,
    pub flags: u32,
    pub inputs: *const *mut ri_tensor,
    pub n_inputs: u64,
    pub n_outputs: u64,
    pub host: *const ri_host,
    pub call: *mut ri_call,
    pub children: *const ri_part,
    pub n_children: u64,
    pub params: *const ri_value,
    pub n_params: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ri_layer_info {
    pub struct_size: u32,
    pub reserved: u32,
    pub type_: ri_str,
    pub text: ri_str,
    pub n_children: u64,
}

pub const RI_LAYER_EXCLUSIVE: u32 = 1 << 0;

type Pass = unsafe extern "C" fn(this: *const c_void, pass: *const ri_forward) -> ri_status;

#[repr(C)]
pub struct ri_layer_type {
    pub struct_size: u32,
    pub flags: u32,
    pub name: ri_str,
    pub summary: ri_str,
    pub reference: ri_str,
    pub version: u32,
    pub min_inputs: u32,
    pub max_inputs: u32,
    pub n_outputs: u32,
    pub min_layers: u32,
    pub max_layers: u32,
    pub params: *const ri_param,
    pub n_params: u64,
    pub user: *mut c_void,
    pub create: Option<
        unsafe extern "C" fn(
            build: *const ri_build,
            user: *mut c_void,
            this: *mut *mut c_void,
        ) -> ri_status,
    >,
    pub destroy: Option<unsafe extern "C" fn(this: *mut c_void)>,
    pub child_count: Option<unsafe extern "C" fn(this: *const c_void) -> u64>,
    pub child_at: Option<
        unsafe extern "C" fn(this: *const c_void, index: u64, out: *mut ri_child) -> ri_status,
    >,
    pub rebuild: Option<
        unsafe extern "C" fn(
            this: *const c_void,
            rebuild: *const ri_rebuild,
            new: *mut *mut c_void,
        ) -> ri_status,
    >,
    pub forward: Option<Pass>,
    pub infer: Option<Pass>,
    pub config:
        Option<unsafe extern "C" fn(this: *const c_void, out: *mut ri_value, n: u64) -> ri_status>,
    pub children: *const ri_child_row,
    pub n_children: u64,
}
