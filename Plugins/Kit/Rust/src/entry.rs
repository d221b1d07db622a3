//! The one function that a plugin exports, and its manifest.

use crate::error::Result;
use crate::{
    described, guard, initializer, instance, sys, DescribedLayer, DistributionInitializer,
    Initializer, Layer,
};

/// What `reinit_plugin!` knows of a plugin.
#[doc(hidden)]
pub struct About {
    pub id: &'static str,
    pub version: &'static str,
    pub license: &'static str,
    pub summary: &'static str,
}

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
        $(, initializers: { $($i_name:literal : $i_type:ty),* $(,)? })?
        $(, distributions: { $($d_name:literal : $d_type:ty),* $(,)? })?
        $(, layers: { $($l_name:literal : $l_type:ty),* $(,)? })?
        $(, described_layers: { $($c_name:literal : $c_type:ty),* $(,)? })?
        $(,)?
    ) => {
        const _: () = {
            const ABOUT: $crate::entry::About = $crate::entry::About {
                id: $id,
                version: env!("CARGO_PKG_VERSION"),
                license: env!("CARGO_PKG_LICENSE"),
                summary: env!("CARGO_PKG_DESCRIPTION"),
            };
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
                "], \"layers\": [", $crate::__names!($($($l_name)*)? $($($c_name)*)?), "]}",
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
