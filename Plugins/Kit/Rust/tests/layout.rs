//! The mirrors against the headers: sizes, offsets, constants, as a C compiler sees them.

#![allow(clippy::unnecessary_cast)]

use reinit_plugin::sys::draft::*;
use reinit_plugin::sys::*;
use std::collections::BTreeSet;
use std::env;
use std::fmt::Write;
use std::fs;
use std::mem::{size_of, MaybeUninit};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr::addr_of;

/// One line of both programs: an expression in C, and what Rust has for it.
type Line = (String, i64);

/// Sizes and offsets of structs. A name of C that is no name in Rust stands in brackets.
macro_rules! structs {
    ($($name:ident { $($field:ident $([$c:literal])?),* $(,)? })*) => {{
        let mut lines: Vec<Line> = Vec::new();
        $(
            lines.push((concat!("sizeof(", stringify!($name), ")").into(), size_of::<$name>() as i64));
            let memory = MaybeUninit::<$name>::uninit();
            let base = memory.as_ptr();
            $(
                let c = [stringify!($field) $(, $c)?];
                // SAFETY: a place is computed, nothing is read.
                let offset = unsafe { addr_of!((*base).$field) as usize - base as usize };
                lines.push((format!("offsetof({}, {})", stringify!($name), c[c.len() - 1]), offset as i64));
            )*
        )*
        lines
    }};
}

macro_rules! constants {
    ($($name:ident)*) => { vec![$((stringify!($name).to_string(), $name as i64)),*] };
}

fn layouts() -> Vec<Line> {
    structs! {
        ri_str { ptr, len }
        ri_geometry { struct_size, flags, out_axis, n_in_axes, in_axes, groups, parts, packed }
        ri_packed { name, size }
        ri_random { seed, name, lane, reserved }
        ri_value { type_["type"], count, u }
        ri_param {
            struct_size, flags, name, summary, default_value, min, max, choices, n_choices,
        }
        ri_fill {
            struct_size, dtype, rank, role, shape, total, offset, count, out, fan_in, fan_out,
            geometry, random, path, block_index, block_count, params, n_params, host, call,
            target_dtype, reserved, part, part_name, sources, n_sources,
        }
        ri_slice { first, count, step }
        ri_source { struct_size, flags, kind, reserved, name, path, file }
        ri_distribution { struct_size, kind, mean, std, low, high }
        ri_initializer {
            struct_size, flags, name, summary, formula, reference, version, dtypes, params,
            n_params, tolerance, user, fill, check, distribution, sources, n_sources,
        }
        ri_child { struct_size, kind, role, flags, name, tensor, layer, geometry, fresh, begins }
        ri_child_row {
            struct_size, kind, role, flags, name, shape, fresh, begins, geometry, groups, layer, when,
        }
        ri_build { struct_size, reserved, params, n_params, layers, n_layers, host, call }
        ri_part { tensor, layer }
        ri_rebuild { struct_size, reserved, parts, n_parts, host, call }
        ri_view { struct_size, dtype, rank, reserved, shape, count, data }
        ri_forward {
            struct_size, flags, inputs, n_inputs, n_outputs, host, call, children, n_children,
            params, n_params,
        }
        ri_layer_info { struct_size, reserved, type_["type"], text, n_children }
        ri_layer_type {
            struct_size, flags, name, summary, reference, version, min_inputs, max_inputs,
            n_outputs, min_layers, max_layers, params, n_params, user, create, destroy,
            child_count, child_at, rebuild, forward, infer, config, children, n_children,
        }
        ri_arg { type_["type"], role, param, reserved }
        ri_function {
            struct_size, flags, name, summary, formula, reference, version, reserved, tolerance,
            args, n_args, result, params, n_params, user, function,
        }
        ri_host {
            struct_size, abi_major, abi_minor, impl_["impl"], name, add_initializer, add_layer,
            add_function, fail, log, cancelled, scratch, parallel, random_words, random_uniform,
            random_normal, random_truncated_normal, tensor_new, tensor_retain, tensor_release,
            tensor_view, tensor_share, layer_new, layer_retain, layer_release, layer_apply,
            output, set_output, tensor_view_as, layer_info, layer_child, tensor_read, service,
        }
        ri_plugin {
            struct_size, abi_major, abi_minor, id, version, license, summary, build,
            needs_minor, n_needs, needs, extension,
        }
        ri_requirement { service, version, reserved }
        ri_draft_blas { struct_size, version, sgemm }
    }
}

fn constants() -> Vec<Line> {
    constants! {
        RI_ABI_MAJOR RI_ABI_MINOR
        RI_OK RI_INVALID RI_UNSUPPORTED RI_SHAPE RI_DTYPE RI_NO_MEMORY RI_CANCELLED RI_DUPLICATE
        RI_ABI RI_INTERNAL
        RI_F32 RI_F64 RI_F16 RI_BF16 RI_I64 RI_I32 RI_I16 RI_I8 RI_U64 RI_U32 RI_U16 RI_U8 RI_BOOL8
        RI_F8_E4M3 RI_F8_E5M2
        RI_ROLE_NONE RI_ROLE_WEIGHT RI_ROLE_BIAS RI_ROLE_SCALE RI_ROLE_BUFFER RI_ROLE_OTHER
        RI_GEOMETRY_TRANSPOSED RI_GEOMETRY_ONE_HOT RI_GEOMETRY_GUESS
        RI_VALUE_NONE RI_VALUE_BOOL RI_VALUE_INT RI_VALUE_REAL RI_VALUE_WORD RI_VALUE_INTS
        RI_VALUE_REALS
        RI_PARAM_REQUIRED RI_PARAM_MIN RI_PARAM_MAX RI_PARAM_MIN_OPEN RI_PARAM_MAX_OPEN
        RI_PARAM_NON_FINITE RI_PARAM_MAY_HAVE_NO_EFFECT
        RI_DISTRIBUTION_UNKNOWN RI_DISTRIBUTION_CONSTANT RI_DISTRIBUTION_UNIFORM
        RI_DISTRIBUTION_NORMAL RI_DISTRIBUTION_TRUNCATED_NORMAL
        RI_INITIALIZER_WHOLE RI_INITIALIZER_NEEDS_FANS RI_INITIALIZER_EXCLUSIVE
        RI_INITIALIZER_EVERY_ROLE RI_INITIALIZER_NON_FINITE
        RI_SOURCE_OLD RI_SOURCE_TENSOR RI_SOURCE_FILE
        RI_CHILD_TENSOR RI_CHILD_LAYER RI_CHILD_FROZEN RI_FORWARD_SHAPES RI_LAYER_EXCLUSIVE
        RI_LOG_DEBUG RI_LOG_NOTE RI_LOG_WARNING
        RI_TYPE_VOID RI_TYPE_I8 RI_TYPE_U8 RI_TYPE_I16 RI_TYPE_U16 RI_TYPE_I32 RI_TYPE_U32
        RI_TYPE_I64 RI_TYPE_U64 RI_TYPE_F32 RI_TYPE_F64 RI_TYPE_POINTER
        RI_ARG_RESULT RI_ARG_OUT_F32 RI_ARG_OUT_F64 RI_ARG_INDEX RI_ARG_COUNT RI_ARG_OFFSET
        RI_ARG_TOTAL RI_ARG_RANK RI_ARG_SHAPE RI_ARG_FAN_IN RI_ARG_FAN_OUT RI_ARG_SEED
        RI_ARG_PARAM RI_ARG_BLOCK_INDEX RI_ARG_BLOCK_COUNT RI_ARG_USER
    }
}

#[test]
fn every_size_offset_and_constant_is_that_of_the_headers() {
    let mut lines = layouts();
    lines.extend(constants());
    let mut source = String::from(
        "#include <reinit/reinit.h>\n#include <reinit/draft/blas.h>\n#include <stdio.h>\nint main(void) {\n",
    );
    for (expression, _) in &lines {
        writeln!(source, "printf(\"%lld\\n\", (long long)({expression}));").unwrap();
    }
    source.push_str("return 0;\n}\n");
    let found = match compiled(&source) {
        Some(output) => output,
        None => return eprintln!("skipped: there is no C compiler ($CC, cc)"),
    };
    let found: Vec<i64> = found.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(found.len(), lines.len());
    for ((expression, mirrored), header) in lines.iter().zip(found) {
        assert_eq!(*mirrored, header, "{expression}");
    }
}

#[test]
fn no_constant_of_the_headers_is_missing() {
    let here: BTreeSet<String> = constants().into_iter().map(|(name, _)| name).collect();
    let mut there = BTreeSet::new();
    for file in fs::read_dir(include().join("reinit")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().map_or(false, |extension| extension == "h") {
            there.extend(enumerators(&fs::read_to_string(path).unwrap()));
        }
    }
    assert!(there.len() > 80, "found {} constants", there.len());
    assert_eq!(
        there.difference(&here).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

/// Names at the beginning of a line, or after `{` or a comma, that ` = ` follows.
fn enumerators(header: &str) -> Vec<String> {
    let items = header.split(['\n', ',', '{']);
    let named = items.filter_map(|item| item.trim().split_once(" = "));
    let names = named.map(|(name, _)| name.to_string());
    names.filter(|name| name.starts_with("RI_")).collect()
}

/// The headers: in the sources, in an installed prefix, or where REINIT_INCLUDE says.
fn include() -> PathBuf {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR"));
    let given = env::var_os("REINIT_INCLUDE").map(PathBuf::from);
    let places = [
        kit.join("../../../Sources/CReinit/include"),
        kit.join("../../../include"),
    ];
    let found = given
        .into_iter()
        .chain(places)
        .find(|place| place.join("reinit").is_dir());
    found.expect("no headers: set REINIT_INCLUDE to the folder that has reinit/reinit.h")
}

/// What a C program prints; None without a compiler.
fn compiled(source: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (file, program) = (folder.join("layout.c"), folder.join("layout"));
    fs::write(&file, source).unwrap();
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command
        .arg("-std=c11")
        .arg("-I")
        .arg(include())
        .arg(&file)
        .arg("-o")
        .arg(&program);
    let built = command.status().ok()?;
    assert!(built.success(), "the C program does not compile");
    let output = Command::new(program).output().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}
