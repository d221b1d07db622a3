//! What a fill reads: of a run's state before anything is changed.

use crate::sys;

/// A source that an initializer declares; [`Fill::source`](crate::Fill::source) reads it, by its name.
#[derive(Clone, Debug)]
pub struct Source {
    kind: u32,
    pub(crate) name: &'static str,
    path: &'static str,
    file: &'static str,
}

impl Source {
    /// The values that the tensor has.
    pub fn old(name: &'static str) -> Source {
        Source {
            kind: sys::RI_SOURCE_OLD,
            name,
            path: "",
            file: "",
        }
    }

    /// Another tensor of the tree: `.base` is beside the one that is filled, `..base.weight` beside its layer, `a.b.weight`
    /// counts from the root, `$p` is the word parameter p.
    pub fn tensor(name: &'static str, path: &'static str) -> Source {
        Source {
            kind: sys::RI_SOURCE_TENSOR,
            name,
            path,
            file: "",
        }
    }

    /// A tensor of another checkpoint, which is a path or `$p`; with an empty path in it the one of the same name.
    pub fn file(name: &'static str, file: &'static str, path: &'static str) -> Source {
        Source {
            kind: sys::RI_SOURCE_FILE,
            name,
            path,
            file,
        }
    }

    /// The row for the host, which borrows this one.
    pub(crate) fn raw(&self) -> sys::ri_source {
        sys::ri_source {
            struct_size: std::mem::size_of::<sys::ri_source>() as u32,
            flags: 0,
            kind: self.kind,
            reserved: 0,
            name: sys::ri_str::of(self.name),
            path: sys::ri_str::of(self.path),
            file: sys::ri_str::of(self.file),
        }
    }
}
