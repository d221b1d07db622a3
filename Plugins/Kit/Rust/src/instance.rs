//! A layer's instance behind the ABI, and the functions that the host calls.

use crate::child::Child;
use crate::error::{Error, Result, Status};
use crate::guard;
use crate::host::{elements, Call, Host, Level};
use crate::layer::{Build, Layer, LayerInfo};
use crate::param::{ParamTable, Value};
use crate::params::{Params, Values};
use crate::sys;
use crate::{Parts, Pass};
use std::mem::size_of;
use std::os::raw::c_void;
use std::sync::Arc;

/// An instance with what the host borrows from it: made once, and dead when it is destroyed.
struct Instance<L> {
    layer: L,
    children: Vec<Child>,
    created: Arc<Vec<Value>>,
    config: Vec<Value>,
    host: Host,
}

impl<L: Layer> Instance<L> {
    fn new(layer: L, created: Arc<Vec<Value>>, host: Host) -> Instance<L> {
        let children = layer.children();
        let config = layer.config().unwrap_or_else(|| created.to_vec());
        Instance {
            layer,
            children,
            created,
            config,
            host,
        }
    }

    fn rebuild(&self, parts: &Parts) -> Result<Instance<L>> {
        let layer = self.layer.rebuild(parts)?;
        let new = Instance::new(layer, Arc::clone(&self.created), self.host);
        let names = |children: &[Child]| children.iter().map(Child::label).collect::<Vec<_>>();
        let (expected, found) = (names(&self.children), names(&new.children));
        if expected != found {
            return Err(Error::new(
                Status::INTERNAL,
                format!("rebuilding changed the children: expected {expected:?}, found {found:?}"),
            ));
        }
        Ok(new)
    }
}

/// A descriptor without functions; it borrows all three.
pub(crate) fn descriptor(name: &str, info: &LayerInfo, params: &ParamTable) -> sys::ri_layer_type {
    let (rows, n_params) = params.raw();
    sys::ri_layer_type {
        struct_size: size_of::<sys::ri_layer_type>() as u32,
        flags: info.flags,
        name: sys::ri_str::of(name),
        summary: sys::ri_str::of(info.summary),
        reference: sys::ri_str::of(info.reference),
        version: info.version,
        min_inputs: info.inputs.0,
        max_inputs: info.inputs.1,
        n_outputs: info.outputs,
        min_layers: info.layers.0,
        max_layers: info.layers.1,
        params: rows,
        n_params,
        user: std::ptr::null_mut(),
        create: None,
        destroy: None,
        child_count: None,
        child_at: None,
        rebuild: None,
        forward: None,
        infer: None,
        config: None,
        children: std::ptr::null(),
        n_children: 0,
    }
}

pub(crate) fn register<L: Layer>(host: &sys::ri_host, name: &str) -> Result {
    let (info, params) = (L::describe(), L::Params::params());
    let table = ParamTable::new(&params);
    let mut descriptor = descriptor(name, &info, &table);
    descriptor.create = Some(create::<L>);
    descriptor.destroy = Some(destroy::<L>);
    descriptor.child_count = Some(child_count::<L>);
    descriptor.child_at = Some(child_at::<L>);
    descriptor.rebuild = Some(rebuild::<L>);
    descriptor.config = Some(config::<L>);
    if info.forward {
        descriptor.forward = Some(forward::<L>);
        descriptor.infer = Some(infer::<L>);
    }
    // SAFETY: the host copies the descriptor before it returns.
    Error::of_host(unsafe { (host.add_layer)(host, &descriptor) })
}

unsafe fn instance<'a, L>(this: *const c_void) -> &'a Instance<L> {
    &*this.cast()
}

unsafe extern "C" fn create<L: Layer>(
    raw: *const sys::ri_build,
    _user: *mut c_void,
    this: *mut *mut c_void,
) -> sys::ri_status {
    guard::status((*raw).host, (*raw).call, || {
        let build = Build::new(&*raw);
        let values = Values::new((*raw).params, (*raw).n_params);
        let created = Arc::new(values.to_vec());
        let layer = L::create(L::Params::read(&values)?, &build)?;
        let made = Instance::new(layer, created, build.host());
        *this = Box::into_raw(Box::new(made)).cast();
        Ok(())
    })
}

unsafe extern "C" fn destroy<L: Layer>(this: *mut c_void) {
    let owned: Box<Instance<L>> = Box::from_raw(this.cast());
    let host = owned.host;
    let dropped = guard::guarded(|| {
        drop(owned);
        Ok(())
    });
    if let Err(error) = dropped {
        host.log(Level::Warning, error.message());
    }
}

unsafe extern "C" fn child_count<L: Layer>(this: *const c_void) -> u64 {
    instance::<L>(this).children.len() as u64
}

unsafe extern "C" fn child_at<L: Layer>(
    this: *const c_void,
    index: u64,
    out: *mut sys::ri_child,
) -> sys::ri_status {
    match instance::<L>(this).children.get(index as usize) {
        Some(child) => {
            child.write(out);
            sys::RI_OK
        }
        None => sys::RI_INVALID,
    }
}

unsafe extern "C" fn rebuild<L: Layer>(
    this: *const c_void,
    raw: *const sys::ri_rebuild,
    new: *mut *mut c_void,
) -> sys::ri_status {
    guard::status((*raw).host, (*raw).call, || {
        let old = instance::<L>(this);
        let call = Call::new((*raw).host, (*raw).call);
        let given = elements((*raw).parts, (*raw).n_parts);
        let made = old.rebuild(&Parts::new(&old.children, given, call)?)?;
        *new = Box::into_raw(Box::new(made)).cast();
        Ok(())
    })
}

unsafe extern "C" fn forward<L: Layer>(
    this: *const c_void,
    raw: *const sys::ri_forward,
) -> sys::ri_status {
    guard::status((*raw).host, (*raw).call, || {
        instance::<L>(this).layer.forward(&Pass::new(&*raw))
    })
}

unsafe extern "C" fn infer<L: Layer>(
    this: *const c_void,
    raw: *const sys::ri_forward,
) -> sys::ri_status {
    guard::status((*raw).host, (*raw).call, || {
        instance::<L>(this).layer.infer(&Pass::new(&*raw))
    })
}

unsafe extern "C" fn config<L: Layer>(
    this: *const c_void,
    out: *mut sys::ri_value,
    n: u64,
) -> sys::ri_status {
    let config = &instance::<L>(this).config;
    if config.len() as u64 != n {
        return sys::RI_INTERNAL;
    }
    for (index, value) in config.iter().enumerate() {
        out.add(index).write(value.raw());
    }
    sys::RI_OK
}
