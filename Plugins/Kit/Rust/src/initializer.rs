//! Initializers: filling a range of a tensor.

use crate::error::{Error, Result, Status};
use crate::fill::Fill;
use crate::params::{Params, Values};
use crate::source::Source;
use crate::sys;
use crate::tensor::DType;
use std::os::raw::c_void;
use std::slice;

/// An initializer: a struct of parameters ([`params!`](crate::params)), made of what the user has set for each call.
///
/// The shard law: filling a tensor at once and in any partition, in any order, on any threads, gives the same bits. So
/// element `fill.offset() + i` goes to `out[i]` and depends on its index alone.
pub trait Initializer: Params {
    /// What users read; called once, as the plugin is loaded.
    fn describe() -> InitializerInfo;

    /// Writes each element of `out`; what was in it is garbage.
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result;

    /// Refuses combinations that ranges of parameters cannot express; called while planning.
    fn check(&self, _fill: &Fill) -> Result {
        Ok(())
    }

    /// What the elements are drawn from; the test harness holds `fill` against it. Not asked of one that has sources.
    fn distribution(&self, _fill: &Fill) -> Result<Distribution> {
        Ok(Distribution::Unknown)
    }
}

/// An initializer whose elements the host draws, in parallel and to the bit: all there is to say is from what.
///
/// ```
/// # use reinit_plugin::*;
/// params! {
///     struct Scaled {
///         /// factor of the standard deviation
///         gain: f64 = 1.0,
///     }
/// }
///
/// impl DistributionInitializer for Scaled {
///     fn describe() -> InitializerInfo {
///         InitializerInfo::new("normal with std = gain/√fan_in").needs_fans()
///     }
///     fn distribution(&self, tensor: &Fill) -> Result<Distribution> {
///         let std = self.gain / tensor.fan_in().sqrt();
///         Ok(Distribution::Normal { mean: 0.0, std })
///     }
/// }
///
/// reinit_plugin! {
///     id: "org.example.scaled",
///     distributions: { "scaled": Scaled },
/// }
/// # fn main() {}
/// ```
pub trait DistributionInitializer: Params {
    /// What users read; called once, as the plugin is loaded.
    fn describe() -> InitializerInfo;

    /// What the elements of a tensor are drawn from; never [`Distribution::Unknown`].
    fn distribution(&self, tensor: &Fill) -> Result<Distribution>;

    /// Refuses combinations that ranges of parameters cannot express; called while planning.
    fn check(&self, _tensor: &Fill) -> Result {
        Ok(())
    }
}

/// What the elements of a tensor are drawn from, all independent and alike.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are called what they are
pub enum Distribution {
    /// Not said.
    Unknown,
    /// One value.
    Constant(f64),
    /// Uniform in [low, high).
    Uniform { low: f64, high: f64 },
    /// Normal.
    Normal { mean: f64, std: f64 },
    /// Normal between two bounds; mean and std are those before truncation.
    TruncatedNormal {
        mean: f64,
        std: f64,
        low: f64,
        high: f64,
    },
}

impl Distribution {
    /// The kind, and mean, std, low, high.
    fn numbers(self) -> (u32, [f64; 4]) {
        match self {
            Distribution::Unknown => (sys::RI_DISTRIBUTION_UNKNOWN, [0.0; 4]),
            Distribution::Constant(value) => {
                (sys::RI_DISTRIBUTION_CONSTANT, [value, 0.0, value, value])
            }
            Distribution::Uniform { low, high } => {
                (sys::RI_DISTRIBUTION_UNIFORM, [0.0, 0.0, low, high])
            }
            Distribution::Normal { mean, std } => {
                (sys::RI_DISTRIBUTION_NORMAL, [mean, std, 0.0, 0.0])
            }
            Distribution::TruncatedNormal {
                mean,
                std,
                low,
                high,
            } => (
                sys::RI_DISTRIBUTION_TRUNCATED_NORMAL,
                [mean, std, low, high],
            ),
        }
    }

    pub(crate) fn raw(self) -> sys::ri_distribution {
        let (kind, [mean, std, low, high]) = self.numbers();
        sys::ri_distribution {
            struct_size: std::mem::size_of::<sys::ri_distribution>() as u32,
            kind,
            mean,
            std,
            low,
            high,
        }
    }

    /// # Safety
    /// `raw` is the host's, alive.
    pub(crate) unsafe fn of_raw(raw: *const sys::ri_distribution) -> Distribution {
        let sys::ri_distribution {
            kind,
            mean,
            std,
            low,
            high,
            ..
        } = sys::read_capped(raw);
        match kind {
            sys::RI_DISTRIBUTION_CONSTANT => Distribution::Constant(mean),
            sys::RI_DISTRIBUTION_UNIFORM => Distribution::Uniform { low, high },
            sys::RI_DISTRIBUTION_NORMAL => Distribution::Normal { mean, std },
            sys::RI_DISTRIBUTION_TRUNCATED_NORMAL => Distribution::TruncatedNormal {
                mean,
                std,
                low,
                high,
            },
            _ => Distribution::Unknown,
        }
    }
}

/// An initializer's description.
#[derive(Clone, Debug)]
pub struct InitializerInfo {
    summary: &'static str,
    formula: &'static str,
    reference: &'static str,
    version: u32,
    tolerance: f64,
    flags: u32,
    pub(crate) sources: Vec<Source>,
}

impl InitializerInfo {
    /// Begins with one line about it.
    pub fn new(summary: &'static str) -> InitializerInfo {
        InitializerInfo {
            summary,
            formula: "",
            reference: "",
            version: 1,
            tolerance: 0.0,
            flags: 0,
            sources: Vec::new(),
        }
    }

    /// The definition, in plain Unicode.
    pub fn formula(mut self, formula: &'static str) -> InitializerInfo {
        self.formula = formula;
        self
    }

    /// Paper and equation.
    pub fn reference(mut self, reference: &'static str) -> InitializerInfo {
        self.reference = reference;
        self
    }

    /// From 1; add 1 whenever the numbers change.
    pub fn version(mut self, version: u32) -> InitializerInfo {
        self.version = version;
        self
    }

    /// How far another machine may be off, relative to the largest element; 0, as without this: equal bits.
    pub fn tolerance(mut self, tolerance: f64) -> InitializerInfo {
        self.tolerance = tolerance;
        self
    }

    /// Adds what `fill` reads, by [`Fill::source`]: the values are then a function of those too.
    pub fn source(mut self, source: Source) -> InitializerInfo {
        self.sources.push(source);
        self
    }

    /// The fans are used: what has none is refused, and the user gets the parameter `fans`.
    pub fn needs_fans(self) -> InitializerInfo {
        self.flag(sys::RI_INITIALIZER_NEEDS_FANS)
    }

    /// Always called for the whole tensor at once: no shard law, and no threads.
    pub fn whole(self) -> InitializerInfo {
        self.flag(sys::RI_INITIALIZER_WHOLE)
    }

    /// Not reentrant: one call at a time.
    pub fn exclusive(self) -> InitializerInfo {
        self.flag(sys::RI_INITIALIZER_EXCLUSIVE)
    }

    /// A rule that ends at a layer reaches biases, scales and buffers as well.
    pub fn every_role(self) -> InitializerInfo {
        self.flag(sys::RI_INITIALIZER_EVERY_ROLE)
    }

    /// Elements may be infinite or NaN; without this such an element is an error.
    pub fn non_finite(self) -> InitializerInfo {
        self.flag(sys::RI_INITIALIZER_NON_FINITE)
    }

    fn flag(mut self, flag: u32) -> InitializerInfo {
        self.flags |= flag;
        self
    }
}

type Plain = unsafe extern "C" fn(*const sys::ri_fill, *mut c_void) -> sys::ri_status;
type Asking = unsafe extern "C" fn(
    *const sys::ri_fill,
    *mut c_void,
    *mut sys::ri_distribution,
) -> sys::ri_status;

pub(crate) fn register<I: Initializer>(host: &sys::ri_host, name: &str) -> Result {
    let info = I::describe();
    let has_sources = !info.sources.is_empty();
    let functions = Functions {
        fill: Some(fill::<I>),
        check: check::<I>,
        distribution: (!has_sources).then_some(distribution::<I>),
    };
    register_functions::<I>(host, name, info, functions)
}

pub(crate) fn register_distribution<D: DistributionInitializer>(
    host: &sys::ri_host,
    name: &str,
) -> Result {
    let functions = Functions {
        fill: None,
        check: check::<Drawn<D>>,
        distribution: Some(distribution::<Drawn<D>>),
    };
    register_functions::<D>(host, name, D::describe(), functions)
}

/// An initializer that the host is told of without its `fill`.
struct Drawn<D>(D);

impl<D: DistributionInitializer> Params for Drawn<D> {
    fn params() -> Vec<crate::Param> {
        D::params()
    }

    fn read(values: &Values) -> Result<Self> {
        D::read(values).map(Drawn)
    }
}

impl<D: DistributionInitializer> Initializer for Drawn<D> {
    fn describe() -> InitializerInfo {
        D::describe()
    }

    fn fill(&self, _fill: &Fill, _out: &mut [f32]) -> Result {
        Err(Error::new(
            Status::UNSUPPORTED,
            "the host draws the elements",
        ))
    }

    fn check(&self, fill: &Fill) -> Result {
        self.0.check(fill)
    }

    fn distribution(&self, fill: &Fill) -> Result<Distribution> {
        self.0.distribution(fill)
    }
}

/// What the host calls.
struct Functions {
    fill: Option<Plain>,
    check: Plain,
    distribution: Option<Asking>,
}

fn register_functions<P: Params>(
    host: &sys::ri_host,
    name: &str,
    info: InitializerInfo,
    functions: Functions,
) -> Result {
    // Never unloaded, so never freed: the host gives it back with each call.
    let info: &'static InitializerInfo = Box::leak(Box::new(info));
    let params = P::params();
    let table = crate::param::ParamTable::new(&params);
    let (rows, n_params) = table.raw();
    let sources: Vec<_> = info.sources.iter().map(Source::raw).collect();
    let descriptor = sys::ri_initializer {
        struct_size: std::mem::size_of::<sys::ri_initializer>() as u32,
        flags: info.flags,
        name: sys::ri_str::of(name),
        summary: sys::ri_str::of(info.summary),
        formula: sys::ri_str::of(info.formula),
        reference: sys::ri_str::of(info.reference),
        version: info.version,
        dtypes: 0,
        params: rows,
        n_params,
        tolerance: info.tolerance,
        user: info as *const InitializerInfo as *mut c_void,
        fill: functions.fill,
        check: Some(functions.check),
        distribution: functions.distribution,
        sources: sources.as_ptr(),
        n_sources: sources.len() as u64,
    };
    // SAFETY: the host copies the descriptor before it returns.
    Error::of_host(unsafe { (host.add_initializer)(host, &descriptor) })
}

/// What the user has set.
unsafe fn read<I: Initializer>(raw: *const sys::ri_fill) -> Result<I> {
    I::read(&Values::new((*raw).params, (*raw).n_params))
}

unsafe extern "C" fn fill<I: Initializer>(
    raw: *const sys::ri_fill,
    user: *mut c_void,
) -> sys::ri_status {
    crate::guard::status((*raw).host, (*raw).call, || {
        let (dtype, count, out) = ((*raw).dtype, (*raw).count as usize, (*raw).out);
        if dtype != sys::RI_F32 {
            let message = format!(
                "a range has the wrong type: expected f32, found {}",
                DType(dtype)
            );
            return Err(Error::dtype(message));
        }
        if count == 0 {
            return Ok(());
        }
        let out = slice::from_raw_parts_mut(out.cast::<f32>(), count);
        read::<I>(raw)?.fill(&Fill::lend(raw, user), out)
    })
}

unsafe extern "C" fn check<I: Initializer>(
    raw: *const sys::ri_fill,
    user: *mut c_void,
) -> sys::ri_status {
    crate::guard::status((*raw).host, (*raw).call, || {
        read::<I>(raw)?.check(&Fill::lend(raw, user))
    })
}

unsafe extern "C" fn distribution<I: Initializer>(
    raw: *const sys::ri_fill,
    user: *mut c_void,
    out: *mut sys::ri_distribution,
) -> sys::ri_status {
    crate::guard::status((*raw).host, (*raw).call, || {
        let said = read::<I>(raw)?.distribution(&Fill::lend(raw, user))?;
        let (kind, numbers) = said.numbers();
        (*out).kind = kind;
        [(*out).mean, (*out).std, (*out).low, (*out).high] = numbers;
        Ok(())
    })
}
