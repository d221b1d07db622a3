"""Mistakes: each is an exception with a code, and nothing is written."""
import ctypes
import pickle
import subprocess
import sys

import numpy as np
import pytest
import reinit
from reinit import _library

TYPES = {"fc": "Dense(in: 3, out: 2)"}


def arrays():
    return {"fc.weight": np.full((2, 3), 7, np.float32), "fc.bias": np.full(2, 7, np.float32),
            "steps": np.array([7], np.int64)}


def read_only():
    mine = arrays()
    mine["fc.weight"].flags.writeable = False
    return mine


# What is called, the code, and words that are somewhere in the error.
MISTAKES = [
    (lambda a: reinit.apply_(a, ["Conv.weight=zeros"], types=TYPES), "R0203", "Conv.weight"),
    (lambda a: reinit.apply_(a, ["fc.wieght=zeros"], types=TYPES), "R0203", "fc.weight"),
    (lambda a: reinit.apply_(a, ["fc.weight=nomal"], types=TYPES), "R0106", "normal"),
    (lambda a: reinit.apply_(a, ["fc.weight=normal(sdt: 1)"], types=TYPES), "R0107", "sdt"),
    (lambda a: reinit.apply_(a, ["fc.weight=normal(std: -1)"], types=TYPES), "R0105", "std"),
    (lambda a: reinit.apply_(a, ["fc.weight=normal(std: 'x')"], types=TYPES), "R01", ""),
    (lambda a: reinit.apply_(a, ["fc.weight"], types=TYPES), "R0201", "="),
    (lambda a: reinit.apply_(a, ["fc..weight[=zeros"], types=TYPES), "R02", ""),
    (lambda a: reinit.apply_(a, ["fc.**=normal"], types=TYPES), "R0205", "fc"),
    (lambda a: reinit.apply_(a, ["fc.bias=kaiming_normal"], types=TYPES), "R0101", "fc.bias"),
    (lambda a: reinit.apply_(a, ["steps=normal"], types=TYPES), "R0", "steps"),
    (lambda a: reinit.apply_(a, ["**=default"], types=TYPES), "R0113", "steps"),
    (lambda a: reinit.apply_(a, ["fc.weight[5:]=zeros"], types=TYPES), "R0222", "fc.weight"),
    (lambda a: reinit.apply_(a, ["fc.weight[forget]=zeros"], types=TYPES), "R0224", "forget"),
    (lambda a: reinit.apply_(a, ["fc.weight=copy(from: /nowhere.safetensors)"], types=TYPES), "R0601", "/nowhere"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], types=TYPES, at=["nowhere"]), "R02", "nowhere"),
    (lambda a: reinit.apply_(a, [], types=TYPES), "R0208", "no rules"),
    (lambda a: reinit.apply_(a, [reinit.recipe("no-such")], types=TYPES), "R0211", "no-such"),
    (lambda a: reinit.apply_(a, 5, types=TYPES), "R0701", "int"),
    (lambda a: reinit.apply_(a, [5], types=TYPES), "R0701", "5"),
    (lambda a: reinit.apply_(a, {5: "zeros"}, types=TYPES), "R0701", "5"),
    (lambda a: reinit.apply_(a, {"fc": [1]}, types=TYPES), "R0701", "[1]"),
    (lambda a: reinit.apply_(a, {int: "zeros"}, types=TYPES), "R0701", "int"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], seed=-1, types=TYPES), "R0701", "seed"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], seed=1.5, types=TYPES), "R0701", "seed"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], seed=1 << 64, types=TYPES), "R0701", "seed"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], threads=0, types=TYPES), "R0701", "threads"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], threads=100000, types=TYPES), "R0701", "threads"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], types={"fc": "Desne(in: 3, out: 2)"}), "R0809", "Dense"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], types={"fc": "Dense(in: 4, out: 2)"}), "R0509", "fc.weight"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], types={"cf": "Dense(in: 3, out: 2)"}), "R0505", "cf"),
    (lambda a: reinit.apply_(a, ["fc=zeros"], types={"fc": "Dense(in: 3, out:"}), "R0808", "fc"),
    (lambda a: reinit.apply_({1: a["fc.bias"]}, ["fc=zeros"]), "R0701", "1"),
    (lambda a: reinit.apply_({"a": [1, 2]}, ["a=zeros"]), "R0701", "list"),
    (lambda a: reinit.apply_(None, ["a=zeros"]), "R0701", "NoneType"),
    (lambda a: reinit.apply_(read_only(), ["fc=zeros"], types=TYPES), "R0701", "fc.weight"),
    (lambda a: reinit.apply_(a, {"fc.weight[0]": lambda view: None}, types=TYPES), "R0227", "fc.weight"),
    (lambda a: reinit.apply_(a, {"fc": lambda view: np.zeros(5)}, types=TYPES), "R0701", "[5]"),
    (lambda a: reinit.apply_({"": a["fc.bias"]}, ["a=zeros"]), "R0407", "empty"),
    (lambda a: reinit.apply_({"\udcff": a["fc.bias"]}, ["a=zeros"]), "R0642", "UTF-8"),
    (lambda a: reinit.apply_(a, ["\udcff=zeros"], types=TYPES), "R0642", "UTF-8"),
    (lambda a: reinit.apply_(a, ["a\0b=zeros"], types=TYPES), "R02", ""),
    (lambda a: reinit.normal_(np.zeros(3), name=""), "R0701", "name"),
    (lambda a: reinit.normal_([1, 2], name="a"), "R0701", "list"),
    (lambda a: reinit.normal_(np.zeros(3), std="wide", name="a"), "R0701", "wide"),
    (lambda a: reinit.kaiming_normal_(np.zeros(3), name="a"), "R0101", "a"),
    (lambda a: reinit.normal_(np.zeros(3, np.int32), name="a"), "R0", "a"),
    (lambda a: reinit.Session(["/no/such.so"]), "R0301", "/no/such.so"),
    (lambda a: reinit.Session([__file__]), "R03", __file__),
    (lambda a: reinit.names("modells"), "R0702", "modells"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [1 << 40, 1 << 40], "dtype": "f32"}]), "R0421", "a"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [-1], "dtype": "f32"}]), "R0421", "a"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [2], "dtype": "float"}]), "R0645", "float"),
    (lambda a: reinit.Tree([{"name": "a", "shape": "2", "dtype": "f32"}]), "R0645", "shape"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [2, 2], "dtype": "f32", "geometry": {"out": 5}}]), "R0103", "geometry"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [2, 2], "dtype": "f32", "geometry": {"groups": 0}}]), "R0645", "groups"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [2], "dtype": "f32", "begins": "nomal"}]), "R0106", "a"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [2], "dtype": "f32"}] * 2), "R0407", "a"),
    (lambda a: reinit.Tree([{"name": "a", "shape": [2], "dtype": "f32"}], ties=[["a", "b"]]), "R0505", "b"),
]


@pytest.mark.parametrize("call, code, words", MISTAKES, ids=[f"{n}" for n in range(len(MISTAKES))])
def test_a_mistake_is_an_exception(call, code, words):
    mine = arrays()
    with pytest.raises(reinit.Error) as caught:
        call(mine)
    error = caught.value
    assert error.code.startswith(code), str(error)
    assert words in str(error), str(error)
    assert all((value == 7).all() for value in mine.values()), "something was written"
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, str(again)) == (error.code, str(error))


def test_functions_in_c_survive_null_and_nonsense():
    library = _library.library()
    junk = (ctypes.c_char * 4096)(*b"{[\xff\x00" * 1024)
    for name, (result, arguments) in _library._FUNCTIONS.items():
        if arguments and not name.endswith("_free"):
            getattr(library, name)(*[None if issubclass(kind, (ctypes._Pointer, ctypes.c_void_p, ctypes.c_char_p)) else 3
                                     for kind in arguments])
    handle, error = ctypes.c_void_p(), ctypes.c_void_p()
    for length in (0, 1, 2, 3, 4096, 1 << 63):
        status = library.reinit_tree_open(None, ctypes.cast(junk, ctypes.c_char_p), length, ctypes.byref(handle),
                                          ctypes.byref(error))
        assert status in (64, 65) and not handle.value and error.value
        library.reinit_error_free(error)
    assert library.reinit_error_json(None) is None
    library.reinit_error_free(None)


def test_deep_and_wide_descriptions():
    deep = ".".join("a" for _ in range(50_000))
    tree = reinit.Tree([{"name": deep, "shape": [2], "dtype": "f32"}])
    assert tree.tensors[0]["path"] == deep
    del tree
    wide = reinit.Tree([{"name": f"layers.{i}.weight", "shape": [2], "dtype": "f32"} for i in range(20_000)])
    assert len(wide.tensors) == 20_000


def test_nothing_of_the_process_is_changed():
    """In a process of its own: handlers, environment, output."""
    program = """
import ctypes, os, signal, sys
import numpy as np
libc = ctypes.CDLL(None)
def handlers():
    found = []
    for number in range(1, 65):
        memory = ctypes.create_string_buffer(152)
        if libc.sigaction(number, None, memory) == 0: found.append(memory.raw[:8])
    return found
def environment():
    block = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    names = []
    while block[len(names)]: names.append(block[len(names)])
    return names
before = handlers(), environment(), os.getcwd(), signal.pthread_sigmask(signal.SIG_BLOCK, [])
import reinit
a = {"fc.weight": np.zeros((300, 300), np.float32)}
reinit.apply_(a, ["fc=orthogonal"], types={"fc": "Dense(in: 300, out: 300, bias: false)"}, threads=2)
assert (handlers(), environment(), os.getcwd(), signal.pthread_sigmask(signal.SIG_BLOCK, [])) == before
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
