//! Described layers behind the ABI.

use crate::error::{Error, Result};
use crate::guard;
use crate::instance::descriptor;
use crate::layer::DescribedLayer;
use crate::param::ParamTable;
use crate::params::Values;
use crate::row::ChildRow;
use crate::sys;
use crate::Pass;
use std::os::raw::c_void;

pub(crate) fn register<L: DescribedLayer>(host: &sys::ri_host, name: &str) -> Result {
    let (info, params) = (L::describe(), L::params());
    // Never unloaded, so never freed: the host gives it back with each pass.
    let rows: &'static Vec<ChildRow> = Box::leak(Box::new(L::children()));
    let children: Vec<_> = rows.iter().map(ChildRow::raw).collect();
    let table = ParamTable::new(&params);
    let mut descriptor = descriptor(name, &info, &table);
    descriptor.user = rows as *const Vec<ChildRow> as *mut c_void;
    descriptor.children = children.as_ptr();
    descriptor.n_children = children.len() as u64;
    if info.forward {
        descriptor.forward = Some(forward::<L>);
        descriptor.infer = Some(infer::<L>);
    }
    // SAFETY: the host copies the descriptor before it returns.
    Error::of_host(unsafe { (host.add_layer)(host, &descriptor) })
}

unsafe fn read<L: DescribedLayer>(raw: &sys::ri_forward) -> Result<L> {
    L::read(&Values::new(raw.params, raw.n_params))
}

unsafe extern "C" fn forward<L: DescribedLayer>(
    user: *const c_void,
    raw: *const sys::ri_forward,
) -> sys::ri_status {
    guard::status((*raw).host, (*raw).call, || {
        let rows: &'static Vec<ChildRow> = &*user.cast();
        let pass = Pass::described(&*raw, rows)?;
        read::<L>(&*raw)?.forward(&pass)
    })
}

unsafe extern "C" fn infer<L: DescribedLayer>(
    user: *const c_void,
    raw: *const sys::ri_forward,
) -> sys::ri_status {
    guard::status((*raw).host, (*raw).call, || {
        let rows: &'static Vec<ChildRow> = &*user.cast();
        let pass = Pass::described(&*raw, rows)?;
        let result = read::<L>(&*raw)?.infer(&pass);
        // `output` ends a pass that is one for shapes alone.
        match pass.is_complete() {
            true => Ok(()),
            false => result,
        }
    })
}
