"""What goes wrong, as exceptions."""
from __future__ import annotations

import json
from typing import Sequence


class Error(Exception):
    """An error of Reinit: what happened, where, what was expected and found, and what to do next.

    ``code`` is stable over releases, as in ``R0203``; ``reinit explain R0203`` prints its page.
    """

    def __init__(self, code: str, message: str, place: str | None = None, expected: str | None = None,
                 found: str | None = None, notes: Sequence[str] = (), hints: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
        self.expected = expected
        self.found = found
        self.notes = list(notes)
        self.hints = list(hints)

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {self.message}"]
        lines += [f"      {word} {text}" for word, text in
                  (("at", self.place), ("expected", self.expected), ("found", self.found)) if text]
        lines += [f"      {note}" for note in self.notes] + [f"  hint: {hint}" for hint in self.hints]
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (Error, (self.code, self.message, self.place, self.expected, self.found, self.notes, self.hints))

    @classmethod
    def from_json(cls, text: str) -> Error:
        """The error that the library has told."""
        value = json.loads(text)
        return cls(value["code"], value["message"], value.get("place"), value.get("expected"), value.get("found"),
                   value.get("notes", ()), value.get("hints", ()))


def usage(message: str, place: str | None = None, expected: str | None = None, found: str | None = None,
          hints: Sequence[str] = ()) -> Error:
    """An error in how a function was called."""
    return Error("R0701", message, place, expected, found, hints=hints)
