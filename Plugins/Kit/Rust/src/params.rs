//! Typed hyper-parameters: what was set, as the fields of a struct.

use crate::error::{Error, Result, Status};
use crate::host::elements;
use crate::param::{Param, Value};
use crate::sys;
use std::cell::Cell;

/// What a user may set, as a struct: [`params!`](crate::params) declares it, describes it and reads it.
pub trait Params: Sized + 'static {
    /// What users read of each field, in order; called once, as the plugin is loaded.
    fn params() -> Vec<Param>;

    /// The fields of what was set, in the same order.
    fn read(values: &Values) -> Result<Self>;
}

/// What the user has set, defaults filled in, ranges checked; read one after the other.
pub struct Values<'a> {
    values: &'a [sys::ri_value],
    next: Cell<usize>,
}

impl<'a> Values<'a> {
    /// # Safety
    /// The values are the host's, for `'a`, in the descriptor's order.
    pub(crate) unsafe fn new(values: *const sys::ri_value, count: u64) -> Values<'a> {
        let (values, next) = (elements(values, count), Cell::new(0));
        Values { values, next }
    }

    /// The next one, as a field's type.
    pub fn next<T: Setting>(&self, name: &str) -> Result<T> {
        let index = self.next.replace(self.next.get() + 1);
        // SAFETY: as in `new`.
        let value = self
            .values
            .get(index)
            .and_then(|raw| unsafe { Value::copy(raw) });
        let value = value.ok_or_else(|| mismatch(name, "of another type"))?;
        T::read(name, value)
    }

    /// Copies of all.
    pub(crate) fn to_vec(&self) -> Vec<Value> {
        // SAFETY: as in `new`.
        let copies = self
            .values
            .iter()
            .filter_map(|raw| unsafe { Value::copy(raw) });
        copies.collect()
    }
}

fn mismatch(name: &str, problem: &str) -> Error {
    Error::new(Status::ABI, format!("the parameter '{name}' is {problem}"))
}

/// A type that a field of [`params!`](crate::params) may have: `bool`, integers, `f64`, `f32`, `String`, `Vec<i64>`,
/// `Vec<f64>`, and what [`words!`](crate::words) declares.
pub trait Setting: Sized {
    /// The value for the host, as a default.
    fn value(self) -> Value;

    /// What stands for the type where there is no default.
    fn empty() -> Value;

    /// The words that are allowed; empty: any.
    fn choices() -> &'static [&'static str] {
        &[]
    }

    /// What was set; an error where it does not fit.
    fn read(name: &str, value: Value) -> Result<Self>;
}

macro_rules! settings {
    ($($type:ty: $kind:ident, $empty:expr, $into:expr, $from:expr;)*) => {$(
        impl Setting for $type {
            fn value(self) -> Value {
                Value::$kind($into(self))
            }
            fn empty() -> Value {
                Value::$kind($empty)
            }
            fn read(name: &str, value: Value) -> Result<$type> {
                match value {
                    Value::$kind(value) => $from(name, value),
                    _ => Err(mismatch(name, concat!("no ", stringify!($type)))),
                }
            }
        }
    )*};
}

macro_rules! whole_numbers {
    ($($type:ty)*) => {$(
        impl Setting for $type {
            fn value(self) -> Value {
                Value::Int(self as i64)
            }
            fn empty() -> Value {
                Value::Int(0)
            }
            fn read(name: &str, value: Value) -> Result<$type> {
                match value {
                    Value::Int(value) => value.try_into().map_err(|_| {
                        Error::invalid(format!("{name} does not fit {}: found {value}", stringify!($type)))
                    }),
                    _ => Err(mismatch(name, "no whole number")),
                }
            }
        }
    )*};
}

whole_numbers! { i64 i32 u64 u32 usize }

settings! {
    bool: Bool, false, |value| value, |_, value| Ok(value);
    f64: Real, 0.0, |value| value, |_, value| Ok(value);
    f32: Real, 0.0, f64::from, |_, value| Ok(value as f32);
    String: Word, "".into(), |value: String| value.into(), |_, value: Word| Ok(value.into_owned());
    Vec<i64>: Ints, vec![].into(), |value: Vec<i64>| value.into(), |_, value: List<i64>| Ok(value.into_owned());
    Vec<f64>: Reals, vec![].into(), |value: Vec<f64>| value.into(), |_, value: List<f64>| Ok(value.into_owned());
}

type Word = std::borrow::Cow<'static, str>;
type List<T> = std::borrow::Cow<'static, [T]>;

/// A row of [`params!`](crate::params). The summary comes from a comment, the name may be a raw one.
#[doc(hidden)]
pub fn row<T: Setting>(name: &'static str, summary: &'static str, default: Option<T>) -> Param {
    let is_required = default.is_none();
    let value = default.map_or_else(T::empty, T::value);
    let name = name.strip_prefix("r#").unwrap_or(name);
    let param = Param::new(name, summary.trim(), value).choices(T::choices());
    match is_required {
        true => param.required(),
        false => param,
    }
}

/// Declares a struct of parameters: its fields, what users read of them, their defaults and bounds.
///
/// A field's comment is its summary. Without `= default` it is required. Behind `=>` stands what [`Param`] offers.
///
/// ```
/// # use reinit_plugin::*;
/// params! {
///     struct Scaled {
///         /// factor of the standard deviation
///         gain: f64 = 1.0 => above(0.0).max(100.0),
///         /// elements of the last axis
///         size: i64 => min(1.0),
///         /// whether there is a bias
///         bias: bool = true,
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! params {
    ($(#[$meta:meta])* $vis:vis struct $name:ident;) => {
        $crate::params! { $(#[$meta])* $vis struct $name {} }
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $(
            $(#[doc = $summary:literal])+
            $field_vis:vis $field:ident: $type:ty $(= $default:expr)? $(=> $($how:ident($($with:expr),*)).+)?
        ),* $(,)?
    }) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[doc = $summary])+ $field_vis $field: $type,)*
        }

        impl $crate::Params for $name {
            fn params() -> Vec<$crate::Param> {
                vec![$({
                    let row = $crate::row::<$type>(
                        stringify!($field), concat!($($summary),+), $crate::__default!($($default)?),
                    );
                    row$($(.$how($($with),*))+)?
                }),*]
            }
            fn read(_values: &$crate::Values) -> $crate::Result<Self> {
                Ok($name { $($field: _values.next(stringify!($field))?),* })
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __default {
    () => {
        None
    };
    ($default:expr) => {
        Some($default)
    };
}

/// Declares an enum whose values users write as words: a type for a field of [`params!`](crate::params).
///
/// ```
/// # use reinit_plugin::*;
/// words! {
///     enum Norm { Paper = "paper", Code = "code" }
/// }
/// params! {
///     struct Hadamard {
///         /// of the factor
///         normalization: Norm = Norm::Paper => may_have_no_effect(),
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$case_meta:meta])* $case:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$case_meta])* $case,)+
        }

        impl $crate::Setting for $name {
            fn value(self) -> $crate::Value {
                $crate::Value::Word(match self { $($name::$case => $word,)+ }.into())
            }
            fn empty() -> $crate::Value {
                $crate::Value::Word("".into())
            }
            fn choices() -> &'static [&'static str] {
                &[$($word),+]
            }
            fn read(name: &str, value: $crate::Value) -> $crate::Result<Self> {
                match value {
                    $($crate::Value::Word(word) if word == $word => Ok($name::$case),)+
                    other => Err($crate::Error::invalid(format!("{name} has no choice {other:?}"))),
                }
            }
        }
    };
}
