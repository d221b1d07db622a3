//! What plugins in Rust say by the kit's words alone: needs, an extension, a layer that asks about others, a described one.

#![forbid(unsafe_code)]

use reinit_plugin::*;

params! {
    struct Facts {
        /// whether it says so
        loud: bool = false,
    }
}

/// y = n · inner(x), with as many tensors as `inner` has; says what it is, and what they are, if it is to be loud.
impl DescribedLayer for Facts {
    fn describe() -> LayerInfo {
        LayerInfo::new("what a nested layer is").nested(1, 1)
    }
    fn children() -> Vec<ChildRow> {
        vec![ChildRow::layer("inner", "")]
    }
    fn forward(&self, pass: &Pass) -> Result {
        let missing = || Error::invalid("no layer is nested");
        let inner = pass.child_layer("inner").ok_or_else(missing)?;
        let (facts, mut tensors) = (pass.layer_info(inner)?, 0);
        let say = |line: &str| {
            if self.loud {
                pass.host().log(Level::Note, line);
            }
        };
        say(&format!(
            "{} | {} | {}",
            facts.layer_type, facts.text, facts.children
        ));
        for i in 0..facts.children {
            let child = pass.layer_child(inner, i)?;
            tensors += child.tensor.is_some() as u64;
            if self.loud {
                say(&line(pass, &child)?);
            }
        }
        if self.loud {
            match pass.layer_child(inner, facts.children) {
                Err(error) => say(&format!("beyond: {}", error.status().0)),
                Ok(_) => say("beyond: a child"),
            }
        }
        let z = pass.apply(inner, pass.input(0)?, "what the nested layer gives")?;
        let y = pass.output::<f32>(0, z.shape())?;
        for (y, z) in y.iter_mut().zip(z.iter()) {
            *y = tensors as f32 * z;
        }
        Ok(())
    }
}

fn line(pass: &Pass, child: &LayerChild) -> Result<String> {
    let kind = match (&child.tensor, &child.layer) {
        (Some(tensor), _) => format!("tensor {:?}", tensor.floats(pass, child.name)?.shape()),
        (None, Some(layer)) => format!("layer {}", pass.layer_info(layer)?.layer_type),
        (None, None) => "absent".to_string(),
    };
    let axes = match &child.geometry {
        Some(geometry) => format!(" axes {} {}", geometry.out_axis(), geometry.in_axes()[0]),
        None => String::new(),
    };
    let begins = match child.begins {
        Some(Distribution::Constant(value)) => format!(" begins 1 {value}"),
        Some(_) => " begins otherwise".to_string(),
        None => String::new(),
    };
    let frozen = if child.is_frozen { ", frozen" } else { "" };
    let (name, role, fresh) = (child.name, child.role.0, child.fresh);
    Ok(format!(
        "{name}: {kind}, role {role}{frozen}{axes}{begins} {fresh}"
    ))
}

params! {
    struct Begins {
        /// elements of the last axis
        n: i64 => min(1.0).max(64.0),
        /// of the bias of 'out'
        start: f64 = 0.0 => min(-10.0).max(10.0).may_have_no_effect(),
    }
}

/// y = out(x) + (W x) ∘ decay: every way in which a child can begin.
impl DescribedLayer for Begins {
    fn describe() -> LayerInfo {
        LayerInfo::new("children that say how they begin")
    }
    fn children() -> Vec<ChildRow> {
        vec![
            ChildRow::tensor("weight", Role::WEIGHT, "[n, n]")
                .fresh("uniform({-1 / n}, {1 / n})")
                .geometry(Geometry::out_in()),
            ChildRow::tensor("decay", Role::OTHER, "[n]").begins(Distribution::Constant(2.0)),
            ChildRow::tensor("count", Role::BUFFER, "[1]")
                .fresh("zeros")
                .frozen(),
            ChildRow::layer("out", "Dense(in: {n}, out: {n})")
                .fresh("weight: zeros, bias: constant({start})"),
        ]
    }
    fn forward(&self, pass: &Pass) -> Result {
        let (x, n) = (pass.floats(0)?, self.n as usize);
        x.expect_last_axis(self.n)?;
        let missing = || Error::invalid("'out' is missing");
        let out = pass.child_layer("out").ok_or_else(missing)?;
        let z = pass.apply(out, pass.input(0)?, "what 'out' gives")?;
        let (w, d) = (pass.child_floats("weight")?, pass.child_floats("decay")?);
        let y = pass.output::<f32>(0, x.shape())?;
        for (i, y) in y.iter_mut().enumerate() {
            let (row, first) = (i % n, i - i % n);
            let mut sum = 0.0;
            for j in 0..n {
                sum += w[row * n + j] * x[first + j];
            }
            *y = z[i] + d[row] * sum;
        }
        Ok(())
    }
}

/// What newer hosts may ask for.
#[repr(C)]
struct Answer {
    struct_size: u32,
    twice: extern "C" fn(i32) -> i32,
}

extern "C" fn twice(x: i32) -> i32 {
    2 * x
}

static ANSWER: Answer = Answer {
    struct_size: std::mem::size_of::<Answer>() as u32,
    twice,
};

macro_rules! plugin {
    ($($needs:tt)*) => {
        reinit_plugin! {
            id: "org.example.kit-rust",
            $($needs)*
            described_layers: { "Facts": Facts, "Begins": Begins },
            extensions: { "org.example.answer": 1 => &ANSWER },
        }
    };
}

#[cfg(lacking)]
plugin! { needs: { "draft.light": 3, "draft.dlpack": 1 }, }
#[cfg(other)]
plugin! { needs: { "draft.dlpack": 2 }, }
#[cfg(newer)]
plugin! { needs_minor: 9, }
#[cfg(not(any(lacking, other, newer)))]
plugin! { needs_minor: 0, needs: { "draft.dlpack": 1 }, }
