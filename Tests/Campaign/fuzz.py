"""Broken files and arguments: headers, journals, receipts, rules, selectors, model files."""

import ctypes
import json
import random
import resource

import corpus
import mutation
import safetensors_file
from sandbox import TEMPORARY, Sandbox, faults_of, last
from scenes import FILL, MODEL, TENSORS, WHOLE, interrupted, result

LIMITS = [(resource.RLIMIT_AS, 8 << 30), (resource.RLIMIT_FSIZE, 64 << 20)]
IN_PLACE = ["m.st", "m.st.receipt.json", "m.st.reinit-journal", "m.st.reinit-spool"]
ANSWERS = {"diff": (0, 1), "verify": (0, 1), "recipe": (0, 1)}


class Fuzzer:
    """Makes cases from a seed and judges them."""

    families = ["header", "journal", "receipt", "rule", "option", "recipe", "model_file"]

    def __init__(self, reinit):
        self.reinit = reinit
        self.model = safetensors_file.make(TENSORS, room=1024)
        self.other = safetensors_file.make(TENSORS[:3], seed=1)
        self.filled = result(reinit, {"m.st": self.model}, ["apply", "m.st", "-o", "out.st", *FILL, *WHOLE], "out.st")
        self.stopped = [interrupted(reinit, self.model, rules) for rules in (FILL, WHOLE)]
        self.weights = result(reinit, {"net.yaml": MODEL}, ["build", "net.yaml", "-o", "w.st"], "w.st")
        self.pictures = safetensors_file.make([("input", "F32", (1, 3, 12, 12))], seed=2)

    def family(self, index):
        return self.families[index % len(self.families)].removesuffix("_file")

    def case(self, seed, index):
        """Files and arguments of one execution."""
        source = random.Random(f"{seed}:{index}")
        return getattr(self, self.families[index % len(self.families)])(source)

    def commands(self, source, file="m.st"):
        fill = source.choice([FILL, WHOLE, ["--fill", "@weight=kaiming_normal"], ["--recipe", "torch"]])
        return source.choice([
            ["summary", file], ["inspect", file], ["inspect", file, "conv.weight"], ["verify", file], ["diff", file, "out.st"],
            ["diff", "out.st", file], ["recover", file], ["recipe", "check", "torch", file], ["summary", file, "--format", "json"],
            ["inspect", file, "--format", "json"], ["apply", file, "--in-place", *fill], ["apply", file, "--in-place", *fill],
            ["apply", file, "-o", "out.st", "--force", *fill], ["apply", file, "-o", "out.st", "--force", *fill],
            ["run", "net.yaml", "--weights", file, "--input", "i.st", "-o", "out.st", "--force"],
            ["run", "net.yaml", "--weights", "w.st", "--input", file, "-o", "out.st", "--force"],
            ["build", "net.yaml", "-o", file, "--force"],
        ])

    def others(self):
        return {"out.st": self.other, "net.yaml": MODEL, "w.st": self.weights, "i.st": self.pictures}

    def header(self, source):
        contents = source.choice([self.model, self.filled, self.weights, self.pictures])
        header, data = safetensors_file.split(contents)
        match source.randrange(4):
            case 0:
                contents = mutation.some_bytes(contents[:8] + header, source) + data
            case 1:
                contents = safetensors_file.join(mutation.some_bytes(header, source), data)
            case 2:
                tree = mutation.some_tree(json.loads(header), source)
                contents = safetensors_file.join(mutation.as_json(tree, source), data)
            case _:
                cut = source.randrange(len(contents)) if source.random() < 0.5 else source.randrange(40)
                contents = contents[:cut] if source.random() < 0.7 else contents + contents[:cut]
        return {**self.others(), "m.st": contents}, self.commands(source)

    def journal(self, source):
        files = {**self.others(), **source.choice(self.stopped)}
        name = source.choice(["m.st.reinit-journal"] * 6 + ["m.st", "m.st.reinit-spool"])
        if name not in files:
            name = "m.st.reinit-journal"
        if name == "m.st.reinit-journal" and source.random() < 0.85:
            files[name] = self.forged(files[name], source)
        else:
            files[name] = mutation.some_bytes(files[name], source)
        arguments = source.choice([
            ["recover", "m.st"], ["recover", "m.st"], ["recover", "m.st"], ["recover", "--abandon", "m.st"],
            ["apply", "m.st", "--in-place", *FILL], self.commands(source)])
        return files, arguments

    def forged(self, journal, source):
        """A journal with the right checksum."""
        first, line, _ = journal.split(b"\n", 2)
        tree = json.loads(line)
        part = source.choice([tree, tree["payload"], tree["payload"].get("receipt", tree), tree["samples"]])
        changed = mutation.some_tree(part, source)
        tree = changed if part is tree else replaced(tree, part, changed)
        line = mutation.as_json(tree, source)
        if source.random() < 0.2:
            line = mutation.some_bytes(line, source, 2)
        if source.random() < 0.05:
            first = mutation.some_bytes(first, source, 1)
        text = first + b"\n" + line + b"\n"
        return text + b"xxh64 %016x\n" % xxh64(text)

    def receipt(self, source):
        header, data = safetensors_file.split(self.filled)
        entries = json.loads(header)
        receipt = json.loads(entries["__metadata__"]["reinit.receipt"])
        text = mutation.as_json(mutation.some_tree(receipt, source), source)
        files = self.others()
        if source.random() < 0.5:
            entries["__metadata__"]["reinit.receipt"] = text.decode("utf-8", "replace")
        else:
            del entries["__metadata__"]["reinit.receipt"]
            files["m.st.receipt.json"] = text if source.random() < 0.9 else mutation.some_bytes(text, source)
        files["m.st"] = safetensors_file.join(json.dumps(entries).encode(), data, source.choice([0, 4000]))
        verify = source.random() < 0.5
        return files, ["verify", "m.st"] if verify else self.commands(source)

    def rule(self, source):
        rules = []
        for _ in range(source.choice([1, 1, 1, 2])):
            text = f"{source.choice(corpus.SELECTORS[:16])}={source.choice(corpus.INITIALIZERS)}"
            both = corpus.SELECTORS + corpus.INITIALIZERS
            rules += ["--fill", mutation.some_text(text, source, both)]
        return {**self.others(), "m.st": self.model}, self.applying(source, rules)

    def option(self, source):
        selector = mutation.some_text(source.choice(corpus.SELECTORS), source, corpus.SELECTORS)
        kind = mutation.some_text(source.choice(corpus.TYPES), source, corpus.TYPES)
        number = source.choice(mutation.NUMBERS)
        options = source.choice([
            ["--keep", selector], ["--at", selector], ["--type", f"{selector}={kind}"], ["--type", f"fc={kind}"],
            ["--strip-prefix", mutation.some_text("conv.", source)], ["--seed", number], ["--layout", source.choice(["flax", "mlx", "x"])],
            ["--threads", number], ["--model", source.choice(["net.yaml", "resnet18", "x"])], ["--type", f"conv={kind}"]])
        if source.random() < 0.2:
            return {**self.others(), "m.st": self.model}, ["inspect", "m.st", selector]
        return {**self.others(), "m.st": self.model}, self.applying(source, [*source.choice([FILL, WHOLE]), *options])

    def applying(self, source, rules):
        where = source.choice([["-o", "out.st", "--force"], ["--in-place"], ["--in-place"], ["--dry-run"]])
        return ["apply", "m.st", *where, *rules]

    def recipe(self, source):
        text = corpus.RECIPE if source.random() < 0.5 else "\n".join(
            f"{source.choice(corpus.SELECTORS[:16])}? = {source.choice(corpus.INITIALIZERS)}" for _ in range(2))
        contents = mutation.some_text(text, source, [corpus.RECIPE], most=1).encode("utf-8", "surrogateescape")
        if source.random() < 0.15:
            contents = mutation.some_bytes(contents, source)
        files = {**self.others(), "m.st": self.model, "r.txt": contents}
        check = source.choice([["recipe", "check", "r.txt", "m.st"], ["recipe", "show", "r.txt"]])
        return files, check if source.random() < 0.3 else self.applying(source, ["--recipe", "r.txt"])

    def model_file(self, source):
        text = mutation.some_text(source.choice(corpus.MODELS), source, corpus.MODELS)
        contents = text.encode("utf-8", "surrogateescape")
        if source.random() < 0.3:
            contents = mutation.some_bytes(contents, source)
        name = source.choice(["x.yaml", "x.json"])
        shape = source.choice([(1, 3, 12, 12), (2, 4), (1, 3), (), (0,), (1, 3, 1, 1)])
        files = {**self.others(), name: contents, "i.st": safetensors_file.make([("input", "F32", shape)])}
        build = ["build", name, "-o", "out.st", "--force"]
        run = ["run", name, "--weights", source.choice(["w.st", "out.st"]), "--input", "i.st", "-o", "y.st"]
        return files, source.choice([build, build, ["summary", name], ["build", name, "--dry-run"], run])

    def run(self, seed, index):
        """The verdict on one execution, and its arguments."""
        files, arguments = self.case(seed, index)
        if "\0" in "".join(arguments):
            arguments = [argument.replace("\0", "") for argument in arguments]
        with Sandbox(self.reinit, files) as box:
            ending = box.run(arguments, limits=LIMITS)
            return judge(files, arguments, box, ending), ending


def judge(files, arguments, box, ending):
    answers = ANSWERS.get(arguments[0], (0,))
    expected = ending.status if ending.status in answers else 0
    faults = faults_of(ending, expected)
    if ending.status is None:
        return faults
    now = box.contents()
    may_change = allowed(arguments) if ending.status == 0 else []
    for name in files.keys() | now.keys():
        if name in may_change or now.get(name) == files.get(name):
            continue
        what = "is left" if name not in files else "is gone" if name not in now else "is changed"
        faults.append(f"{name} {what}, status {ending.status}")
    faults += [f"{name} is left" for name in now if TEMPORARY.match(name)]
    if ending.status == 0:
        faults += outcome(files, arguments, box, now)
    return faults


def allowed(arguments):
    """The files that a command may change, make or remove."""
    if "--dry-run" in arguments:
        return []
    if "--in-place" in arguments or arguments[0] == "recover":
        return IN_PLACE
    if "-o" not in arguments:
        return []
    output = arguments[arguments.index("-o") + 1]
    return [output + more for more in ("", ".receipt.json", ".reinit-journal", ".reinit-spool")]


def outcome(files, arguments, box, now):
    """What is wrong with the files of a run that says that all is well."""
    faults = [f"{name} stands" for name in now
              if name.endswith("-journal") and arguments[0] == "recover" or "--in-place" in arguments and name.endswith(("-journal", "-spool"))]
    changed = [name for name in allowed(arguments) if name.endswith(".st") and name in now and now[name] != files.get(name)]
    if "--abandon" in arguments:
        changed = []
    for name in changed:
        try:
            tensors, metadata = safetensors_file.tensors(now[name])
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"{name} is no safetensors file: {error}")
            continue
        if arguments[0] in ("apply", "recover"):
            faults += filled(files, name, tensors, metadata, arguments, box)
    return faults


def filled(files, name, tensors, metadata, arguments, box):
    """A file that was filled: what no rule reached is as it was, what one reached is finite, and `verify` agrees."""
    faults = []
    try:
        old, _ = safetensors_file.tensors(files["m.st"])
    except (ValueError, KeyError, TypeError):
        return ["a file was read that is none"] if arguments[0] == "apply" and "--in-place" not in arguments else []
    text = metadata.get("reinit.receipt") or (box.folder / (name + ".receipt.json")).read_text()
    receipt = json.loads(text)
    # A journal that stood was finished first: its entries are the earlier ones.
    runs = [receipt, *(receipt.get("earlier", []) if "m.st.reinit-journal" in files else [])]
    latest = {entry.get("file", entry["path"]) for run in runs for entry in run["tensors"]}
    if old.keys() != tensors.keys():
        return [f"{name} has other tensors"]
    for tensor, (dtype, shape, data) in tensors.items():
        if tensor not in latest and data != old[tensor][2]:
            faults.append(f"{name}: {tensor} was reached by no rule, and differs")
        if tensor in latest and not all(abs(number) < float("inf") for number in safetensors_file.numbers(data, dtype)):
            faults.append(f"{name}: {tensor} was filled with what is not finite")
    ending = box.run(["verify", name])
    if ending.status != 0 and not had_bad_receipt(files, box):
        faults.append(f"verify {name} ends by {ending.status}: {last(ending.out + ending.err)}")
    return faults


def had_bad_receipt(files, box):
    """Whether the file's own receipt was wrong already: what no rule reached keeps its entry."""
    for end in ("", ".receipt.json"):
        if "m.st" + end in files:
            (box.folder / ("before.st" + end)).write_bytes(files["m.st" + end])
    ending = box.run(["verify", "before.st"])
    return ending.status != 0 and b"R0212" not in ending.err


def replaced(tree, part, other):
    """The tree with one of its parts, by identity, replaced."""
    if tree is part:
        return other
    if isinstance(tree, dict):
        return {key: replaced(value, part, other) for key, value in tree.items()}
    return [replaced(value, part, other) for value in tree] if isinstance(tree, list) else tree


def xxh64(data):
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH64.restype = ctypes.c_uint64
    return library.XXH64(data, ctypes.c_size_t(len(data)), ctypes.c_uint64(0))
