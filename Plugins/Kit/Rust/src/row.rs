//! The children of a described layer, as a table.

use crate::geometry::Geometry;
use crate::initializer::Distribution;
use crate::sys;
use crate::Role;

/// One child of a described layer. Texts may hold expressions of parameters in braces: `+ - * / ( )` of numbers and names.
pub struct ChildRow {
    kind: u32,
    role: Role,
    flags: u32,
    pub(crate) name: &'static str,
    shape: &'static str,
    fresh: &'static str,
    layer: &'static str,
    groups: &'static str,
    when: &'static str,
    geometry: Option<Geometry>,
    begins: Option<sys::ri_distribution>,
}

impl ChildRow {
    /// A tensor, of a shape in parameters: `"[out, 4 * in]"`, expressions without braces.
    pub fn tensor(name: &'static str, role: Role, shape: &'static str) -> ChildRow {
        ChildRow {
            kind: sys::RI_CHILD_TENSOR,
            role,
            shape,
            ..ChildRow::layer(name, "")
        }
    }

    /// A layer, as for [`Call::layer`](crate::Call::layer): `"Dense(in: {n}, out: {2 * n})"`; with an empty text the next one that the user nests.
    pub fn layer(name: &'static str, text: &'static str) -> ChildRow {
        ChildRow {
            kind: sys::RI_CHILD_LAYER,
            role: Role::NONE,
            flags: 0,
            name,
            shape: "",
            fresh: "",
            layer: text,
            groups: "",
            when: "",
            geometry: None,
            begins: None,
        }
    }

    /// How a tensor begins: an initializer as a user writes it, `"uniform({-1 / n}, {1 / n})"`. Without this: bias 0, scale 1.
    /// Of a layer: how parameters in it begin where not by themselves, `"weight: zeros, norm.scale: constant({g})"`.
    pub fn fresh(mut self, initializer: &'static str) -> ChildRow {
        self.fresh = initializer;
        self
    }

    /// The same, as a distribution.
    pub fn begins(mut self, distribution: Distribution) -> ChildRow {
        self.begins = Some(distribution.raw());
        self
    }

    /// What the axes mean; without it, a tensor has no fan.
    pub fn geometry(mut self, geometry: Geometry) -> ChildRow {
        self.geometry = Some(geometry);
        self
    }

    /// An expression in place of the geometry's groups.
    pub fn groups(mut self, expression: &'static str) -> ChildRow {
        self.groups = expression;
        self
    }

    /// A parameter: the child is absent where it is false or 0.
    pub fn when(mut self, parameter: &'static str) -> ChildRow {
        self.when = parameter;
        self
    }

    /// Rules leave it alone unless they name it.
    pub fn frozen(mut self) -> ChildRow {
        self.flags |= sys::RI_CHILD_FROZEN;
        self
    }

    /// The row for the host, which borrows this one.
    pub(crate) fn raw(&self) -> sys::ri_child_row {
        sys::ri_child_row {
            struct_size: std::mem::size_of::<sys::ri_child_row>() as u32,
            kind: self.kind,
            role: self.role.0,
            flags: self.flags,
            name: sys::ri_str::of(self.name),
            shape: sys::ri_str::of(self.shape),
            fresh: sys::ri_str::of(self.fresh),
            begins: self.begins.as_ref().map_or(std::ptr::null(), |b| b),
            geometry: self.geometry.as_ref().map_or(std::ptr::null(), |g| g.raw()),
            groups: sys::ri_str::of(self.groups),
            layer: sys::ri_str::of(self.layer),
            when: sys::ri_str::of(self.when),
        }
    }
}
