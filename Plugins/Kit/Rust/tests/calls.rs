//! The safe layer against a host of a few functions: errors, panics, parameters, children.

mod host;

use host::{load, message, seen, text};
use reinit_plugin::sys::*;
use reinit_plugin::*;
use std::env;
use std::mem::{size_of, zeroed};
use std::process::Command;
use std::ptr::{null, null_mut};

// ---- The plugin

words! {
    enum How { Ramp = "ramp", Refuse = "refuse", Panic = "panic", Misspell = "misspell" }
}

params! {
    struct Odd {
        /// what to do
        how: How = How::Ramp,
    }
}

impl Initializer for Odd {
    fn describe() -> InitializerInfo {
        InitializerInfo::new("what goes wrong")
    }
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        match self.how {
            How::Refuse => Err(Error::shape("expected 2 axes, found 1"))?,
            How::Panic => panic!("out of {}", "cheese"),
            How::Misspell => drop(fill.source("odl")?),
            How::Ramp => {}
        }
        let first = fill.offset() as usize;
        fill.parallel_rows(out, 2, 1, |row, pair| {
            for (i, x) in pair.iter_mut().enumerate() {
                *x = (first + 2 * row + i) as f32;
            }
            Ok(())
        })
    }
}

struct Pair(Option<Tensor>, LayerHandle);

params! {
    struct Sizes {
        /// sizes of the axes
        sizes: Vec<i64> = vec![1, 2] => min(1.0),
    }
}

impl Layer for Pair {
    type Params = Sizes;

    fn describe() -> LayerInfo {
        LayerInfo::new("a tensor and a layer").nested(1, 1)
    }
    fn create(params: Sizes, build: &Build) -> Result<Pair> {
        let missing = || Error::invalid("expected one nested layer");
        let weight = build.tensor(DType::F32, &params.sizes)?;
        Ok(Pair(Some(weight), build.nested(0).ok_or_else(missing)?))
    }
    fn children(&self) -> Vec<Child> {
        let weight = Child::tensor("weight", Role::WEIGHT, self.0.as_ref()).fresh("normal");
        vec![
            weight.geometry(Geometry::out_in()),
            Child::layer("body", &self.1).frozen(),
        ]
    }
    fn rebuild(&self, parts: &Parts) -> Result<Pair> {
        Ok(Pair(parts.tensor("weight"), parts.need_layer("body")?))
    }
}

reinit_plugin! {
    id: "org.example.odd",
    initializers: { "odd": Odd },
    layers: { "Pair": Pair },
}

/// Status, message and elements of a fill of 3..8.
fn fill(how: &'static str) -> (ri_status, String, [f32; 5]) {
    let (host, _, status) = load();
    assert_eq!(status, RI_OK);
    let odd = seen(|s| s.initializers.pop()).unwrap();
    let (u, count) = (ri_value_u { word: how.as_ptr() }, how.len() as u32);
    let params = [ri_value {
        type_: RI_VALUE_WORD,
        count,
        u,
    }];
    let mut out = [-1.0; 5];
    // SAFETY: as the headers say.
    let status = unsafe {
        let mut range: ri_fill = zeroed();
        (range.dtype, range.offset, range.count) = (RI_F32, 3, 4);
        (range.params, range.n_params) = (params.as_ptr(), 1);
        (range.out, range.host) = (out.as_mut_ptr().cast(), host);
        odd.fill.unwrap()(&range, odd.user)
    };
    (status, message(), out)
}

// ---- The laws

#[test]
fn the_entry_describes_the_plugin_and_registers() {
    let (_, plugin, status) = load();
    assert_eq!(status, RI_OK);
    unsafe {
        assert_eq!(text(plugin.id), "org.example.odd");
        assert_eq!(text(plugin.version), env!("CARGO_PKG_VERSION"));
        assert!(
            text(plugin.build).contains("rustc"),
            "{}",
            text(plugin.build)
        );
    }
    let rows = seen(|s| std::mem::take(&mut s.rows));
    assert_eq!(
        rows,
        [
            r#"how: ramp ["ramp", "refuse", "panic", "misspell"] 0x0 0..0 what to do"#,
            "sizes: 2 of them [] 0x2 1..0 sizes of the axes"
        ]
    );
}

#[test]
fn a_range_is_written_in_pieces_and_no_further() {
    assert_eq!(
        fill("ramp"),
        (RI_OK, String::new(), [3.0, 4.0, 5.0, 6.0, -1.0])
    );
}

#[test]
fn an_error_is_its_status_and_its_message() {
    let (status, message, _) = fill("refuse");
    assert_eq!(
        (status, message.as_str()),
        (RI_SHAPE, "expected 2 axes, found 1")
    );
}

#[test]
fn a_panic_is_an_internal_error_with_message_and_place() {
    let (status, message, _) = fill("panic");
    assert_eq!(status, RI_INTERNAL);
    assert!(
        message.starts_with("panicked at tests/calls.rs:"),
        "{message}"
    );
    assert!(message.ends_with(": out of cheese"), "{message}");
}

#[test]
fn a_source_that_was_not_declared_is_an_internal_error() {
    let (status, message, _) = fill("misspell");
    assert_eq!(status, RI_INTERNAL);
    assert!(message.ends_with("no source 'odl'"), "{message}");
}

#[test]
fn a_panic_prints_nothing_unless_a_backtrace_is_wanted() {
    let printed = |backtrace| {
        let test = "a_panic_is_an_internal_error_with_message_and_place";
        let mut again = Command::new(env::current_exe().unwrap());
        again
            .args(["--exact", test, "--nocapture"])
            .env("RUST_BACKTRACE", backtrace);
        let output = again.output().unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stderr).contains("out of cheese")
    };
    assert!(!printed("0"));
    assert!(printed("1"));
}

#[test]
fn a_layer_keeps_its_children_and_gives_all_handles_back() {
    let (host, ..) = load();
    let pair = seen(|s| s.layers.pop()).unwrap();
    let (sizes, body) = ([4, 3, 2], [0x2000 as *mut ri_layer]);
    let value = ri_value {
        type_: RI_VALUE_INTS,
        count: 3,
        u: ri_value_u {
            i64s: sizes.as_ptr(),
        },
    };
    // SAFETY: as the headers say.
    unsafe {
        let (mut this, mut next, mut config) = (null_mut(), null_mut(), [value; 1]);
        let mut build: ri_build = zeroed();
        (build.params, build.n_params, build.host) = (&value, 1, host);
        (build.layers, build.n_layers) = (body.as_ptr(), 1);
        assert_eq!(pair.create.unwrap()(&build, pair.user, &mut this), RI_OK);
        let child = |this, index| {
            let mut child: ri_child = zeroed();
            child.struct_size = size_of::<ri_child>() as u32;
            (pair.child_at.unwrap()(this, index, &mut child), child)
        };
        let (weight, inner) = (child(this, 0).1, child(this, 1).1);
        assert_eq!(
            (text(weight.name), text(weight.fresh)),
            ("weight".into(), "normal".into())
        );
        assert_eq!(
            (weight.tensor as usize, (*weight.geometry).in_axes[0]),
            (0x1003, 1)
        );
        assert_eq!(
            (inner.layer as usize, inner.flags),
            (0x2000, RI_CHILD_FROZEN)
        );
        assert_eq!(child(this, 2).0, RI_INVALID);

        let mut parts = [ri_part {
            tensor: null_mut(),
            layer: null_mut(),
        }; 2];
        parts[1].layer = 0x3000 as *mut ri_layer;
        let mut rebuild: ri_rebuild = zeroed();
        (rebuild.parts, rebuild.n_parts, rebuild.host) = (parts.as_ptr(), 2, host);
        assert_eq!(pair.rebuild.unwrap()(this, &rebuild, &mut next), RI_OK);
        assert!(child(next, 0).1.tensor.is_null());
        assert_eq!(child(next, 1).1.layer as usize, 0x3000);
        rebuild.n_parts = 1;
        assert_eq!(
            pair.rebuild.unwrap()(this, &rebuild, null_mut()),
            RI_INVALID
        );
        rebuild.n_parts = 2;
        parts[0].layer = parts[1].layer;
        rebuild.parts = parts.as_ptr();
        assert_eq!(
            pair.rebuild.unwrap()(this, &rebuild, null_mut()),
            RI_INVALID
        );

        pair.destroy.unwrap()(this);
        config[0].u.i64s = null();
        assert_eq!(pair.config.unwrap()(next, config.as_mut_ptr(), 1), RI_OK);
        assert_eq!(std::slice::from_raw_parts(config[0].u.i64s, 3), sizes);
        pair.destroy.unwrap()(next);
    }
    assert_eq!(seen(|s| s.references), 0);
}
