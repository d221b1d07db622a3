"""Faults of system calls, injected by strace: each call of each scene fails, or ends the process."""

import re
from collections import Counter
from dataclasses import dataclass

from sandbox import Sandbox
from verdict import verdict

# What the kernel may say; calls that are not here cannot fail, or not in a way that says anything of files.
ERRORS = {
    "openat": "EACCES EMFILE ENFILE ENOMEM EIO EINTR EROFS ELOOP ENOSPC",
    "read": "EIO EINTR ENOMEM",
    "pread64": "EIO EINTR ENOMEM 0",
    "write": "ENOSPC EIO EDQUOT EINTR EFBIG EPIPE",
    "pwrite64": "ENOSPC EIO EDQUOT EINTR EFBIG EROFS 0",
    "fsync": "EIO ENOSPC EDQUOT EINTR EROFS EINVAL",
    "fdatasync": "EIO ENOSPC EINTR",
    "rename": "ENOSPC EACCES EIO EROFS EPERM EDQUOT EBUSY",
    "renameat2": "ENOSPC EACCES EIO EROFS EPERM EINVAL ENOSYS EEXIST",
    "ftruncate": "EIO ENOSPC EFBIG EINTR EPERM",
    "fallocate": "ENOSPC EOPNOTSUPP EINTR EIO ENOSYS EFBIG EDQUOT",
    "mmap": "ENOMEM EACCES EAGAIN ENODEV EPERM",
    "munmap": "ENOMEM",
    "mprotect": "ENOMEM EACCES",
    "mremap": "ENOMEM",
    "madvise": "ENOMEM EINVAL",
    "brk": "0",
    "close": "EIO EINTR ENOSPC EDQUOT",
    "flock": "ENOLCK EINTR EAGAIN EOPNOTSUPP",
    "fcntl": "EMFILE EINTR",
    "link": "EPERM EACCES ENOSPC EMLINK",
    "unlink": "EIO EACCES EROFS EBUSY EPERM",
    "fchmod": "EPERM EIO EROFS",
    "fchown": "EPERM EIO",
    "statx": "EIO ENOMEM EACCES",
    "newfstatat": "EIO ENOMEM EACCES ELOOP EOVERFLOW",
    "fstat": "EIO ENOMEM EOVERFLOW",
    "lstat": "EIO ENOMEM EACCES",
    "getrandom": "EINTR ENOSYS",
    "clone": "EAGAIN ENOMEM",
    "clone3": "EAGAIN ENOMEM ENOSYS",
    "copy_file_range": "EXDEV EIO ENOSPC EOPNOTSUPP EINTR ENOSYS EDQUOT EFBIG 0",
    "ioctl": "ENOTTY EIO",
    "getdents64": "EIO ENOENT ENOMEM",
    "readlink": "EIO EACCES ENOMEM",
    "getcwd": "ENOENT ENOMEM EACCES",
    "lseek": "EIO ESPIPE",
    "flistxattr": "EIO EOPNOTSUPP ENOMEM ERANGE",
    "fgetxattr": "EIO ENODATA ERANGE",
    "fsetxattr": "ENOSPC EOPNOTSUPP EPERM EDQUOT",
    "sched_getaffinity": "EINVAL",
    "access": "EACCES EIO",
    "prlimit64": "EPERM EINVAL",
    "socket": "EMFILE EACCES",
    "connect": "EACCES ECONNREFUSED",
}
# Calls before this one are the dynamic loader's and the languages' own.
FIRST = "fcntl(0, F_GETFD)"
CALL = re.compile(r"^(\d+) +(\w+)\(")


@dataclass(frozen=True)
class Fault:
    """One case: the nth call of that name fails, or the process is killed at it."""

    scene: str
    call: str
    number: int
    error: str  # an error's name, 0 for a return value of 0, KILL

    @property
    def id(self):
        return f"fault:{self.scene}:{self.call}:{self.number}:{self.error}"

    @property
    def strace(self):
        what = {"KILL": "signal=KILL", "0": "retval=0"}.get(self.error, f"error={self.error}")
        return ["strace", "-f", "-e", f"trace={self.call}", "-e", f"inject={self.call}:{what}:when={self.number}"]


def calls(reinit, scene):
    """For each system call, the first and last of its numbers that are the command's own.

    strace counts each thread by itself.
    """
    with Sandbox(reinit, scene.files) as box:
        box.run(scene.arguments, wrapper=["strace", "-f", "-o", box.root / "trace"])
        lines = (box.root / "trace").read_text(errors="replace").splitlines()
    start = next(index for index, line in enumerate(lines) if FIRST in line)
    before, all_calls = Counter(), Counter()
    for index, line in enumerate(lines):
        if match := CALL.match(line):
            all_calls[match[1], match[2]] += 1
            if index < start:
                before[match[2]] += 1
    last = {}
    for (_, call), count in all_calls.items():
        last[call] = max(last.get(call, 0), count)
    return {call: (before[call] + 1, count) for call, count in last.items() if count > before[call]}


def cases(reinit, scenes):
    """All faults of all scenes, the first of each call before the second."""
    rounds = []
    for scene in scenes.values():
        for call, (first, last) in calls(reinit, scene).items():
            errors = ERRORS.get(call, "").split() + ([] if call in ("execve", "exit_group", "exit") else ["KILL"])
            for number in range(first, last + 1):
                for turn in range(len(errors)):
                    # Another error comes first at each call, so that a short campaign has some of each.
                    error = errors[(turn + number) % len(errors)]
                    rounds.append((turn, Fault(scene.name, call, number, error)))
    return rounds


def run(reinit, scenes, fault):
    """The verdict on one fault, None where the call did not come; and how the run ended."""
    scene = scenes[fault.scene]
    with Sandbox(reinit, scene.files) as box:
        trace = box.root / "trace"
        ending = box.run(scene.arguments, wrapper=[*fault.strace, "-o", trace])
        if not trace.exists():
            raise SystemExit(f"strace: {ending.err.decode()}")
        log = trace.read_text(errors="replace")
        if "INJECTED" not in log and fault.error != "KILL" or fault.error == "KILL" and ending.status == scene.status:
            return None, ending
        hit = [line for line in log.splitlines() if "INJECTED" in line]
        on_errors = any("write(2," in line for line in hit)
        found = verdict(
            scene, box, ending, killed=fault.error == "KILL", silent=on_errors,
            mute=any("write(1," in line for line in hit), left_over=fault.call == "unlink")
        return found, ending
