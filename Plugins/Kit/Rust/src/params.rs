//! Typed hyper-parameters: what was set.

use crate::host::elements;
use crate::param::{Param, Value};
use crate::sys;

/// What the user has set, defaults filled in, by name.
///
/// Asking for a name or a type that was not described is a fault of the plugin: it panics, and the call fails.
#[derive(Clone, Copy)]
pub struct Params<'a> {
    described: &'a [Param],
    values: &'a [sys::ri_value],
}

impl<'a> Params<'a> {
    /// # Safety
    /// The values are the host's, for `'a`, in the descriptor's order.
    pub(crate) unsafe fn new(
        described: &'a [Param],
        values: *const sys::ri_value,
        count: u64,
    ) -> Params<'a> {
        let values = elements(values, count);
        Params { described, values }
    }

    /// Copies of all.
    pub(crate) fn to_vec(self) -> Vec<Value> {
        // SAFETY: as in `new`.
        let copies = self
            .values
            .iter()
            .filter_map(|raw| unsafe { Value::copy(raw) });
        copies.collect()
    }

    fn value(&self, name: &str, type_: u32) -> &'a sys::ri_value {
        let index = self.described.iter().position(|param| param.name == name);
        let value = index.and_then(|index| self.values.get(index));
        match value {
            Some(value) if value.type_ == type_ => value,
            Some(_) => panic!("parameter '{name}' was described with another type"),
            None => panic!("parameter '{name}' was not described"),
        }
    }

    /// A bool.
    pub fn bool(&self, name: &str) -> bool {
        // SAFETY: the type says which field.
        unsafe { self.value(name, sys::RI_VALUE_BOOL).u.i64 != 0 }
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> i64 {
        // SAFETY: the type says which field.
        unsafe { self.value(name, sys::RI_VALUE_INT).u.i64 }
    }

    /// A number.
    pub fn real(&self, name: &str) -> f64 {
        // SAFETY: the type says which field.
        unsafe { self.value(name, sys::RI_VALUE_REAL).u.f64 }
    }

    /// A word.
    pub fn word(&self, name: &str) -> &'a str {
        let value = self.value(name, sys::RI_VALUE_WORD);
        let ptr = unsafe { value.u.word };
        let len = u64::from(value.count);
        // SAFETY: the type says which field.
        unsafe { crate::host::text(sys::ri_str { ptr, len }) }
    }

    /// A list of whole numbers.
    pub fn ints(&self, name: &str) -> &'a [i64] {
        let value = self.value(name, sys::RI_VALUE_INTS);
        // SAFETY: the type says which field.
        unsafe { elements(value.u.i64s, u64::from(value.count)) }
    }

    /// A list of numbers.
    pub fn reals(&self, name: &str) -> &'a [f64] {
        let value = self.value(name, sys::RI_VALUE_REALS);
        // SAFETY: the type says which field.
        unsafe { elements(value.u.f64s, u64::from(value.count)) }
    }
}
