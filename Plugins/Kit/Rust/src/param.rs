//! Typed hyper-parameters: what a user may set.

use crate::host::elements;
use crate::sys;
use std::borrow::Cow;

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// A word.
    Word(Cow<'static, str>),
    /// A list of whole numbers.
    Ints(Cow<'static, [i64]>),
    /// A list of numbers.
    Reals(Cow<'static, [f64]>),
}

impl Value {
    /// The C value, which borrows this one.
    pub(crate) fn raw(&self) -> sys::ri_value {
        let (type_, count, u) = match self {
            Value::Bool(v) => (
                sys::RI_VALUE_BOOL,
                0,
                sys::ri_value_u { i64: i64::from(*v) },
            ),
            Value::Int(v) => (sys::RI_VALUE_INT, 0, sys::ri_value_u { i64: *v }),
            Value::Real(v) => (sys::RI_VALUE_REAL, 0, sys::ri_value_u { f64: *v }),
            Value::Word(v) => {
                let u = sys::ri_value_u { word: v.as_ptr() };
                (sys::RI_VALUE_WORD, v.len(), u)
            }
            Value::Ints(v) => {
                let u = sys::ri_value_u { i64s: v.as_ptr() };
                (sys::RI_VALUE_INTS, v.len(), u)
            }
            Value::Reals(v) => {
                let u = sys::ri_value_u { f64s: v.as_ptr() };
                (sys::RI_VALUE_REALS, v.len(), u)
            }
        };
        let count = count as u32;
        sys::ri_value { type_, count, u }
    }

    /// A copy of a value of the host's; None for a type that is not known here.
    ///
    /// # Safety
    /// `raw` is a value of the host's, alive.
    pub(crate) unsafe fn copy(raw: &sys::ri_value) -> Option<Value> {
        let count = u64::from(raw.count);
        Some(match raw.type_ {
            sys::RI_VALUE_BOOL => Value::Bool(raw.u.i64 != 0),
            sys::RI_VALUE_INT => Value::Int(raw.u.i64),
            sys::RI_VALUE_REAL => Value::Real(raw.u.f64),
            sys::RI_VALUE_WORD => {
                let bytes = elements(raw.u.word, count);
                Value::Word(String::from_utf8_lossy(bytes).into_owned().into())
            }
            sys::RI_VALUE_INTS => Value::Ints(elements(raw.u.i64s, count).to_vec().into()),
            sys::RI_VALUE_REALS => Value::Reals(elements(raw.u.f64s, count).to_vec().into()),
            _ => return None,
        })
    }
}

/// One parameter's description, as [`params!`](crate::params) declares it: type, default, range. The host refuses what is out of range before a plugin sees it.
#[derive(Clone, Debug)]
pub struct Param {
    name: &'static str,
    summary: &'static str,
    default: Value,
    flags: u32,
    min: f64,
    max: f64,
    choices: &'static [&'static str],
}

impl Param {
    pub(crate) fn new(name: &'static str, summary: &'static str, default: Value) -> Param {
        Param {
            name,
            summary,
            default,
            flags: 0,
            min: 0.0,
            max: 0.0,
            choices: &[],
        }
    }

    pub(crate) fn required(self) -> Param {
        self.flag(sys::RI_PARAM_REQUIRED)
    }

    /// At least this; of a list, each number.
    pub fn min(mut self, bound: f64) -> Param {
        self.min = bound;
        self.flag(sys::RI_PARAM_MIN)
    }

    /// At most this.
    pub fn max(mut self, bound: f64) -> Param {
        self.max = bound;
        self.flag(sys::RI_PARAM_MAX)
    }

    /// More than this.
    pub fn above(self, bound: f64) -> Param {
        self.min(bound).flag(sys::RI_PARAM_MIN_OPEN)
    }

    /// Less than this.
    pub fn below(self, bound: f64) -> Param {
        self.max(bound).flag(sys::RI_PARAM_MAX_OPEN)
    }

    /// The words that are allowed, of a `String`.
    pub fn choices(mut self, words: &'static [&'static str]) -> Param {
        self.choices = words;
        self
    }

    /// Infinity and NaN are values too.
    pub fn non_finite(self) -> Param {
        self.flag(sys::RI_PARAM_NON_FINITE)
    }

    /// Another value need not change a result.
    pub fn may_have_no_effect(self) -> Param {
        self.flag(sys::RI_PARAM_MAY_HAVE_NO_EFFECT)
    }

    fn flag(mut self, flag: u32) -> Param {
        self.flags |= flag;
        self
    }
}

/// A table for a descriptor; it borrows the parameters, and the host copies it.
pub(crate) struct ParamTable {
    rows: Vec<sys::ri_param>,
    _choices: Vec<Vec<sys::ri_str>>,
}

impl ParamTable {
    pub(crate) fn new(params: &[Param]) -> ParamTable {
        let choices: Vec<Vec<_>> = params
            .iter()
            .map(|param| {
                param
                    .choices
                    .iter()
                    .map(|word| sys::ri_str::of(word))
                    .collect()
            })
            .collect();
        let rows = params
            .iter()
            .zip(&choices)
            .map(|(param, words)| sys::ri_param {
                struct_size: std::mem::size_of::<sys::ri_param>() as u32,
                flags: param.flags,
                name: sys::ri_str::of(param.name),
                summary: sys::ri_str::of(param.summary),
                default_value: param.default.raw(),
                min: param.min,
                max: param.max,
                choices: match words.is_empty() {
                    true => std::ptr::null(),
                    false => words.as_ptr(),
                },
                n_choices: words.len() as u64,
            });
        ParamTable {
            rows: rows.collect(),
            _choices: choices,
        }
    }

    pub(crate) fn raw(&self) -> (*const sys::ri_param, u64) {
        (self.rows.as_ptr(), self.rows.len() as u64)
    }
}
