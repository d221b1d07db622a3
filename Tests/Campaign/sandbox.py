"""A folder to run the command in, and what is looked at afterwards."""

import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SECONDS = 20
CODES = Path(__file__).resolve().parent.parent.parent / "docs/codes"
CRASH = re.compile(rb"Fatal error|Stack dump|Program crashed|Backtrace|terminate called|double free|malloc\(\)|"
                   rb"corrupted size|Swift/\w+\.swift:|Precondition failed|AddressSanitizer")
TEMPORARY = re.compile(r"\..*\.reinit-[A-Za-z0-9]{6}$")


def documented_exits():
    """The exit status of each code, from its page."""
    exits = {}
    for page in CODES.glob("R*.txt"):
        for match in re.finditer(r"^(R\d{4}) .*\nexit: (\d+)", page.read_text(), re.M):
            exits[match[1]] = int(match[2])
    return exits


EXITS = documented_exits()


@dataclass
class Ending:
    """How a process ended."""

    status: int | None  # None after a hang
    out: bytes
    err: bytes

    @property
    def codes(self):
        return re.findall(rb'^(?:error\[|\{"schema":"reinit.error/1","code":")(R\d{4})', self.err, re.M)

    @property
    def died_before_main(self):
        """Whether the dynamic loader could not start the program."""
        return self.status == 127 and b"error while loading shared libraries" in self.err


class Sandbox:
    """A folder of its own with some files, or links where the contents are a string; it goes away at the end unless it is kept."""

    is_kept = False  # whether commands are printed and folders stay

    def __init__(self, reinit, files=None):
        self.reinit = str(reinit)
        self.root = Path(tempfile.mkdtemp(prefix="reinit-campaign-"))
        self.folder = self.root / "work"
        self.folder.mkdir()
        (self.root / "home").mkdir()
        for name, contents in (files or {}).items():
            if isinstance(contents, str):
                (self.folder / name).symlink_to(contents)
            else:
                (self.folder / name).write_bytes(contents)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not Sandbox.is_kept:
            shutil.rmtree(self.root, ignore_errors=True)

    def contents(self):
        """Every file's bytes by name, or where a link points; what is neither is None."""
        return {entry.name: os.readlink(entry) if entry.is_symlink() else entry.read_bytes() if entry.is_file() else None
                for entry in self.folder.iterdir()}

    def run(self, arguments, wrapper=(), limits=(), stdio=None, seconds=SECONDS):
        """Runs the command; `wrapper` stands before it, `limits` are of setrlimit, `stdio` overrides descriptors."""
        command = [*wrapper, self.reinit, *arguments]
        with tempfile.TemporaryFile(dir=self.root) as out, tempfile.TemporaryFile(dir=self.root) as err:

            def prepare():
                for descriptor, path in (stdio or {}).items():
                    if path is None:
                        os.close(descriptor)
                    else:
                        os.dup2(os.open(path, os.O_RDWR), descriptor)
                for kind, value in limits:
                    resource.setrlimit(kind, (value, value))

            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True, preexec_fn=prepare if limits or stdio else None)
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                status = None
            out.seek(0)
            err.seek(0)
            ending = Ending(status, out.read().replace(bytes(self.folder) + b"/", b""), err.read())
        if Sandbox.is_kept:
            print(f"cd {self.folder}; {shlex.join(map(str, command))}\n  {limits or ''} {stdio or ''} status {status}\n"
                  + ending.err.decode(errors="replace"))
        return ending

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "LANG": "C.UTF-8",
                "XDG_CACHE_HOME": str(self.root / "home/cache"), "OPENBLAS_NUM_THREADS": "1"}


def faults_of(ending, expected, may_kill=False, silent=False):
    """What is wrong with an ending, whatever the command: a hang, a signal, a status or an error without a page.

    `expected` is what the command answers when nothing is in its way; `silent` says that nobody could read an error.
    """
    if ending.status is None:
        return [f"hangs: more than {SECONDS} s"]
    if ending.status < 0:
        name = signal.Signals(-ending.status).name
        return [] if may_kill and name == "SIGKILL" else [f"ends by {name}: {last(ending.err)}"]
    faults = []
    if CRASH.search(ending.err):
        faults.append(f"a trap or a backtrace: {last(ending.err)}")
    codes = [code.decode() for code in ending.codes]
    if ending.status == expected:
        if codes:
            faults.append(f"status {expected} with {codes[0]}")
    elif not silent:
        if len(codes) != 1:
            faults.append(f"status {ending.status} with {len(codes)} errors: {last(ending.err)}")
        elif EXITS.get(codes[0]) != ending.status:
            faults.append(f"status {ending.status} with {codes[0]}, whose page says {EXITS.get(codes[0])}")
        elif codes[0] == "R0703":
            faults.append(f"an internal error: {last(ending.err)}")
    return faults


def last(text, length=300):
    return text[-length:].decode(errors="replace").strip().replace("\n", " | ")
