//! The one function that a plugin exports, and its manifest.

use crate::error::Result;
use crate::host::elements;
use crate::{
    described, guard, initializer, instance, sys, DescribedLayer, DistributionInitializer,
    Initializer, Layer,
};
use std::os::raw::c_void;

/// What `reinit_plugin!` knows of a plugin.
#[doc(hidden)]
pub struct About {
    pub id: &'static str,
    pub version: &'static str,
    pub license: &'static str,
    pub summary: &'static str,
    pub needs_minor: u32,
    /// Services, each in exactly that version.
    pub needs: &'static [(&'static str, u32)],
    pub extension: Option<Answer>,
}

/// What a newer host asks for a table.
type Answer = unsafe extern "C" fn(name: sys::ri_str, version: u32) -> *const c_void;

/// Registers what a plugin has.
#[doc(hidden)]
pub struct Registry<'a>(&'a sys::ri_host);

impl Registry<'_> {
    pub fn initializer<I: Initializer>(&self, name: &str) -> Result {
        initializer::register::<I>(self.0, name)
    }

    pub fn distribution<D: DistributionInitializer>(&self, name: &str) -> Result {
        initializer::register_distribution::<D>(self.0, name)
    }

    pub fn layer<L: Layer>(&self, name: &str) -> Result {
        instance::register::<L>(self.0, name)
    }

    pub fn described_layer<L: DescribedLayer>(&self, name: &str) -> Result {
        described::register::<L>(self.0, name)
    }
}

/// The body of `ri_plugin_entry_v1`.
///
/// # Safety
/// The three pointers are the host's.
#[doc(hidden)]
pub unsafe fn enter(
    host: *const sys::ri_host,
    plugin: *mut sys::ri_plugin,
    call: *mut sys::ri_call,
    about: &About,
    manifest: &'static [u8],
    register: fn(&Registry) -> Result,
) -> sys::ri_status {
    // The read keeps the manifest's section: the linker drops what nothing uses.
    std::ptr::read_volatile(manifest.as_ptr());
    if (*host).abi_major != sys::RI_ABI_MAJOR
        || ((*host).struct_size as usize) < sys::size_1_0::RI_HOST
        || ((*plugin).struct_size as usize) < sys::size_1_0::RI_PLUGIN
    {
        return sys::RI_ABI;
    }
    guard::quiet_panics();
    guard::status(host, call, || {
        describe(&mut *plugin, about);
        register(&Registry(&*host))
    })
}

fn describe(plugin: &mut sys::ri_plugin, about: &About) {
    const BUILD: &str = concat!(
        env!("REINIT_RUSTC"),
        ", reinit-plugin ",
        env!("CARGO_PKG_VERSION")
    );
    plugin.abi_major = sys::RI_ABI_MAJOR;
    plugin.abi_minor = sys::RI_ABI_MINOR;
    plugin.id = sys::ri_str::of(about.id);
    plugin.version = sys::ri_str::of(about.version);
    plugin.license = sys::ri_str::of(about.license);
    plugin.summary = sys::ri_str::of(about.summary);
    plugin.build = sys::ri_str::of(BUILD);
    plugin.needs_minor = about.needs_minor;
    plugin.extension = about.extension;
    // Never unloaded, so never freed: the host reads it after the entry.
    let needs: Vec<_> = about.needs.iter().map(requirement).collect();
    plugin.n_needs = needs.len() as u32;
    plugin.needs = Box::leak(needs.into_boxed_slice()).as_ptr();
}

fn requirement(&(service, version): &(&'static str, u32)) -> sys::ri_requirement {
    sys::ri_requirement {
        service: sys::ri_str::of(service),
        version,
        reserved: 0,
    }
}

/// The table that is asked for; NULL for what the plugin does not have, and if making it panics.
///
/// # Safety
/// The host has lent the name.
#[doc(hidden)]
pub unsafe fn answer(
    name: sys::ri_str,
    version: u32,
    find: fn(&[u8], u32) -> *const c_void,
) -> *const c_void {
    guard::guarded(|| Ok(find(elements(name.ptr.cast(), name.len), version)))
        .unwrap_or(std::ptr::null())
}

/// A table that any thread of the host may read.
#[doc(hidden)]
pub fn table<T: Sync>(table: &'static T) -> *const c_void {
    (table as *const T).cast()
}

/// Whether a text may stand in the manifest as it is: not empty, without what JSON wants escaped.
#[doc(hidden)]
pub const fn plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] < b' ' || bytes[i] == b'"' || bytes[i] == b'\\' {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

/// A text as an array, for a section of its own.
#[doc(hidden)]
pub const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    let (text, mut out, mut i) = (text.as_bytes(), [0; N], 0);
    while i < N {
        out[i] = text[i];
        i += 1;
    }
    out
}

/// Defines the plugin's entry and manifest: its id, and its initializers, distributions, layers and described layers
/// by name.
///
/// Version, license and summary are `version`, `license` and `description` of the plugin's Cargo.toml.
///
/// What the plugin cannot do without stands behind the id: `needs_minor: 1`, the least minor version of the ABI, and
/// `needs: { "draft.blas": 1 }`, services, each in exactly that version. What newer hosts may ask it for stands at the end:
/// `extensions: { "org.example.answer": 1 => &ANSWER }`, tables by name and exact version, each a `static` of a
/// `#[repr(C)]` struct.
///
/// ```
/// # use reinit_plugin::*;
/// # params! { struct Centred; }
/// # impl Initializer for Centred {
/// #     fn describe() -> InitializerInfo { InitializerInfo::new("zeros") }
/// #     fn fill(&self, _: &Fill, out: &mut [f32]) -> Result { out.fill(0.0); Ok(()) }
/// # }
/// reinit_plugin! {
///     id: "org.example.centred",
///     initializers: { "centred": Centred },
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! reinit_plugin {
    (
        id: $id:literal
        $(, needs_minor: $minor:literal)?
        $(, needs: { $($n_name:literal : $n_version:literal),* $(,)? })?
        $(, initializers: { $($i_name:literal : $i_type:ty),* $(,)? })?
        $(, distributions: { $($d_name:literal : $d_type:ty),* $(,)? })?
        $(, layers: { $($l_name:literal : $l_type:ty),* $(,)? })?
        $(, described_layers: { $($c_name:literal : $c_type:ty),* $(,)? })?
        $(, extensions: { $($x_name:literal : $x_version:literal => $x_table:expr),* $(,)? })?
        $(,)?
    ) => {
        const _: () = {
            const ABOUT: $crate::entry::About = $crate::entry::About {
                id: $id,
                version: env!("CARGO_PKG_VERSION"),
                license: env!("CARGO_PKG_LICENSE"),
                summary: env!("CARGO_PKG_DESCRIPTION"),
                needs_minor: 0 $(+ $minor)?,
                needs: &[$($(($n_name, $n_version)),*)?],
                extension: $crate::__extension!($($($x_name $x_version $x_table),*)?),
            };
            $($(assert!($n_version > 0, "a service that is needed has a version from 1");)*)?
            assert!($crate::entry::plain(ABOUT.license), "Cargo.toml wants a license");
            assert!(
                $crate::entry::plain(ABOUT.summary),
                "Cargo.toml wants a description: one line, without quotes or backslashes"
            );
            assert!($crate::entry::plain(ABOUT.id), "id: reverse DNS, as org.example.gabor");

            const TEXT: &str = concat!(
                "{\"reinit\": 1, \"id\": \"", $id,
                "\", \"version\": \"", env!("CARGO_PKG_VERSION"),
                "\", \"license\": \"", env!("CARGO_PKG_LICENSE"),
                "\", \"summary\": \"", env!("CARGO_PKG_DESCRIPTION"),
                "\", \"initializers\": [", $crate::__names!($($($i_name)*)? $($($d_name)*)?),
                "], \"layers\": [", $crate::__names!($($($l_name)*)? $($($c_name)*)?), "]",
                $crate::__requires!($($minor)?; $($($n_name $n_version),*)?), "}",
            );

            #[used]
            #[link_section = ".reinit.manifest"]
            static MANIFEST: [u8; TEXT.len()] = $crate::entry::bytes(TEXT);

            fn register(_registry: &$crate::entry::Registry) -> $crate::Result {
                $($(_registry.initializer::<$i_type>($i_name)?;)*)?
                $($(_registry.distribution::<$d_type>($d_name)?;)*)?
                $($(_registry.layer::<$l_type>($l_name)?;)*)?
                $($(_registry.described_layer::<$c_type>($c_name)?;)*)?
                Ok(())
            }

            #[no_mangle]
            unsafe extern "C" fn ri_plugin_entry_v1(
                host: *const $crate::sys::ri_host,
                plugin: *mut $crate::sys::ri_plugin,
                call: *mut $crate::sys::ri_call,
            ) -> $crate::sys::ri_status {
                $crate::entry::enter(host, plugin, call, &ABOUT, &MANIFEST, register)
            }
        };
    };
}

/// Names as the elements of a JSON list.
#[doc(hidden)]
#[macro_export]
macro_rules! __names {
    () => { "" };
    ($first:literal $($more:literal)*) => {
        concat!("\"", $first, "\"" $(, ", \"", $more, "\"")*)
    };
}

/// `requires` of the manifest, where there is something.
#[doc(hidden)]
#[macro_export]
macro_rules! __requires {
    (;) => { "" };
    (; $($services:tt)+) => { $crate::__requires!(0; $($services)+) };
    ($minor:literal; $($first:literal $version:literal $(, $more:literal $others:literal)*)?) => {
        concat!(
            ", \"requires\": {\"minor\": ", $minor, ", \"services\": {",
            $("\"", $first, "\": ", $version $(, ", \"", $more, "\": ", $others)*,)? "}}"
        )
    };
}

/// The function that has the tables; none where there are none.
#[doc(hidden)]
#[macro_export]
macro_rules! __extension {
    () => { None };
    ($($name:literal $version:literal $table:expr),+) => {{
        fn find(name: &[u8], version: u32) -> *const ::std::os::raw::c_void {
            $(if name == $name.as_bytes() && version == $version {
                return $crate::entry::table($table);
            })+
            ::std::ptr::null()
        }
        unsafe extern "C" fn extension(
            name: $crate::sys::ri_str,
            version: u32,
        ) -> *const ::std::os::raw::c_void {
            $crate::entry::answer(name, version, find)
        }
        Some(extension)
    }};
}
