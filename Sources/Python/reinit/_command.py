"""The command line, as the wheel has it."""
from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Becomes the command ``reinit``, with the arguments of this process."""
    command = Path(__file__).parent / "bin" / "reinit"
    if not command.exists():
        sys.exit("reinit: the command line is not a part of this installation; Scripts/install makes one")
    os.execv(command, [str(command), *sys.argv[1:]])
