//! One child of a layer.

use crate::geometry::Geometry;
use crate::initializer::Distribution;
use crate::sys;
use crate::tensor::{LayerHandle, Tensor};
use std::borrow::Cow;

/// What a parameter is for. Rules are typed by it: a scheme for weights never reaches a norm's scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Role(pub u32);

impl Role {
    /// None of the others.
    pub const NONE: Role = Role(sys::RI_ROLE_NONE);
    /// A weight.
    pub const WEIGHT: Role = Role(sys::RI_ROLE_WEIGHT);
    /// A bias.
    pub const BIAS: Role = Role(sys::RI_ROLE_BIAS);
    /// A scale, as of a norm.
    pub const SCALE: Role = Role(sys::RI_ROLE_SCALE);
    /// A buffer: no training changes it.
    pub const BUFFER: Role = Role(sys::RI_ROLE_BUFFER);
    /// Trained, and no scheme's business, as a decay: it has to say how it begins.
    pub const OTHER: Role = Role(sys::RI_ROLE_OTHER);
}

/// A child: a tensor or a layer, with what the host must know about it.
#[derive(Clone, Debug)]
pub struct Child {
    name: Cow<'static, str>,
    role: Role,
    flags: u32,
    tensor: Option<Tensor>,
    layer: Option<LayerHandle>,
    kind: u32,
    geometry: Option<Box<Geometry>>,
    fresh: Cow<'static, str>,
    begins: Option<Box<sys::ri_distribution>>,
}

impl Child {
    /// A tensor, or None where it is absent, as a bias that was not asked for.
    pub fn tensor(
        name: impl Into<Cow<'static, str>>,
        role: Role,
        tensor: Option<&Tensor>,
    ) -> Child {
        Child {
            role,
            tensor: tensor.cloned(),
            kind: sys::RI_CHILD_TENSOR,
            ..Child::named(name.into())
        }
    }

    /// A layer; without a name, it lends its children's names to this one.
    pub fn layer(name: impl Into<Cow<'static, str>>, layer: &LayerHandle) -> Child {
        Child {
            layer: Some(layer.clone()),
            kind: sys::RI_CHILD_LAYER,
            ..Child::named(name.into())
        }
    }

    fn named(name: Cow<'static, str>) -> Child {
        Child {
            name,
            role: Role::NONE,
            flags: 0,
            tensor: None,
            layer: None,
            kind: 0,
            geometry: None,
            fresh: "".into(),
            begins: None,
        }
    }

    /// What its axes mean; without it, the tensor has no fan.
    pub fn geometry(mut self, geometry: Geometry) -> Child {
        self.geometry = Some(Box::new(geometry));
        self
    }

    /// How it begins: an initializer as a user writes it. Without this: bias 0, scale 1. Of a layer: how parameters in it
    /// begin where not by themselves, `weight: zeros, norm.scale: constant(0.1)`.
    pub fn fresh(mut self, initializer: impl Into<Cow<'static, str>>) -> Child {
        self.fresh = initializer.into();
        self
    }

    /// How it begins, as a distribution; not together with [`fresh`](Child::fresh).
    pub fn begins(mut self, distribution: Distribution) -> Child {
        self.begins = Some(Box::new(distribution.raw()));
        self
    }

    /// Rules leave it alone unless they name it.
    pub fn frozen(mut self) -> Child {
        self.flags |= sys::RI_CHILD_FROZEN;
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Name and kind: what stays as long as an instance and its successors live.
    pub(crate) fn label(&self) -> String {
        let kind = if self.is_tensor() { "tensor" } else { "layer" };
        format!("{kind} {}", self.name)
    }

    pub(crate) fn is_tensor(&self) -> bool {
        self.kind == sys::RI_CHILD_TENSOR
    }

    fn raw(&self) -> sys::ri_child {
        sys::ri_child {
            struct_size: std::mem::size_of::<sys::ri_child>() as u32,
            kind: self.kind,
            role: self.role.0,
            flags: self.flags,
            name: sys::ri_str::of(&self.name),
            tensor: self
                .tensor
                .as_ref()
                .map_or(std::ptr::null_mut(), Tensor::raw),
            layer: self
                .layer
                .as_ref()
                .map_or(std::ptr::null_mut(), LayerHandle::raw),
            geometry: self.geometry.as_ref().map_or(std::ptr::null(), |g| g.raw()),
            fresh: sys::ri_str::of(&self.fresh),
            begins: self
                .begins
                .as_ref()
                .map_or(std::ptr::null(), |begins| &**begins),
        }
    }

    /// Writes as much as the host has room for; handles are borrowed from `self`.
    ///
    /// # Safety
    /// `out` is the host's, with its `struct_size` set.
    pub(crate) unsafe fn write(&self, out: *mut sys::ri_child) {
        sys::write_capped(out, &self.raw());
    }
}
