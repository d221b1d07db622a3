"""The C library by itself: its header, its names, the examples in C and Rust."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reinit import _library

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER = ROOT / "Sources/CLibrary/include/reinit/library.h"
DECLARED = set(re.findall(r"\b(reinit_\w+)\(", re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)))


@pytest.fixture
def prefix(tmp_path):
    """The library as it is installed."""
    library = Path(os.environ["REINIT_LIBRARY"]).resolve()
    for name in ("libreinit.so.0", "libreinit.so"):
        (tmp_path / name).symlink_to(library)
    return tmp_path


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_only_what_the_header_declares_is_exported():
    names = run("nm", "-D", "--defined-only", os.environ["REINIT_LIBRARY"])
    exported = {line.split()[2] for line in names.splitlines() if line.split()[1].isupper()}
    assert exported == DECLARED
    assert set(_library._FUNCTIONS) <= DECLARED


@pytest.mark.parametrize("compiler, standard", [("gcc", "c99"), ("g++", "c++11")])
def test_the_header_stands_by_itself(compiler, standard, tmp_path):
    source = tmp_path / ("a.c" if compiler == "gcc" else "a.cpp")
    source.write_text("#include <reinit/library.h>\nint main(void) { return reinit_version() == 0; }\n")
    run(compiler, f"-std={standard}", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{HEADER.parent.parent}",
        "-fsyntax-only", source)


def test_the_example_in_c(prefix):
    run("gcc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{HEADER.parent.parent}",
        ROOT / "docs/library/example.c", "-L", prefix, "-lreinit", "-Wl,-rpath," + str(prefix), "-o", prefix / "example")
    assert "and a range is the same bits" in run(prefix / "example")


def test_the_example_in_rust(prefix):
    assert shutil.which("rustc"), "rustc is needed: Scripts/test installs cargo"
    run("rustc", "--edition", "2021", ROOT / "docs/library/example.rs", "-L", prefix, "-C", "link-arg=-Wl,-rpath," + str(prefix), "-o",
        prefix / "example")
    # Kaiming's deviation for a fan-in of 64: √(2/64).
    deviation = float(run(prefix / "example").rsplit(" ", 1)[1])
    assert abs(deviation - 0.1768) < 0.02
