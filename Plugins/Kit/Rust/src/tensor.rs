//! Handles of tensors and layers, and views of elements.

use crate::error::{Error, Result, Status};
use crate::host::{elements, Call, Host};
use crate::sys;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// A type of elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DType(pub u32);

macro_rules! dtypes {
    ($($name:ident $number:ident $text:literal,)*) => {
        impl DType {
            $(#[doc = concat!("`", $text, "`.")] pub const $name: DType = DType(sys::$number);)*
        }

        impl fmt::Display for DType {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {
                    $(DType::$name => f.write_str($text),)*
                    DType(other) => write!(f, "type {other}"),
                }
            }
        }
    };
}

dtypes! {
    F32 RI_F32 "f32",
    F64 RI_F64 "f64",
    F16 RI_F16 "f16",
    BF16 RI_BF16 "bf16",
    I64 RI_I64 "i64",
    I32 RI_I32 "i32",
    I16 RI_I16 "i16",
    I8 RI_I8 "i8",
    U64 RI_U64 "u64",
    U32 RI_U32 "u32",
    U16 RI_U16 "u16",
    U8 RI_U8 "u8",
    BOOL RI_BOOL8 "bool",
    F8_E4M3 RI_F8_E4M3 "f8_e4m3",
    F8_E5M2 RI_F8_E5M2 "f8_e5m2",
}

impl fmt::Debug for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A Rust type that elements may be read and written as.
///
/// # Safety
/// Any bits are a value, and the size is the dtype's.
pub unsafe trait Element: Copy + 'static {
    /// Its number.
    const DTYPE: DType;
}

macro_rules! element {
    ($($type:ty: $dtype:ident,)*) => {
        $(unsafe impl Element for $type { const DTYPE: DType = DType::$dtype; })*
    };
}

element! {
    f32: F32, f64: F64, i64: I64, i32: I32, i16: I16, i8: I8, u64: U64, u32: U32, u16: U16, u8: U8,
}

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $raw:ident, $retain:ident, $release:ident) => {
        $(#[$doc])*
        pub struct $name {
            raw: NonNull<sys::$raw>,
            host: Host,
        }

        // SAFETY: the host counts references on any thread, and what it counts is immutable.
        unsafe impl Send for $name {}
        unsafe impl Sync for $name {}

        impl $name {
            /// Takes over one reference.
            ///
            /// # Safety
            /// `raw` is a live handle of that host, or null.
            pub(crate) unsafe fn owned(host: Host, raw: *mut sys::$raw) -> Result<$name> {
                let null = || Error::new(Status::INTERNAL, "the host gave a null handle");
                let raw = NonNull::new(raw).ok_or_else(null)?;
                Ok($name { raw, host })
            }

            /// Adds a reference; None for null.
            ///
            /// # Safety
            /// `raw` is a live handle of that host, or null.
            pub(crate) unsafe fn retained(host: Host, raw: *mut sys::$raw) -> Option<$name> {
                let raw = NonNull::new(raw)?;
                (host.table().$retain)(raw.as_ptr());
                Some($name { raw, host })
            }

            /// The C handle, borrowed from this owner.
            pub fn raw(&self) -> *mut sys::$raw {
                self.raw.as_ptr()
            }
        }

        impl Clone for $name {
            fn clone(&self) -> $name {
                // SAFETY: alive, as we own a reference.
                unsafe { (self.host.table().$retain)(self.raw()) };
                $name { ..*self }
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: gives up the reference that is ours.
                unsafe { (self.host.table().$release)(self.raw()) };
            }
        }

        impl PartialEq for $name {
            /// Whether both are the same object; ties are kept by this.
            fn eq(&self, other: &$name) -> bool {
                self.raw == other.raw
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:p})"), self.raw)
            }
        }
    };
}

handle! {
    /// A host's tensor: immutable, one reference, released on drop; a clone is another reference.
    Tensor, ri_tensor, tensor_retain, tensor_release
}

handle! {
    /// A host's layer, built in or of any plugin: immutable, one reference, released on drop.
    LayerHandle, ri_layer, layer_retain, layer_release
}

impl Tensor {
    /// Type, shape and elements.
    pub fn view<'a>(&'a self, call: &Call<'a>) -> Result<View<'a>> {
        let mut raw = empty_view();
        // SAFETY: both handles are alive.
        let status = unsafe { (call.table().tensor_view)(call.raw(), self.raw(), &mut raw) };
        Error::of_host(status)?;
        Ok(View {
            raw,
            name: "a tensor",
            _tensor: PhantomData,
        })
    }

    /// The elements; errors call the tensor by this name.
    pub fn read<'a, T: Element>(&'a self, call: &Call<'a>, name: &'a str) -> Result<&'a [T]> {
        self.view(call)?.named(name).elements()
    }

    /// The elements as `f32`, whatever float type they are kept as; without any while shapes are inferred.
    ///
    /// # Errors
    /// For other types, and for a tensor that was never filled; errors call it by this name.
    pub fn floats<'a>(&self, call: &Call<'a>, name: &'a str) -> Result<Floats<'a>> {
        // SAFETY: alive, and the host keeps what it shows until the call returns.
        unsafe { elements_as(call, self.raw(), name) }
    }

    /// The same as `f64`.
    pub fn doubles<'a>(&self, call: &Call<'a>, name: &'a str) -> Result<Doubles<'a>> {
        // SAFETY: as above.
        unsafe { elements_as(call, self.raw(), name) }
    }

    /// Declares a tie: the same tensor wherever the result is a child, in this layer or in others.
    pub fn share(&self, call: &Call) -> Result<Tensor> {
        let mut out = std::ptr::null_mut();
        // SAFETY: both handles are alive; the result is ours.
        unsafe {
            Error::of_host((call.table().tensor_share)(
                call.raw(),
                self.raw(),
                &mut out,
            ))?;
            Tensor::owned(call.host(), out)
        }
    }
}

impl LayerHandle {
    /// The layer's forward pass, or its shapes while shapes are inferred: `let [y] = layer.apply(&call, &[&x])?;`
    pub fn apply<const N: usize>(&self, call: &Call, inputs: &[&Tensor]) -> Result<[Tensor; N]> {
        let inputs: Vec<_> = inputs.iter().map(|tensor| tensor.raw()).collect();
        let (given, mut out) = (inputs.len() as u64, [std::ptr::null_mut(); N]);
        // SAFETY: all handles are alive; each output is ours.
        unsafe {
            let (call_raw, outputs) = (call.raw(), out.as_mut_ptr());
            let apply = call.table().layer_apply;
            let status = apply(
                call_raw,
                self.raw(),
                inputs.as_ptr(),
                given,
                outputs,
                N as u64,
            );
            Error::of_host(status)?;
            let owned = out.map(|raw| Tensor::owned(call.host(), raw));
            if let Some(Err(error)) = owned.iter().find(|tensor| tensor.is_err()) {
                return Err(error.clone());
            }
            Ok(owned.map(|tensor| tensor.expect("none is an error")))
        }
    }
}

/// A tensor's elements, borrowed until the call returns or its owner goes.
#[derive(Clone, Copy)]
pub struct View<'a> {
    raw: sys::ri_view,
    name: &'a str,
    _tensor: PhantomData<&'a [u8]>,
}

impl<'a> View<'a> {
    /// The same, called something in errors.
    pub fn named(self, name: &'a str) -> View<'a> {
        View { name, ..self }
    }

    /// Sizes; elements are row-major and contiguous.
    pub fn shape(&self) -> &'a [i64] {
        // SAFETY: the host's, for `'a`.
        unsafe { elements(self.raw.shape, u64::from(self.raw.rank)) }
    }

    /// Type of the elements.
    pub fn dtype(&self) -> DType {
        DType(self.raw.dtype)
    }

    /// Number of elements.
    pub fn count(&self) -> usize {
        self.raw.count as usize
    }

    /// An error where the elements are of another type.
    pub fn expect(&self, dtype: DType) -> Result {
        match self.dtype() {
            found if found == dtype => Ok(()),
            found => Err(Error::dtype(format!(
                "{} has the wrong type: expected {dtype}, found {found}",
                self.name
            ))),
        }
    }

    /// The elements; an error where they are of another type, or none: a tensor that was never filled.
    pub fn elements<T: Element>(&self) -> Result<&'a [T]> {
        self.expect(T::DTYPE)?;
        if self.raw.data.is_null() && self.raw.count > 0 {
            return Err(Error::invalid(format!("{} has no values yet", self.name)));
        }
        // SAFETY: `count` elements of that type, for `'a`.
        Ok(unsafe { elements(self.raw.data.cast::<T>(), self.raw.count) })
    }
}

pub(crate) fn empty_view() -> sys::ri_view {
    sys::ri_view {
        struct_size: std::mem::size_of::<sys::ri_view>() as u32,
        dtype: 0,
        rank: 0,
        reserved: 0,
        shape: std::ptr::null(),
        count: 0,
        data: std::ptr::null_mut(),
    }
}

/// A tensor's elements as `f32`, and its shape: a slice, lent until the call returns.
pub type Floats<'a> = Elements<'a, f32>;
/// A tensor's elements as `f64`, and its shape.
pub type Doubles<'a> = Elements<'a, f64>;

/// A tensor's elements as one type, whatever float type they are kept as, and its shape.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a, T> {
    elements: &'a [T],
    shape: &'a [i64],
    name: &'a str,
}

impl<'a, T> std::ops::Deref for Elements<'a, T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.elements
    }
}

impl<'a, T> Elements<'a, T> {
    /// Sizes; elements are row-major and contiguous.
    pub fn shape(&self) -> &'a [i64] {
        self.shape
    }

    /// Refuses another shape.
    pub fn expect(&self, shape: &[i64]) -> Result {
        if self.shape == shape {
            return Ok(());
        }
        Err(Error::shape(format!(
            "{} has the wrong shape: expected {shape:?}, found {:?}",
            self.name, self.shape
        )))
    }

    /// Refuses a last axis of another size, and what has no axes.
    pub fn expect_last_axis(&self, size: i64) -> Result {
        if self.shape.last() == Some(&size) {
            return Ok(());
        }
        Err(Error::shape(format!(
            "{} does not fit along its last axis: expected [..., {size}], found {:?}",
            self.name, self.shape
        )))
    }
}

/// # Safety
/// `raw` is a live handle of the call's host.
pub(crate) unsafe fn elements_as<'a, T: Element>(
    call: &Call<'a>,
    raw: *mut sys::ri_tensor,
    name: &'a str,
) -> Result<Elements<'a, T>> {
    let mut view = empty_view();
    let status = (call.table().tensor_view_as)(call.raw(), raw, T::DTYPE.0, &mut view);
    if status == sys::RI_DTYPE {
        return Err(Error::dtype(format!(
            "{name}: expected floating-point numbers"
        )));
    }
    Error::of_host(status)?;
    if view.data.is_null() && view.count > 0 && !call.lacks_data() {
        return Err(Error::invalid(format!("{name} has no values yet")));
    }
    Ok(Elements {
        elements: elements(view.data.cast::<T>(), view.count),
        shape: elements(view.shape, u64::from(view.rank)),
        name,
    })
}
