//! `reinit/host.h`, `reinit/plugin.h`.

use super::*;
use core::ffi::c_void;

pub const RI_LOG_DEBUG: u32 = 0;
pub const RI_LOG_NOTE: u32 = 1;
pub const RI_LOG_WARNING: u32 = 2;

pub type ri_body = unsafe extern "C" fn(first: u64, end: u64, arg: *mut c_void) -> ri_status;

#[repr(C)]
pub struct ri_host {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub impl_: *mut c_void,
    pub name: ri_str,
    pub add_initializer: unsafe extern "C" fn(*const ri_host, *const ri_initializer) -> ri_status,
    pub add_layer: unsafe extern "C" fn(*const ri_host, *const ri_layer_type) -> ri_status,
    pub add_function: unsafe extern "C" fn(*const ri_host, *const ri_function) -> ri_status,
    pub fail: unsafe extern "C" fn(*mut ri_call, code: ri_status, message: ri_str) -> ri_status,
    pub log: unsafe extern "C" fn(*const ri_host, level: u32, message: ri_str),
    pub cancelled: unsafe extern "C" fn(*mut ri_call) -> i32,
    pub scratch: unsafe extern "C" fn(*mut ri_call, bytes: u64, alignment: u64) -> *mut c_void,
    pub parallel: unsafe extern "C" fn(
        *mut ri_call,
        count: u64,
        grain: u64,
        body: ri_body,
        arg: *mut c_void,
    ) -> ri_status,
    pub random_words: unsafe extern "C" fn(*const ri_random, first: u64, count: u64, out: *mut u32),
    pub random_uniform: unsafe extern "C" fn(
        *const ri_random,
        first: u64,
        count: u64,
        low: f32,
        high: f32,
        out: *mut f32,
    ),
    pub random_normal: unsafe extern "C" fn(
        *const ri_random,
        first: u64,
        count: u64,
        mean: f32,
        std: f32,
        out: *mut f32,
    ),
    pub random_truncated_normal: unsafe extern "C" fn(
        *const ri_random,
        first: u64,
        count: u64,
        mean: f32,
        std: f32,
        low: f32,
        high: f32,
        out: *mut f32,
    ) -> ri_status,
    pub tensor_new: unsafe extern "C" fn(
        *mut ri_call,
        ri_dtype,
        rank: u32,
        shape: *const i64,
        data: *const c_void,
        out: *mut *mut ri_tensor,
    ) -> ri_status,
    pub tensor_retain: unsafe extern "C" fn(*mut ri_tensor),
    pub tensor_release: unsafe extern "C" fn(*mut ri_tensor),
    pub tensor_view:
        unsafe extern "C" fn(*mut ri_call, *mut ri_tensor, out: *mut ri_view) -> ri_status,
    pub tensor_share:
        unsafe extern "C" fn(*mut ri_call, *mut ri_tensor, out: *mut *mut ri_tensor) -> ri_status,
    pub layer_new: unsafe extern "C" fn(
        *mut ri_call,
        text: ri_str,
        layers: *const *mut ri_layer,
        n_layers: u64,
        out: *mut *mut ri_layer,
    ) -> ri_status,
    pub layer_retain: unsafe extern "C" fn(*mut ri_layer),
    pub layer_release: unsafe extern "C" fn(*mut ri_layer),
    pub layer_apply: unsafe extern "C" fn(
        *mut ri_call,
        *mut ri_layer,
        inputs: *const *mut ri_tensor,
        n_inputs: u64,
        outputs: *mut *mut ri_tensor,
        n_outputs: u64,
    ) -> ri_status,
    pub output: unsafe extern "C" fn(
        *mut ri_call,
        index: u64,
        ri_dtype,
        rank: u32,
        shape: *const i64,
        out: *mut ri_view,
    ) -> ri_status,
    pub set_output:
        unsafe extern "C" fn(*mut ri_call, index: u64, tensor: *mut ri_tensor) -> ri_status,
    pub tensor_view_as: unsafe extern "C" fn(
        *mut ri_call,
        *mut ri_tensor,
        ri_dtype,
        out: *mut ri_view,
    ) -> ri_status,
    pub layer_info:
        unsafe extern "C" fn(*mut ri_call, *mut ri_layer, out: *mut ri_layer_info) -> ri_status,
    pub layer_child: unsafe extern "C" fn(
        *mut ri_call,
        *mut ri_layer,
        index: u64,
        out: *mut ri_child,
    ) -> ri_status,
    pub tensor_read: unsafe extern "C" fn(
        *mut ri_call,
        *mut ri_tensor,
        first: u64,
        count: u64,
        ri_dtype,
        out: *mut c_void,
    ) -> ri_status,
    pub service: unsafe extern "C" fn(*const ri_host, name: ri_str, version: u32) -> *const c_void,
}

#[repr(C)]
pub struct ri_requirement {
    pub service: ri_str,
    pub version: u32,
    pub reserved: u32,
}

#[repr(C)]
pub struct ri_plugin {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub id: ri_str,
    pub version: ri_str,
    pub license: ri_str,
    pub summary: ri_str,
    pub build: ri_str,
    pub needs_minor: u32,
    pub n_needs: u32,
    pub needs: *const ri_requirement,
    pub extension: Option<unsafe extern "C" fn(name: ri_str, version: u32) -> *const c_void>,
}
