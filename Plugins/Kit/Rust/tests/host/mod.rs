//! A host of a few functions, and what it has seen.

#![allow(dead_code)] // each test file uses some of it

use reinit_plugin::sys::*;
use std::cell::RefCell;
use std::ffi::c_void;
use std::mem::{size_of, zeroed};
use std::ptr::null_mut;

#[derive(Default)]
pub struct Seen {
    pub initializers: Vec<ri_initializer>,
    pub layers: Vec<ri_layer_type>,
    /// What the tables that are lent only as long as registration lasts had.
    pub rows: Vec<String>,
    pub message: String,
    pub references: i64,
}

thread_local! { static SEEN: RefCell<Seen> = RefCell::default(); }

pub fn seen<T>(body: impl FnOnce(&mut Seen) -> T) -> T {
    SEEN.with(|seen| body(&mut seen.borrow_mut()))
}

/// The reason of the last failure.
pub fn message() -> String {
    seen(|s| std::mem::take(&mut s.message))
}

/// A tensor of the host's.
#[repr(C)]
pub struct Floats {
    pub shape: Vec<i64>,
    pub data: Vec<f32>,
}

impl Floats {
    pub fn new(shape: &[i64], data: &[f32]) -> Box<Floats> {
        let (shape, data) = (shape.to_vec(), data.to_vec());
        Box::new(Floats { shape, data })
    }

    pub fn handle(&self) -> *mut ri_tensor {
        self as *const Floats as *mut ri_tensor
    }
}

pub unsafe fn text(s: ri_str) -> String {
    let bytes = match s.len {
        0 => &[],
        len => std::slice::from_raw_parts(s.ptr, len as usize),
    };
    String::from_utf8(bytes.to_vec()).unwrap()
}

unsafe fn list<'a, T>(start: *const T, count: u64) -> &'a [T] {
    match count {
        0 => &[],
        count => std::slice::from_raw_parts(start, count as usize),
    }
}

unsafe fn param(p: &ri_param) -> String {
    let words: Vec<_> = list(p.choices, p.n_choices)
        .iter()
        .map(|w| text(*w))
        .collect();
    let value = match p.default_value.type_ {
        RI_VALUE_BOOL | RI_VALUE_INT => format!("{}", p.default_value.u.i64),
        RI_VALUE_REAL => format!("{:?}", p.default_value.u.f64),
        RI_VALUE_WORD => text(ri_str {
            ptr: p.default_value.u.word,
            len: u64::from(p.default_value.count),
        }),
        _ => format!("{} of them", p.default_value.count),
    };
    let (name, summary) = (text(p.name), text(p.summary));
    format!(
        "{name}: {value} {words:?} {:#x} {}..{} {summary}",
        p.flags, p.min, p.max
    )
}

unsafe extern "C" fn add_initializer(_: *const ri_host, d: *const ri_initializer) -> ri_status {
    let d = &*d;
    for p in list(d.params, d.n_params) {
        seen(|s| s.rows.push(param(p)));
    }
    for source in list(d.sources, d.n_sources) {
        let (name, path, file) = (text(source.name), text(source.path), text(source.file));
        seen(|s| {
            s.rows
                .push(format!("{} {name} {path:?} {file:?}", source.kind))
        });
    }
    seen(|s| s.initializers.push((d as *const ri_initializer).read()));
    RI_OK
}
unsafe extern "C" fn add_layer(_: *const ri_host, d: *const ri_layer_type) -> ri_status {
    let d = &*d;
    for p in list(d.params, d.n_params) {
        seen(|s| s.rows.push(param(p)));
    }
    for row in list(d.children, d.n_children) {
        let texts = [
            row.name, row.shape, row.fresh, row.groups, row.layer, row.when,
        ];
        let texts = texts.map(|t| text(t)).join("|");
        let axis = row.geometry.as_ref().map(|g| g.in_axes[0]);
        let high = row.begins.as_ref().map(|b| b.high);
        let (kind, role, flags) = (row.kind, row.role, row.flags);
        seen(|s| {
            s.rows
                .push(format!("{kind} {role} {flags} {texts} {axis:?} {high:?}"))
        });
    }
    seen(|s| s.layers.push((d as *const ri_layer_type).read()));
    RI_OK
}
unsafe extern "C" fn add_function(_: *const ri_host, _: *const ri_function) -> ri_status {
    RI_UNSUPPORTED
}
unsafe extern "C" fn fail(_: *mut ri_call, code: ri_status, message: ri_str) -> ri_status {
    seen(|s| s.message = text(message));
    code
}
unsafe extern "C" fn log(_: *const ri_host, _: u32, _: ri_str) {}
unsafe extern "C" fn cancelled(_: *mut ri_call) -> i32 {
    0
}
unsafe extern "C" fn scratch(_: *mut ri_call, _: u64, _: u64) -> *mut c_void {
    null_mut()
}
unsafe extern "C" fn parallel(
    _: *mut ri_call,
    n: u64,
    grain: u64,
    body: ri_body,
    arg: *mut c_void,
) -> ri_status {
    let pieces = (0..(n + grain - 1) / grain).map(|i| (i * grain, n.min((i + 1) * grain)));
    pieces
        .map(|(first, end)| body(first, end, arg))
        .max()
        .unwrap_or(RI_OK)
}
unsafe extern "C" fn tensor_new(
    _: *mut ri_call,
    _: ri_dtype,
    rank: u32,
    _: *const i64,
    _: *const c_void,
    out: *mut *mut ri_tensor,
) -> ri_status {
    seen(|s| s.references += 1);
    *out = (0x1000 + rank as usize) as *mut ri_tensor;
    RI_OK
}
unsafe extern "C" fn retain<T>(_: *mut T) {
    seen(|s| s.references += 1)
}
unsafe extern "C" fn release<T>(_: *mut T) {
    seen(|s| s.references -= 1)
}
unsafe extern "C" fn tensor_view_as(
    call: *mut ri_call,
    tensor: *mut ri_tensor,
    dtype: ri_dtype,
    out: *mut ri_view,
) -> ri_status {
    assert_eq!((*out).struct_size as usize, size_of::<ri_view>());
    let tensor = &*(tensor as *const Floats);
    if dtype != RI_F32 {
        return RI_DTYPE;
    }
    show(call, tensor, out)
}

unsafe extern "C" fn tensor_view(
    call: *mut ri_call,
    tensor: *mut ri_tensor,
    out: *mut ri_view,
) -> ri_status {
    show(call, &*(tensor as *const Floats), out)
}
unsafe extern "C" fn tensor_read(
    _: *mut ri_call,
    tensor: *mut ri_tensor,
    first: u64,
    count: u64,
    _: ri_dtype,
    out: *mut c_void,
) -> ri_status {
    let (tensor, first) = (&*(tensor as *const Floats), first as usize);
    let out = std::slice::from_raw_parts_mut(out as *mut f32, count as usize);
    match tensor.data.get(first..first + out.len()) {
        Some(values) => out.copy_from_slice(values),
        None => return RI_INVALID,
    }
    RI_OK
}

/// A view; without data in a call for shapes, which is any that is not null.
unsafe fn show(call: *mut ri_call, tensor: &Floats, out: *mut ri_view) -> ri_status {
    let out = &mut *out;
    (out.dtype, out.rank) = (RI_F32, tensor.shape.len() as u32);
    (out.shape, out.count) = (
        tensor.shape.as_ptr(),
        tensor.shape.iter().product::<i64>() as u64,
    );
    out.data = match call.is_null() && !tensor.data.is_empty() {
        true => tensor.data.as_ptr() as *mut c_void,
        false => null_mut(),
    };
    RI_OK
}

thread_local! { static MADE: RefCell<Vec<Box<Floats>>> = RefCell::default(); }

/// What the last pass made.
pub fn outputs() -> Vec<Box<Floats>> {
    MADE.with(|made| std::mem::take(&mut *made.borrow_mut()))
}

unsafe extern "C" fn output(
    call: *mut ri_call,
    index: u64,
    _: ri_dtype,
    rank: u32,
    shape: *const i64,
    out: *mut ri_view,
) -> ri_status {
    let shape = list(shape, u64::from(rank));
    let count = shape.iter().product::<i64>() as usize;
    let made = Floats::new(shape, &vec![-1.0; if call.is_null() { count } else { 0 }]);
    let status = show(call, &made, out);
    MADE.with(|all| {
        assert_eq!(index as usize, all.borrow().len());
        all.borrow_mut().push(made);
    });
    status
}

/// A layer that gives its input back, twice as much of it.
unsafe extern "C" fn layer_apply(
    call: *mut ri_call,
    _: *mut ri_layer,
    inputs: *const *mut ri_tensor,
    _: u64,
    outputs: *mut *mut ri_tensor,
    _: u64,
) -> ri_status {
    let input = &*(*inputs as *const Floats);
    let doubled: Vec<f32> = input.data.iter().map(|x| 2.0 * x).collect();
    let data = if call.is_null() { &doubled[..] } else { &[] };
    seen(|s| s.references += 1);
    *outputs = Box::leak(Floats::new(&input.shape, data)).handle();
    RI_OK
}
unsafe extern "C" fn layer_info(
    _: *mut ri_call,
    _: *mut ri_layer,
    out: *mut ri_layer_info,
) -> ri_status {
    ((*out).type_, (*out).text) = (ri_str::of("Dense"), ri_str::of("Dense(in: 2, out: 3)"));
    (*out).n_children = 1;
    RI_OK
}
unsafe extern "C" fn layer_child(
    _: *mut ri_call,
    _: *mut ri_layer,
    index: u64,
    out: *mut ri_child,
) -> ri_status {
    if index > 0 {
        return RI_INVALID;
    }
    static BEGINS: ri_distribution = ri_distribution {
        struct_size: size_of::<ri_distribution>() as u32,
        kind: RI_DISTRIBUTION_NORMAL,
        mean: 0.5,
        std: 2.0,
        low: 0.0,
        high: 0.0,
    };
    let out = &mut *out;
    (out.kind, out.role, out.flags) = (RI_CHILD_TENSOR, RI_ROLE_WEIGHT, RI_CHILD_FROZEN);
    (out.name, out.begins) = (ri_str::of("weight"), &BEGINS);
    out.tensor = 0x5000 as *mut ri_tensor;
    RI_OK
}

pub fn host() -> &'static ri_host {
    unsafe extern "C" fn absent() {
        std::process::abort()
    }
    // SAFETY: every field has a value; functions that these tests do not call are `absent`.
    unsafe {
        let mut table = [absent as *const () as usize; size_of::<ri_host>() / 8];
        table[..4].fill(0);
        let host = &mut *(table.as_mut_ptr() as *mut ri_host);
        host.struct_size = size_of::<ri_host>() as u32;
        host.abi_major = RI_ABI_MAJOR;
        host.add_initializer = add_initializer;
        host.add_layer = add_layer;
        host.add_function = add_function;
        host.fail = fail;
        host.log = log;
        host.cancelled = cancelled;
        host.scratch = scratch;
        host.parallel = parallel;
        host.tensor_new = tensor_new;
        host.tensor_retain = retain::<ri_tensor>;
        host.tensor_release = release::<ri_tensor>;
        host.layer_retain = retain::<ri_layer>;
        host.layer_release = release::<ri_layer>;
        host.tensor_view = tensor_view;
        host.tensor_view_as = tensor_view_as;
        host.tensor_read = tensor_read;
        host.output = output;
        host.layer_apply = layer_apply;
        host.layer_info = layer_info;
        host.layer_child = layer_child;
        &*Box::leak(Box::new((host as *mut ri_host).read()))
    }
}

extern "C" {
    fn ri_plugin_entry_v1(_: *const ri_host, _: *mut ri_plugin, _: *mut ri_call) -> ri_status;
}

/// Loads the plugin of the test file.
pub fn load() -> (&'static ri_host, ri_plugin, ri_status) {
    let host = host();
    // SAFETY: all zeros is what a host hands in.
    let mut plugin: ri_plugin = unsafe { zeroed() };
    plugin.struct_size = size_of::<ri_plugin>() as u32;
    let status = unsafe { ri_plugin_entry_v1(host, &mut plugin, null_mut()) };
    (host, plugin, status)
}
