"""Holds the recipes of the notes for architectures against the libraries whose models they describe: how every tensor of tiny models
begins, over many seeds.

    architectures.py REINIT [NAME ...] [--notes FILE]... [--seeds N] [--all] [--write]

REINIT is the command, NAME a model of tiny_models.py; all unless said otherwise. --write keeps the results of these models in
architectures.tsv, from which the table of docs/architectures.md is made. Each model is made N times by its library and saved as
the library saves it, with the names that it has in memory as well where these are others. `reinit apply --recipe architecture` fills a
checkpoint in which every number is wrong, N times. Then, of each tensor:

- elements that are the same for each seed of the library have that value, to 1e-6 of it, for each seed here;
- of all others, mean and deviation agree within four standard errors of the difference (seeds times elements are the sample; the error of
  the deviation is from the fourth moment), and so do the distributions (Kolmogorov-Smirnov) and their ends (how many values of one sample
  are beyond all of the other: k of them with the probability 1/2^k), with the same probability;
- a row of zeros, the padding token's, may be as the others are: rules fill whole tensors. Such tensors are counted;
- what the recipe leaves as it was is whole numbers, never trained, or the business of the model that an adapter is for: it is kept on
  purpose, by the note's word, and is listed.

Of 16,000 such comparisons one is beyond four errors by chance. What is beyond is printed, and counts as wrong if it is more than Bonferroni's
bound allows (1 in 1,000 for the whole run). Needs numpy, safetensors, torch, transformers, diffusers and peft."""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy as np
import torch
from safetensors.numpy import load_file, save_file

import tiny_models

FOUR = 4.0
ALPHA = math.erfc(FOUR / math.sqrt(2))


def quiet():
    import transformers
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)


def in_memory(model):
    """The tensors under the names that they have in the model, each once."""
    seen, tensors = set(), {}
    for name, tensor in model.state_dict().items():
        place = (tensor.data_ptr(), tuple(tensor.shape), tensor.stride())
        if tensor.numel() and place in seen:
            continue
        seen.add(place)
        tensors[name] = tensor.detach().contiguous().numpy().copy()
    return tensors


def library_states(name, seeds, folder):
    """The file's name and {"saved": [tensors of each seed], "memory": …}; the folder keeps the configuration."""
    forms, file = {"saved": [], "memory": []}, None
    for seed in range(seeds):
        torch.manual_seed(1000 + seed)
        np.random.seed(seed)
        model = tiny_models.save(name, folder)
        file, *others = sorted(Path(folder).glob("*.safetensors"))
        assert not others, "one file is expected of a tiny model"
        forms["saved"].append(load_file(file))
        if name not in tiny_models.adapters():
            forms["memory"].append(in_memory(model))
        file.unlink()
    if not forms["memory"] or set(forms["memory"][0]) == set(forms["saved"][0]) or is_part(forms):
        del forms["memory"]
    return file, forms


def is_part(forms):
    """Files leave out tied names; memory that only has these besides is no other form."""
    return set(forms["saved"][0]) <= set(forms["memory"][0])


def all_wrong(state):
    """The same tensors with no number that is right: what no rule reaches is found."""
    random = np.random.default_rng(5)
    return {
        name: np.asarray(tensor + random.uniform(3, 4, tensor.shape), tensor.dtype) if tensor.dtype.kind == "f" else tensor
        for name, tensor in state.items()
    }


def reinit_states(start, seeds, source, options):
    """What the recipe makes of a checkpoint in a file of the library's name, beside its configuration."""
    result = source.with_name("result.safetensors")
    save_file(start, source, metadata={"format": "pt"})
    states = []
    for seed in range(seeds):
        run = subprocess.run(
            [options.command, "apply", source, "--recipe", "architecture", "--seed", str(seed), "-o", result, "--force", "--quiet",
             *[part for note in options.notes for part in ("--notes", note)]], capture_output=True, text=True)
        if run.returncode:
            raise RuntimeError(run.stderr.strip() or run.stdout.strip())
        states.append(load_file(result))
    source.unlink(), result.unlink()
    return states


def moments(sample):
    """Mean, its squared error, deviation, its squared error."""
    n, mean = sample.size, sample.mean()
    centered = sample - mean
    variance, fourth = (centered**2).mean(), (centered**4).mean()
    deviation_error = max(fourth - variance**2, 0) / n / (4 * variance) if variance else 0
    return mean, variance / n, math.sqrt(variance), deviation_error


def errors_apart(a, b, error_a, error_b):
    both = math.sqrt(error_a + error_b)
    return abs(a - b) / both if both else (0.0 if a == b else math.inf)


def distributions_apart(a, b):
    """The two-sample Kolmogorov-Smirnov distance in errors of a normal number that is as rare."""
    random = np.random.default_rng(1)
    a, b = (np.sort(random.choice(x, 50_000, replace=False) if x.size > 50_000 else x) for x in (a, b))
    places = np.concatenate([a, b])
    distance = np.abs(np.searchsorted(a, places, "right") / a.size - np.searchsorted(b, places, "right") / b.size).max()
    return errors_of(min(0.0, math.log(2) - 2 * distance**2 * a.size * b.size / (a.size + b.size)))


def ends_apart(a, b):
    """How far samples of one size reach: of k values beyond all of the other sample the probability is 1/2^k at each of four ends."""
    most = max((a > b.max()).sum(), (b > a.max()).sum(), (a < b.min()).sum(), (b < a.min()).sum())
    return errors_of(min(0.0, math.log(4) - int(most) * math.log(2)))


def errors_of(log_p):
    """The z of a normal number that is as rare: p = erfc(z/√2), solved by halving."""
    low, high = 0.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        p = math.erfc(middle / math.sqrt(2))
        low, high = (middle, high) if p > 0 and math.log(p) > log_p else (low, middle)
    return low


def compare_tensor(name, theirs, ours, start):
    """(verdict, words, list of errors apart) of one tensor, from arrays [seeds, …]."""
    if theirs.dtype.kind != "f":
        return "kept", "not floating-point", []
    fixed = (theirs == theirs[:1]).all(axis=0)
    if (ours == start).all():
        return ("kept", "", []) if name.endswith(KEPT) else ("WRONG", "left as it was", [])
    if name.endswith(KNOWN):
        return "known", comparisons(theirs, ours, fixed)[0], []
    if is_padding(fixed, theirs[0]) and not is_padding(fixed, ours[0]):
        return "row", "", comparisons(theirs, ours, fixed)[1]
    if fixed.any():
        expected, found = theirs[0][fixed], ours[:, fixed]
        distance = np.abs(found - expected)
        if (distance > 1e-6 * np.maximum(np.abs(expected), 1)).any():
            at = np.unravel_index(distance.argmax(), distance.shape)
            return "WRONG", f"a constant {expected[at[1]]:.6g} is {found[at]:.6g}", []
    return ("ok", *comparisons(theirs, ours, fixed)) if not fixed.all() else ("ok", "", [])


def is_padding(fixed, state):
    """Whether the elements that never change are one row of zeros: the padding token's."""
    return fixed.ndim == 2 and fixed.any(axis=1).sum() == 1 and fixed.all(axis=1).sum() == 1 and not state[fixed].any()


def comparisons(theirs, ours, fixed):
    """Words, and the errors that samples are apart, of the elements that are not fixed."""
    a, b = theirs[:, ~fixed].ravel().astype(np.float64), ours[:, ~fixed].ravel().astype(np.float64)
    mean_a, error_a, deviation_a, spread_a = moments(a)
    mean_b, error_b, deviation_b, spread_b = moments(b)
    apart = {
        "mean": errors_apart(mean_a, mean_b, error_a, error_b),
        "deviation": errors_apart(deviation_a, deviation_b, spread_a, spread_b),
        "distribution": distributions_apart(a, b),
        "ends": ends_apart(a, b),
    }
    words = f"mean {mean_a:.6f} and {mean_b:.6f}, deviation {deviation_a:.6f} and {deviation_b:.6f}"
    return words, list(apart.items())


def compare_form(name, form, states, options, file):
    start = all_wrong(states[0])
    found = reinit_states(start, len(states), file, options)
    results = []
    for tensor in sorted(states[0]):
        theirs, ours = (np.stack([state[tensor] for state in all_seeds]) for all_seeds in (states, found))
        results.append((name, form, tensor, *compare_tensor(tensor, theirs, ours, start[tensor])))
    return results


# What notes keep on purpose: computed or drawn once and never trained, or of the model that an adapter is for.
KEPT = ("encoder.embed_positions.weight", "pos_embed.pos_embed", "vera_A", "vera_B", *tiny_models.OF_THE_MODEL_BELOW)
# What no initializer can make; its note says so.
KNOWN = ("pos_conv_embed.conv.parametrizations.weight.original0",)
HERE = Path(__file__).parent
RECORD, PAGE = HERE / "architectures.tsv", HERE.parent.parent / "docs" / "architectures.md"
COLUMNS = ["model", "note", "library", "seeds", "tensors", "comparisons", "errors", "row", "kept", "known", "WRONG"]


def library(name):
    """The library that a model is of, with its version."""
    import diffusers
    import peft
    import transformers
    module = transformers if name in tiny_models.transformers_models() else diffusers if name in tiny_models.diffusers_models() else peft
    return f"{module.__name__} {module.__version__}"


def note_of(source, state, options):
    """The note that is used for a checkpoint."""
    save_file(state, source, metadata={"format": "pt"})
    words = [part for note in options.notes for part in ("--notes", note)]
    run = subprocess.run([options.command, "summary", source, "--format", "json", *words], capture_output=True, text=True)
    source.unlink()
    return json.loads(run.stdout)["architecture"]["name"]


def short(names):
    """Names with `*` for numbers, each once."""
    return " ".join(sorted({re.sub(r"(?<![^.])\d+(?![^.])", "*", name) for name in names}))


def line_of(name, note, seeds, results):
    """A model's line of the record, over all forms."""
    apart = [z for r in results for _, z in r[5]]
    counts = [name, note, library(name), seeds, len(results), len(apart), f"{max(apart, default=0):.2f}"]
    return dict(zip(COLUMNS, [*map(str, counts), *(short(r[2] for r in results if r[3] == verdict) for verdict in COLUMNS[7:])]))


def keep_record(new):
    """Puts lines in the place of those of the same models, and makes the table anew."""
    lines = {}
    if RECORD.exists():
        rows = [line.split("\t") for line in RECORD.read_text().splitlines()[1:]]
        lines = {row[0]: dict(zip(COLUMNS, row)) for row in rows}
    lines |= {line["model"]: line for line in new}
    lines = [lines[name] for name in tiny_models.all_names() if name in lines]
    RECORD.write_text("\n".join("\t".join(row) for row in [COLUMNS] + [[line[c] for c in COLUMNS] for line in lines]) + "\n")
    begin, end = "<!-- compared -->\n", "<!-- end -->\n"
    page = PAGE.read_text()
    PAGE.write_text(page[: page.index(begin) + len(begin)] + table(lines) + page[page.index(end):])


def table(lines):
    """The record, by notes."""
    comparisons = sum(int(line["comparisons"]) for line in lines)
    limit = errors_of(math.log(0.001 / max(comparisons, 1)))
    rows = ["| note | models | library | seeds | tensors | verdict |", "| --- | --- | --- | ---: | ---: | --- |"]
    for note in sorted({line["note"] for line in lines}, key=str.lower):
        own = [line for line in lines if line["note"] == note]
        cells = [note, ", ".join(line["model"] for line in own), ", ".join(sorted({line["library"] for line in own})),
                 ", ".join(sorted({line["seeds"] for line in own})), f"{sum(int(line['tensors']) for line in own):,}", verdict(own, limit)]
        rows.append("| " + " | ".join(cells) + " |")
    rows.append(f"\n{len(lines)} models, {sum(int(line['tensors']) for line in lines):,} tensors, {comparisons:,} comparisons: one in a thousand such "
                f"runs has one that is more than {limit:.1f} standard errors apart by chance.")
    return "\n" + "\n".join(rows) + "\n\n"


def verdict(lines, limit):
    """What the lines of one note come to."""
    def names(column): return sorted({name for line in lines for name in line[column].split()})
    def listed(column): return ", ".join(f"`{name}`" for name in names(column))
    furthest = max(float(line["errors"]) for line in lines)
    words = ["equal" if furthest <= limit and not names("WRONG") else "not equal"]
    if names("WRONG"): words.append("wrong " + listed("WRONG"))
    if names("known"): words.append("but for " + listed("known"))
    if furthest: words.append(f"furthest {furthest:.1f}")
    if names("row"): words.append("but for the padding row")
    if names("kept"): words.append("kept " + listed("kept"))
    return "; ".join(words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--notes", action="append", default=[])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--all", action="store_true", help="prints every tensor")
    parser.add_argument("--write", action="store_true", help="keeps the results, and makes the table of docs/architectures.md")
    options = parser.parse_intermixed_args()
    options.command = str(Path(options.command).resolve())
    quiet()
    results, failed = [], 0
    for name in options.names or tiny_models.all_names():
        of_model, failures = compare_model(name, options)
        results, failed = results + of_model, failed + failures
    sys.exit(conclusion(results, failed))


def compare_model(name, options):
    """The results of all forms of a model, and how many failed."""
    results, failed = [], 0
    with tempfile.TemporaryDirectory() as folder:
        file, forms = library_states(name, options.seeds, folder)
        for form, states in forms.items():
            try:
                of_form = compare_form(name, form, states, options, file)
            except RuntimeError as error:
                failed += 1
                print(f"WRONG {name} ({form}): {error}", flush=True)
                continue
            results += of_form
            report(name, form, of_form, options.all)
        if options.write and results and not failed:
            keep_record([line_of(name, note_of(file, forms["saved"][0], options), options.seeds, results)])
    return results, failed


def report(name, form, results, everything):
    wrong = [r for r in results if r[3] in ("WRONG", "known")]
    kept = [r[2] for r in results if r[3] == "kept"]
    beyond = [r for r in results if any(z > FOUR for _, z in r[5])]
    print(f"{'WRONG' if any(r[3] == 'WRONG' for r in wrong) else 'ok   '} {name} ({form}): {len(results)} tensors, {len(wrong)} otherwise, {len(beyond)} beyond four errors"
          + (f"; kept: {', '.join(kept)}" if kept else "")
          + (f"; padding rows not 0: {', '.join(r[2] for r in results if r[3] == 'row')}" if any(r[3] == "row" for r in results) else ""), flush=True)
    for result in results if everything else wrong + beyond:
        errors = ", ".join(f"{what} {z:.1f}" for what, z in result[5])
        print(f"      {result[2]}: {result[3]} {result[4]}" + (f" ({errors} errors apart)" if errors else ""), flush=True)


def conclusion(results, failed):
    apart = [z for r in results for _, z in r[5]]
    wrong = sum(r[3] == "WRONG" for r in results)
    beyond = sum(z > FOUR for z in apart)
    # Bonferroni: no comparison of the whole run is as rare as this but once in a thousand runs.
    limit = 0.001 / max(len(apart), 1)
    impossible = sum(math.erfc(z / math.sqrt(2)) < limit for z in apart)
    rows = sum(r[3] == "row" for r in results)
    print(f"{len(results)} tensors, {len(apart)} comparisons: {beyond} beyond four standard errors ({ALPHA * len(apart):.1f} expected by chance), "
          f"{impossible} beyond Bonferroni's bound; {wrong} tensors wrong, {rows} but for a padding row right, {failed} forms failed")
    return int(wrong > 0 or failed > 0 or impossible > 0)


if __name__ == "__main__":
    main()
