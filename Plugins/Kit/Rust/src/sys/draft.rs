//! `reinit/draft/*.h`: may change or go with any release.

use super::ri_status;

pub const RI_DRAFT_BLAS: &str = "draft.blas";

#[repr(C)]
pub struct ri_draft_blas {
    pub struct_size: u32,
    pub version: u32,
    pub sgemm: unsafe extern "C" fn(
        transpose_a: i32,
        transpose_b: i32,
        m: i64,
        n: i64,
        k: i64,
        alpha: f32,
        a: *const f32,
        a_stride: i64,
        b: *const f32,
        b_stride: i64,
        beta: f32,
        c: *mut f32,
        c_stride: i64,
    ) -> ri_status,
}
