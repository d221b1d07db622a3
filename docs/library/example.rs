// Fills a layer in memory of this program, over the C library.
//
//     rustc example.rs -L "$(pkg-config --variable=libdir libreinit)" && ./example
use std::ffi::{c_char, c_int, c_void, CStr};
use std::ptr::{null, null_mut};

#[link(name = "reinit")]
extern "C" {
    fn reinit_tree_open(session: *const c_void, json: *const c_char, length: usize, tree: *mut *mut c_void, error: *mut *mut c_void) -> c_int;
    fn reinit_plan_make(tree: *const c_void, json: *const c_char, length: usize, present: *const *const c_void, count: usize, plan: *mut *mut c_void, error: *mut *mut c_void) -> c_int;
    fn reinit_fill(plan: *const c_void, memory: *const *mut c_void, count: usize, threads: u32, error: *mut *mut c_void) -> c_int;
    fn reinit_error_text(error: *const c_void) -> *const c_char;
    fn reinit_error_free(error: *mut c_void);
    fn reinit_plan_free(plan: *mut c_void);
    fn reinit_tree_free(tree: *mut c_void);
}

const TREE: &str = r#"{"layers": [{"path": "fc", "type": "Dense(in: 64, out: 32, bias: false)"}],
    "tensors": [{"name": "fc.weight", "shape": [32, 64], "dtype": "f32"}]}"#;
const RULES: &str = r#"{"seed": 7, "rules": [{"fill": "Dense=kaiming_normal"}]}"#;

/// What the library says went wrong, unless it did not.
fn checked(status: c_int, error: *mut c_void) -> Result<(), String> {
    if status == 0 {
        return Ok(());
    }
    let text = unsafe { CStr::from_ptr(reinit_error_text(error)) }.to_string_lossy().into_owned();
    unsafe { reinit_error_free(error) };
    Err(text)
}

fn main() -> Result<(), String> {
    let mut weight = vec![0f32; 32 * 64];
    let (mut tree, mut plan, mut error) = (null_mut(), null_mut(), null_mut());
    let memory = [weight.as_mut_ptr() as *mut c_void];
    unsafe {
        checked(reinit_tree_open(null(), TREE.as_ptr().cast(), TREE.len(), &mut tree, &mut error), error)?;
        checked(reinit_plan_make(tree, RULES.as_ptr().cast(), RULES.len(), null(), 0, &mut plan, &mut error), error)?;
        checked(reinit_fill(plan, memory.as_ptr(), memory.len(), 0, &mut error), error)?;
        reinit_plan_free(plan);
        reinit_tree_free(tree);
    }
    let square: f64 = weight.iter().map(|&value| f64::from(value).powi(2)).sum();
    println!("fc.weight[0, 0] is {}, the deviation {:.3}", weight[0], (square / weight.len() as f64).sqrt());
    Ok(())
}
