//! Described layers, sources, and what else a kit of typed structs gives, against a host of a few functions.

mod host;

use host::{load, message, outputs, seen, Floats};
use reinit_plugin::sys::*;
use reinit_plugin::{
    params, reinit_plugin, ChildRow, DType, DescribedLayer, Distribution, Error, Fill, Geometry,
    Initializer, InitializerInfo, LayerInfo, Pass, Result, Role, Slice, Source,
};
use std::mem::zeroed;
use std::ptr::null_mut;

// ---- The plugin

params! {
    /// Every kind of field.
    struct Gate {
        /// elements of
        /// the last axis
        r#in: i64 => min(1.0),
        /// whether there is a bias
        bias: bool = true,
        /// a whole number
        groups: u32 = 1 => min(1.0),
        /// a number
        gain: f32 = 0.5 => above(0.0).below(2.0).may_have_no_effect(),
        /// a word
        name: String = "a".into() => choices(&["a", "b"]),
        /// numbers
        list: Vec<f64> = vec![0.5] => non_finite(),
    }
}

impl DescribedLayer for Gate {
    fn describe() -> LayerInfo {
        LayerInfo::new("rows").nested(0, 1)
    }
    fn children() -> Vec<ChildRow> {
        let narrow = Distribution::Uniform {
            low: 0.0,
            high: 0.25,
        };
        vec![
            ChildRow::tensor("weight", Role::WEIGHT, "[in, 2 * in]")
                .fresh("normal(std: {1 / in})")
                .geometry(Geometry::out_in())
                .groups("groups"),
            ChildRow::tensor("bias", Role::BIAS, "[in]")
                .when("bias")
                .begins(narrow),
            ChildRow::layer("body", "Dense(in: {in})").frozen(),
            ChildRow::layer("inner", ""),
        ]
    }
    fn forward(&self, pass: &Pass) -> Result {
        let x = pass.floats(0)?;
        x.expect_last_axis(self.r#in)?;
        let z = match pass.child_layer("inner") {
            Some(inner) => {
                let facts = pass.layer_info(inner)?;
                assert_eq!(
                    (facts.layer_type, facts.text),
                    ("Dense", "Dense(in: 2, out: 3)")
                );
                let child = pass.layer_child(inner, facts.children - 1)?;
                assert_eq!(
                    (child.name, child.role, child.is_frozen),
                    ("weight", Role::WEIGHT, true)
                );
                assert!(child.tensor.is_some() && child.layer.is_none());
                let begins = Distribution::Normal {
                    mean: 0.5,
                    std: 2.0,
                };
                assert_eq!((child.fresh, child.begins), ("", Some(begins)));
                assert!(pass.layer_child(inner, facts.children).is_err());
                pass.apply(inner, pass.input(0)?, "what the nested layer gives")?
            }
            None => x,
        };
        z.expect(x.shape())?;
        let (w, b) = (
            pass.child_floats("weight")?,
            pass.optional_child_floats("bias")?,
        );
        let y = pass.output::<f32>(0, x.shape())?;
        assert!(!pass.shapes_only(), "shapes end with the output");
        for (i, y) in y.iter_mut().enumerate() {
            *y = z[i] * w[i] * self.gain + b.map_or(0.0, |b| b[i]);
        }
        Ok(())
    }
}

params! { struct Mix; }

impl Initializer for Mix {
    fn describe() -> InitializerInfo {
        let info = InitializerInfo::new("reads").source(Source::old("old"));
        info.source(Source::tensor("base", ".base"))
            .source(Source::file("donor", "$file", ""))
    }
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let base = fill.source("base")?;
        fill.read("old", out)?;
        out.iter_mut().for_each(|x| *x += 10.0 * base[0]);
        assert_eq!(fill.source_shape("old")?, [3]);
        assert!(fill.read("old", &mut [0.0; 3]).is_err(), "beyond the end");
        Ok(())
    }
    fn check(&self, fill: &Fill) -> Result {
        if fill.source("old")?.shape() != [3] || !fill.source("base")?.is_empty() {
            return Err(Error::shape("expected shapes alone"));
        }
        assert_eq!(fill.target_dtype(), DType::BF16);
        let whole = Slice {
            first: 1,
            count: 2,
            step: 1,
        };
        assert_eq!((fill.part(), fill.part_name()), (vec![whole], "q"));
        Ok(())
    }
}

reinit_plugin! {
    id: "org.example.rows",
    initializers: { "mix": Mix },
    described_layers: { "Gate": Gate },
}

// ---- A pass

fn word(text: &'static str) -> ri_value {
    let (u, count) = (
        ri_value_u {
            word: text.as_ptr(),
        },
        text.len() as u32,
    );
    ri_value {
        type_: RI_VALUE_WORD,
        count,
        u,
    }
}

/// Status, message and outputs of a pass with children; of shapes alone in a call that is not null.
fn pass(
    children: [ri_part; 4],
    width: i64,
    groups: i64,
    shapes: bool,
) -> (ri_status, String, Vec<Box<Floats>>) {
    let (host, _, status) = load();
    assert_eq!(status, RI_OK);
    let gate = seen(|s| s.layers.pop()).unwrap();
    let int = |type_, i64| ri_value {
        type_,
        count: 0,
        u: ri_value_u { i64 },
    };
    let gain = ri_value {
        type_: RI_VALUE_REAL,
        count: 0,
        u: ri_value_u { f64: 0.5 },
    };
    let list = ri_value {
        type_: RI_VALUE_REALS,
        count: 0,
        u: ri_value_u { i64: 0 },
    };
    let (width, groups) = (int(RI_VALUE_INT, width), int(RI_VALUE_INT, groups));
    let params = [width, int(RI_VALUE_BOOL, 1), groups, gain, word("a"), list];
    let input = Floats::new(&[2], &[3.0, 5.0]);
    let inputs = [input.handle()];
    // SAFETY: as the headers say.
    let status = unsafe {
        let mut pass: ri_forward = zeroed();
        (pass.inputs, pass.n_inputs, pass.n_outputs) = (inputs.as_ptr(), 1, 1);
        (pass.host, pass.children, pass.n_children) = (host, children.as_ptr(), 4);
        (pass.params, pass.n_params) = (params.as_ptr(), 6);
        if shapes {
            (pass.flags, pass.call) = (RI_FORWARD_SHAPES, 0x1 as *mut ri_call);
        }
        let run = if shapes { gate.infer } else { gate.forward };
        run.unwrap()(gate.user, &pass)
    };
    (status, message(), outputs())
}

fn children(tensors: [*mut ri_tensor; 2], inner: usize) -> [ri_part; 4] {
    let part = |tensor, layer: usize| ri_part {
        tensor,
        layer: layer as *mut ri_layer,
    };
    let [weight, bias] = tensors;
    [
        part(weight, 0),
        part(bias, 0),
        part(null_mut(), 0x2000),
        part(null_mut(), inner),
    ]
}

// ---- The laws

#[test]
fn rows_and_fields_are_told_as_they_are_written() {
    let (.., status) = load();
    assert_eq!(status, RI_OK);
    let rows = seen(|s| std::mem::take(&mut s.rows));
    assert_eq!(
        rows,
        [
            r#"1 old "" """#,
            r#"2 base ".base" """#,
            r#"3 donor "" "$file""#,
            "in: 0 [] 0x3 1..0 elements of the last axis",
            "bias: 1 [] 0x0 0..0 whether there is a bias",
            "groups: 1 [] 0x2 1..0 a whole number",
            "gain: 0.5 [] 0x1001e 0..2 a number",
            r#"name: a ["a", "b"] 0x0 0..0 a word"#,
            "list: 1 of them [] 0x20 0..0 numbers",
            "1 1 0 weight|[in, 2 * in]|normal(std: {1 / in})|groups|| Some(1) None",
            "1 2 0 bias|[in]||||bias None Some(0.25)",
            "2 0 1 body||||Dense(in: {in})| None None",
            "2 0 0 inner||||| None None",
        ]
    );
    let gate = seen(|s| s.layers.pop()).unwrap();
    assert!(gate.create.is_none() && gate.config.is_none() && gate.infer.is_some());
    let mix = seen(|s| s.initializers.pop()).unwrap();
    assert!(mix.distribution.is_none() && mix.fill.is_some());
}

#[test]
fn a_pass_has_its_children_and_parameters() {
    let weight = Floats::new(&[2], &[1.0, -1.0]);
    let bias = Floats::new(&[2], &[0.25, 0.5]);
    for (bias, inner, expected) in [
        (bias.handle(), 0x3000, [3.25, -4.5]),
        (null_mut(), 0, [1.5, -2.5]),
    ] {
        let (status, why, made) = pass(children([weight.handle(), bias], inner), 2, 1, false);
        assert_eq!((status, why.as_str()), (RI_OK, ""));
        assert_eq!(
            (&made[0].shape[..], &made[0].data[..]),
            (&[2][..], &expected[..])
        );
    }
    assert_eq!(seen(|s| s.references), 0);
}

#[test]
fn shapes_are_inferred_by_the_pass_itself_as_far_as_its_last_output() {
    let weight = Floats::new(&[2], &[]);
    let (status, why, made) = pass(children([weight.handle(), null_mut()], 0x3000), 2, 1, true);
    assert_eq!((status, why.as_str()), (RI_OK, ""));
    assert_eq!((&made[0].shape[..], made[0].data.len()), (&[2][..], 0));
    let (status, why, _) = pass(children([weight.handle(), null_mut()], 0), 3, 1, true);
    assert_eq!(status, RI_SHAPE);
    assert_eq!(
        why,
        "the input does not fit along its last axis: expected [..., 3], found [2]"
    );
}

#[test]
fn what_is_absent_or_was_never_filled_or_does_not_fit_is_refused_by_name() {
    let empty = Floats::new(&[2], &[]);
    let (status, why, _) = pass(children([null_mut(), null_mut()], 0), 2, 1, false);
    assert_eq!((status, why.as_str()), (RI_INVALID, "weight is absent"));
    let (status, why, _) = pass(children([empty.handle(), null_mut()], 0), 2, 1, false);
    assert_eq!(
        (status, why.as_str()),
        (RI_INVALID, "weight has no values yet")
    );
    let (status, why, _) = pass(children([empty.handle(), null_mut()], 0), 2, -1, false);
    assert_eq!(
        (status, why.as_str()),
        (RI_INVALID, "groups does not fit u32: found -1")
    );
}

#[test]
fn a_fill_reads_its_sources_and_a_check_their_shapes() {
    let (host, ..) = load();
    let mix = seen(|s| s.initializers.pop()).unwrap();
    let (old, base) = (
        Floats::new(&[3], &[1.0, 2.0, 3.0]),
        Floats::new(&[1], &[4.0]),
    );
    let sources = [old.handle(), base.handle(), null_mut()];
    let (mut out, part) = (
        [0.0f32; 2],
        ri_slice {
            first: 1,
            count: 2,
            step: 1,
        },
    );
    // SAFETY: as the headers say.
    unsafe {
        let mut range: ri_fill = zeroed();
        (range.dtype, range.offset, range.count, range.host) = (RI_F32, 1, 2, host);
        (range.sources, range.n_sources) = (sources.as_ptr(), 3);
        (range.target_dtype, range.part, range.rank) = (RI_BF16, &part, 1);
        range.part_name = ri_str::of("q");
        range.out = out.as_mut_ptr().cast();
        assert_eq!(mix.fill.unwrap()(&range, mix.user), RI_OK);
        assert_eq!(out, [42.0, 43.0]);
        (range.out, range.count, range.call) = (null_mut(), 0, 0x1 as *mut ri_call);
        assert_eq!(mix.check.unwrap()(&range, mix.user), RI_OK, "{}", message());
        range.n_sources = 0;
        assert_eq!(mix.check.unwrap()(&range, mix.user), RI_INVALID);
        assert_eq!(message(), "the source 'old' is missing");
    }
}
