//! The host, and one call of it.

use crate::error::{Error, Result, Status};
use crate::sys;
use crate::tensor::{DType, Element, Tensor};
use crate::{guard, Distribution, Geometry, LayerHandle, Role};
use std::marker::PhantomData;
use std::ops::Range;
use std::os::raw::c_void;
use std::slice;

/// How loud a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Of interest to the plugin's author.
    Debug = sys::RI_LOG_DEBUG as isize,
    /// Of interest to the user.
    Note = sys::RI_LOG_NOTE as isize,
    /// The user should act on it.
    Warning = sys::RI_LOG_WARNING as isize,
}

/// The host's functions; the same for every call, as long as the process lives.
#[derive(Clone, Copy)]
pub struct Host(&'static sys::ri_host);

// SAFETY: the table is constant; those of its functions that are offered here may be called on any thread.
unsafe impl Send for Host {}
unsafe impl Sync for Host {}

impl Host {
    /// # Safety
    /// `host` is a host's table, which lives as long as the process.
    pub(crate) unsafe fn new(host: *const sys::ri_host) -> Host {
        Host(&*host)
    }

    /// The C table, for what the safe layer does not offer.
    pub fn table(&self) -> &'static sys::ri_host {
        self.0
    }

    /// Name and version: "reinit 0.1.0".
    pub fn name(&self) -> &'static str {
        // SAFETY: the host's name lives as long as its table.
        unsafe { text(self.0.name) }
    }

    /// Shows a line to the user; never print to standard output.
    pub fn log(&self, level: Level, message: &str) {
        // SAFETY: [any]; the message is borrowed.
        unsafe { (self.0.log)(self.0, level as u32, sys::ri_str::of(message)) }
    }

    /// A table of functions newer than these, or a draft's, of exactly that version; None where the host has none.
    ///
    /// # Safety
    /// `T` is what the table of that name is in the headers.
    pub unsafe fn service<T>(&self, name: &str, version: u32) -> Option<&'static T> {
        (self.0.service)(self.0, sys::ri_str::of(name), version)
            .cast::<T>()
            .as_ref()
    }
}

/// A call from the host: on its thread, and dead when it returns, as the lifetime says.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    host: Host,
    raw: *mut sys::ri_call,
    lacks_data: bool,
    _call: PhantomData<&'a sys::ri_call>,
}

impl<'a> Call<'a> {
    /// # Safety
    /// Both are what the host has given to a call that lasts for `'a`.
    pub(crate) unsafe fn new(host: *const sys::ri_host, raw: *mut sys::ri_call) -> Call<'a> {
        Call {
            host: Host::new(host),
            raw,
            lacks_data: false,
            _call: PhantomData,
        }
    }

    /// The same, in which tensors may have no elements.
    pub(crate) fn without_data(self, lacks_data: bool) -> Call<'a> {
        Call { lacks_data, ..self }
    }

    pub(crate) fn lacks_data(&self) -> bool {
        self.lacks_data
    }

    /// The host.
    pub fn host(&self) -> Host {
        self.host
    }

    /// The C handle, for what the safe layer does not offer.
    pub fn raw(&self) -> *mut sys::ri_call {
        self.raw
    }

    pub(crate) fn table(&self) -> &'static sys::ri_host {
        self.host.0
    }

    /// An error once the user has interrupted the run: `call.check_cancelled()?` in long loops.
    pub fn check_cancelled(&self) -> Result {
        // SAFETY: the call is alive.
        match unsafe { (self.table().cancelled)(self.raw) } {
            0 => Ok(()),
            _ => Err(Error::new(Status::CANCELLED, "cancelled")),
        }
    }

    /// Zeros in memory of the host's, until the call returns.
    pub fn scratch(&self, count: usize) -> Result<&'a mut [f32]> {
        let bytes = (count as u64).saturating_mul(4);
        // SAFETY: the call is alive; the memory is ours alone until it returns, and 0.0 is all zero bits.
        unsafe {
            let memory = (self.table().scratch)(self.raw, bytes, 64).cast::<f32>();
            if memory.is_null() {
                let message = format!("no memory for {count} floats");
                return Err(Error::new(Status::NO_MEMORY, message));
            }
            memory.write_bytes(0, count);
            Ok(slice::from_raw_parts_mut(memory, count))
        }
    }

    /// Runs a body over pieces of `0..count`, each at least `grain` long, on the host's threads.
    ///
    /// The first failure is returned; pieces that begin after the user has interrupted the run fail.
    pub fn parallel<F>(&self, count: u64, grain: u64, body: F) -> Result
    where
        F: Fn(Range<u64>) -> Result + Sync,
    {
        let work = Work {
            host: self.table(),
            call: self.raw,
            body: &body,
        };
        let arg = &work as *const Work<F> as *mut c_void;
        // SAFETY: `work` outlives the call of `parallel`, which ends when all pieces have.
        Error::of_host(unsafe { (self.table().parallel)(self.raw, count, grain, piece::<F>, arg) })
    }

    /// As [`parallel`](Call::parallel), each piece with the rows of `out` that are its own.
    ///
    /// `out` is a matrix of rows of `width` elements; the body gets its first row's number, and its rows.
    pub fn parallel_rows<T, F>(&self, out: &mut [T], width: usize, grain: u64, body: F) -> Result
    where
        T: Send,
        F: Fn(usize, &mut [T]) -> Result + Sync,
    {
        let width = width.max(1);
        let rows = out.len() / width;
        let start = Shared(out.as_mut_ptr());
        self.parallel(rows as u64, grain, |range| {
            let first = usize::try_from(range.start).unwrap_or(rows).min(rows);
            let end = usize::try_from(range.end).unwrap_or(rows).min(rows);
            let count = end.saturating_sub(first) * width;
            // SAFETY: inside of `out`, and the host's pieces do not overlap.
            let own = unsafe { slice::from_raw_parts_mut(start.at(first * width), count) };
            body(first, own)
        })
    }

    /// A tensor without memory or contents: a child of a new layer.
    pub fn tensor(&self, dtype: DType, shape: &[i64]) -> Result<Tensor> {
        // SAFETY: null data is a tensor without contents.
        unsafe { self.new_tensor(dtype.0, shape, std::ptr::null()) }
    }

    /// A tensor with a copy of these elements.
    pub fn tensor_of<T: Element>(&self, shape: &[i64], elements: &[T]) -> Result<Tensor> {
        let count = shape
            .iter()
            .try_fold(1usize, |n, &size| n.checked_mul(size.try_into().ok()?));
        if count != Some(elements.len()) {
            let found = elements.len();
            return Err(Error::shape(format!(
                "elements must fill the shape: expected {shape:?}, found {found}"
            )));
        }
        // SAFETY: as many elements as the shape has.
        unsafe { self.new_tensor(T::DTYPE.0, shape, elements.as_ptr().cast()) }
    }

    unsafe fn new_tensor(&self, dtype: u32, shape: &[i64], data: *const c_void) -> Result<Tensor> {
        let mut out = std::ptr::null_mut();
        let (rank, sizes) = (shape.len() as u32, shape.as_ptr());
        let made = (self.table().tensor_new)(self.raw, dtype, rank, sizes, data, &mut out);
        Error::of_host(made)?;
        Tensor::owned(self.host, out)
    }

    /// A layer of any kind, as a user writes it: `"Dense(in: 64, out: 16)"`, with layers nested in it.
    pub fn layer(&self, text: &str, nested: &[&LayerHandle]) -> Result<LayerHandle> {
        let nested: Vec<_> = nested.iter().map(|layer| layer.raw()).collect();
        let (count, mut out) = (nested.len() as u64, std::ptr::null_mut());
        // SAFETY: the handles live as long as their owners, which are borrowed.
        unsafe {
            let text = sys::ri_str::of(text);
            let made = (self.table().layer_new)(self.raw, text, nested.as_ptr(), count, &mut out);
            Error::of_host(made)?;
            LayerHandle::owned(self.host, out)
        }
    }
}

impl<'a> Call<'a> {
    /// What a layer is, of whatever plugin.
    pub fn layer_info(&self, layer: &LayerHandle) -> Result<LayerFacts<'a>> {
        let mut raw = sys::ri_layer_info {
            struct_size: std::mem::size_of::<sys::ri_layer_info>() as u32,
            reserved: 0,
            type_: sys::ri_str::EMPTY,
            text: sys::ri_str::EMPTY,
            n_children: 0,
        };
        // SAFETY: both handles are alive; texts live until the call returns.
        unsafe {
            Error::of_host((self.table().layer_info)(self.raw, layer.raw(), &mut raw))?;
            Ok(LayerFacts {
                layer_type: text(raw.type_),
                text: text(raw.text),
                children: raw.n_children,
            })
        }
    }

    /// One of a layer's children; an error from [`LayerFacts::children`] on.
    pub fn layer_child(&self, layer: &LayerHandle, index: u64) -> Result<LayerChild<'a>> {
        // SAFETY: both handles are alive; what comes is lent until the call returns.
        unsafe {
            let mut raw: sys::ri_child = std::mem::zeroed();
            raw.struct_size = std::mem::size_of::<sys::ri_child>() as u32;
            let child = self.table().layer_child;
            Error::of_host(child(self.raw, layer.raw(), index, &mut raw))?;
            Ok(LayerChild {
                name: text(raw.name),
                role: Role(raw.role),
                is_frozen: raw.flags & sys::RI_CHILD_FROZEN != 0,
                tensor: Tensor::retained(self.host, raw.tensor),
                layer: LayerHandle::retained(self.host, raw.layer),
                geometry: (!raw.geometry.is_null()).then(|| Geometry::of_raw(raw.geometry)),
                fresh: text(raw.fresh),
                begins: (!raw.begins.is_null()).then(|| Distribution::of_raw(raw.begins)),
            })
        }
    }
}

/// What the host says of a layer.
#[derive(Clone, Copy, Debug)]
pub struct LayerFacts<'a> {
    /// Its type: `Conv`, `org.example/Gate`.
    pub layer_type: &'a str,
    /// As for [`Call::layer`]; empty if it cannot be written so.
    pub text: &'a str,
    /// How many children it has: see [`Call::layer_child`].
    pub children: u64,
}

/// A child of another layer; neither tensor nor layer where it is absent.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // the fields are what they are of a `Child`
pub struct LayerChild<'a> {
    pub name: &'a str,
    pub role: Role,
    pub is_frozen: bool,
    pub tensor: Option<Tensor>,
    pub layer: Option<LayerHandle>,
    pub geometry: Option<Geometry>,
    pub fresh: &'a str,
    pub begins: Option<Distribution>,
}

struct Work<'a, F> {
    host: *const sys::ri_host,
    call: *mut sys::ri_call,
    body: &'a F,
}

unsafe extern "C" fn piece<F>(first: u64, end: u64, arg: *mut c_void) -> sys::ri_status
where
    F: Fn(Range<u64>) -> Result + Sync,
{
    let work = &*(arg as *const Work<F>);
    guard::status(work.host, work.call, || {
        Call::new(work.host, work.call).check_cancelled()?;
        (work.body)(first..end)
    })
}

struct Shared<T>(*mut T);

// SAFETY: only used for pieces that do not overlap, of elements that may be sent.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    unsafe fn at(&self, index: usize) -> *mut T {
        self.0.add(index)
    }
}

/// # Safety
/// `s` is a text of the host's that lives for `'a`.
pub(crate) unsafe fn text<'a>(s: sys::ri_str) -> &'a str {
    std::str::from_utf8(elements(s.ptr, s.len)).unwrap_or("")
}

/// # Safety
/// `count` elements at `ptr` live for `'a`; `ptr` may be null where there are none.
pub(crate) unsafe fn elements<'a, T>(ptr: *const T, count: u64) -> &'a [T] {
    if ptr.is_null() || count == 0 {
        return &[];
    }
    slice::from_raw_parts(ptr, count as usize)
}
