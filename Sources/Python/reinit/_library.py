"""The C library, reinit/library.h, by ctypes."""
from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_int32, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Sequence

from ._errors import Error

#: The version of the functions that this package calls.
MAJOR = 0

_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "reinit_version": (c_char_p, []),
    "reinit_library_version": (c_uint32, []),
    "reinit_error_json": (c_char_p, [c_void_p]),
    "reinit_error_free": (None, [c_void_p]),
    "reinit_text_free": (None, [c_void_p]),
    "reinit_session_open": (c_int32, [POINTER(c_char_p), c_size_t, POINTER(c_void_p), POINTER(c_void_p)]),
    "reinit_session_list": (c_int32, [c_void_p, c_char_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "reinit_session_free": (None, [c_void_p]),
    "reinit_tree_open": (c_int32, [c_void_p, c_char_p, c_size_t, POINTER(c_void_p), POINTER(c_void_p)]),
    "reinit_tree_json": (c_int32, [c_void_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "reinit_tree_count": (c_size_t, [c_void_p]),
    "reinit_tree_free": (None, [c_void_p]),
    "reinit_plan_make": (c_int32, [c_void_p, c_char_p, c_size_t, c_void_p, c_size_t, POINTER(c_void_p),
                                   POINTER(c_void_p)]),
    "reinit_plan_json": (c_int32, [c_void_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "reinit_plan_filled": (c_uint64, [c_void_p, c_size_t]),
    "reinit_plan_reads": (c_int32, [c_void_p]),
    "reinit_plan_values": (c_int32, [c_void_p, c_size_t, c_uint64, c_uint64, c_void_p, POINTER(c_void_p)]),
    "reinit_fill": (c_int32, [c_void_p, c_void_p, c_size_t, c_uint32, POINTER(c_void_p)]),
    "reinit_plan_receipt": (c_int32, [c_void_p, c_void_p, c_size_t, POINTER(c_void_p), POINTER(c_void_p)]),
    "reinit_plan_free": (None, [c_void_p]),
}
_loaded: ctypes.CDLL | None = None


def _places() -> list[str]:
    """Where the library may be: as the environment says, in the wheel, where it is installed."""
    named = os.environ.get("REINIT_LIBRARY")
    if named:
        return [named]
    inside = Path(__file__).parent / "lib" / "libreinit.so.0"
    return [str(inside)] * inside.exists() + ["libreinit.so.0"]


def library() -> ctypes.CDLL:
    """The library, loaded when it is first needed."""
    global _loaded
    if _loaded is None:
        faults = []
        for place in _places():
            try:
                loaded = ctypes.CDLL(place)
                break
            except OSError as fault:
                faults.append(str(fault))
        else:
            raise Error("R0705", "the library libreinit.so.0 cannot be loaded", found="; ".join(faults),
                        hints=["pip install reinit has it within", "REINIT_LIBRARY=/path/to/libreinit.so.0 names it"])
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
        found = loaded.reinit_library_version()
        if found // 1000 != MAJOR:
            raise Error("R0705", "the library is of another version than this package",
                        expected=f"{MAJOR}.x", found=f"{found // 1000}.{found % 1000}")
        _loaded = loaded
    return _loaded


def call(name: str, *arguments: Any) -> None:
    """Calls a function that can fail."""
    loaded = library()
    error = c_void_p()
    if getattr(loaded, name)(*arguments, byref(error)) == 0:
        return
    try:
        text = loaded.reinit_error_json(error)
        raise Error.from_json(text.decode("utf-8", "replace"))
    finally:
        loaded.reinit_error_free(error)


def text_of(name: str, *arguments: Any) -> str:
    """Calls a function that gives a text."""
    text = c_void_p()
    call(name, *arguments, byref(text))
    try:
        return ctypes.string_at(text).decode("utf-8")  # type: ignore[arg-type]
    finally:
        library().reinit_text_free(text)


def handle_of(name: str, *arguments: Any) -> int:
    """Calls a function that gives a handle."""
    handle = c_void_p()
    call(name, *arguments, byref(handle))
    return handle.value or 0


def pointers(addresses: Sequence[int | None]) -> Any:
    """A list of pointers, as the library takes it."""
    return (c_void_p * len(addresses))(*addresses)


class Handle:
    """An object of the library, freed with this one."""

    def __init__(self, value: int, free: str) -> None:
        self.value = value
        self._free = getattr(library(), free)

    def __del__(self) -> None:
        if getattr(self, "value", 0):
            self._free(self.value)
            self.value = 0
