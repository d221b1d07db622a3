"""What the command is disturbed at: small files, a command, and what it makes when nothing is in its way."""

from dataclasses import dataclass, field

import safetensors_file
from sandbox import Sandbox

TENSORS = [
    ("conv.weight", "F32", (8, 4, 3, 3)), ("conv.bias", "F32", (8,)), ("norm.weight", "F32", (8,)),
    ("norm.bias", "F32", (8,)), ("norm.running_mean", "F32", (8,)), ("norm.running_var", "F32", (8,)),
    ("norm.num_batches_tracked", "I64", ()), ("fc.weight", "F16", (16, 8)), ("fc.bias", "BF16", (16,)),
    ("wide.weight", "F32", (310, 220)),
]
MODEL = b"""layer: Chain
layers:
  - {name: stem, layer: "Conv(in: 3, out: 8, kernel: [3, 3], padding: 1)"}
  - {name: norm, layer: "BatchNorm(8)"}
  - Activation(relu)
  - {name: head, layer: "Conv(in: 8, out: 4, kernel: [1, 1])"}
"""
FILL = ["--fill", "@weight=normal(std: 0.02)", "--fill", "@bias=zeros"]
WHOLE = ["--fill", "fc.weight=orthogonal", "--fill", "wide.weight=uniform(low: -1)"]
ONE = ["--threads", "1"]


@dataclass
class Scene:
    """A command with its files."""

    name: str
    files: dict
    arguments: list
    target: str | None = None  # the file that a run in place changes
    rounds: bool = False  # whether its answer depends on the library that computes it, in the last bits
    status: int = 0
    out: bytes = b""
    after: dict = field(default_factory=dict)

    def learn(self, reinit):
        """Runs it undisturbed."""
        with Sandbox(reinit, self.files) as box:
            ending = box.run(self.arguments)
            self.status, self.out, self.after = ending.status, ending.out, box.contents()
        if ending.status not in (0, 1) or ending.codes:
            raise SystemExit(f"{self.name} fails undisturbed: {ending.err.decode()}")
        return self

    @property
    def changes(self):
        """The names of files that it makes, changes or removes."""
        return {name for name in self.files.keys() | self.after.keys() if self.files.get(name) != self.after.get(name)}


def result(reinit, files, arguments, name):
    """A file that a command writes."""
    with Sandbox(reinit, files) as box:
        ending = box.run(arguments)
        if ending.status != 0:
            raise SystemExit(f"cannot make {name}: {ending.err.decode()}")
        return (box.folder / name).read_bytes()


def interrupted(reinit, contents, rules):
    """The files of a run in place that was killed in the middle of its data."""
    for number in range(1, 40):
        with Sandbox(reinit, {"m.st": contents}) as box:
            box.run(["apply", "m.st", "--in-place", *rules, *ONE],
                    wrapper=["strace", "-f", "-o", "/dev/null", "-e", f"inject=pwrite64:signal=KILL:when={number}"])
            now = box.contents()
            if "m.st.reinit-journal" in now and now["m.st"] != contents:
                return now
    raise SystemExit("no run in place could be interrupted")


def scenes(reinit, name=None):
    """All of them, or one, each run once undisturbed."""
    model = safetensors_file.make(TENSORS)
    tight = safetensors_file.make(TENSORS, room=0)
    other = safetensors_file.make(TENSORS[:3], seed=1)
    filled = result(reinit, {"m.st": model}, ["apply", "m.st", "-o", "out.st", *FILL], "out.st")
    stopped = interrupted(reinit, model, FILL)
    spooled = interrupted(reinit, model, WHOLE)
    weights = result(reinit, {"net.yaml": MODEL}, ["build", "net.yaml", "-o", "w.st"], "w.st")
    pictures = safetensors_file.make([("input", "F32", (1, 3, 12, 12))], seed=2)
    in_place = ["apply", "m.st", "--in-place", *ONE]
    to_new = ["apply", "m.st", "-o", "out.st", *ONE]
    run = ["run", "net.yaml", "--weights", "w.st", "--input", "i.st", "-o", "out.st", *ONE]
    moved = {name.replace("m.st", "out.st"): contents for name, contents in spooled.items()}
    found = [
        Scene("apply-new", {"m.st": model}, [*to_new, *FILL]),
        Scene("apply-sync", {"m.st": model}, [*to_new, *WHOLE, "--sync"]),
        Scene("apply-threads", {"m.st": model}, [*to_new, *WHOLE, "--threads", "2"]),
        Scene("apply-force", {"m.st": model, "out.st": other}, [*to_new, *FILL, "--force"]),
        Scene("apply-over-journal", {"m.st": model, **moved}, [*to_new, *FILL, "--force"]),
        Scene("in-place", {"m.st": model}, [*in_place, *FILL], "m.st"),
        Scene("in-place-sync", {"m.st": model}, [*in_place, *WHOLE, "--sync"], "m.st"),
        Scene("in-place-threads", {"m.st": model}, [*in_place, *WHOLE, "--threads", "2"], "m.st"),
        Scene("in-place-sidecar", {"m.st": tight}, [*in_place, *FILL], "m.st"),
        Scene("in-place-link", {"m.st": model, "l.st": "m.st"}, ["apply", "l.st", "--in-place", *ONE, *FILL], "m.st"),
        Scene("recover-link", {**stopped, "l.st": "m.st"}, ["recover", "l.st", *ONE], "m.st"),
        Scene("force-link", {"m.st": model, "out.st": "real.st", "real.st": other}, [*to_new, *FILL, "--force"]),
        Scene("in-place-pending", stopped, [*in_place, *FILL], "m.st"),
        Scene("recover", stopped, ["recover", "m.st", *ONE], "m.st"),
        Scene("recover-spool", spooled, ["recover", "m.st", "--sync", *ONE], "m.st"),
        Scene("recover-nothing", {"m.st": model}, ["recover", "m.st"], "m.st"),
        Scene("abandon", spooled, ["recover", "--abandon", "m.st"], "m.st"),
        Scene("verify", {"m.st": filled}, ["verify", "m.st", *ONE]),
        Scene("diff", {"m.st": model, "out.st": filled}, ["diff", "m.st", "out.st", *ONE]),
        Scene("inspect", {"m.st": model}, ["inspect", "m.st", *ONE]),
        Scene("histogram", {"m.st": model}, ["inspect", "m.st", "conv.weight", *ONE]),
        Scene("summary", {"m.st": model}, ["summary", "m.st"]),
        Scene("check", {"m.st": model}, ["recipe", "check", "torch", "m.st"]),
        Scene("build", {"net.yaml": MODEL}, ["build", "net.yaml", "-o", "out.st", *ONE]),
        Scene("build-force", {"net.yaml": MODEL, "out.st": other},
              ["build", "net.yaml", "-o", "out.st", "--force", "--sync", *ONE]),
        Scene("run", {"net.yaml": MODEL, "w.st": weights, "i.st": pictures}, run, rounds=True),
    ]
    return {scene.name: scene.learn(reinit) for scene in found if name in (None, scene.name)}
