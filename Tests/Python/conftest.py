"""What the tests of the Python package share: the command line beside them, and files.

    REINIT_LIBRARY=…/libreinit.so.0 REINIT_COMMAND=…/reinit PYTHONPATH=Sources/Python pytest Tests/Python
"""
import json
import os
import subprocess

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file


class Command:
    """The command line on the same tensors: what the package must give, bit for bit."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, timeout=300)

    def apply(self, arrays, rules, seed=0, types=(), options=()):
        """The tensors of a file with those arrays after `reinit apply`, as bytes by name."""
        before, after = self.folder / "before.safetensors", self.folder / "after.safetensors"
        save_file({name: np.ascontiguousarray(value) for name, value in arrays.items()}, before)
        return self.apply_file(before, after, rules, seed, types, options)

    def apply_file(self, before, after, rules, seed=0, types=(), options=()):
        arguments = ["apply", before, "-o", after, "--force", "--seed", seed, "--config", "none", "--notes", "none"]
        for rule in rules:
            arguments += rule if isinstance(rule, list) else ["--fill", rule]
        for told in types:
            arguments += ["--type", told]
        done = self.run(*arguments, *options)
        assert done.returncode == 0, done.stderr
        return bits_of(after)


def bits_of(path):
    """The bytes of all tensors of a file, by name."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    return {name: data[8 + length + entry["data_offsets"][0]:8 + length + entry["data_offsets"][1]]
            for name, entry in header.items() if name != "__metadata__"}


@pytest.fixture
def command(tmp_path):
    program = os.environ.get("REINIT_COMMAND")
    assert program and os.access(program, os.X_OK), "REINIT_COMMAND has to name the command line"
    return Command(program, tmp_path)


@pytest.fixture
def metadata():
    def read(path):
        with safe_open(path, "np") as file:
            return file.metadata() or {}
    return read
