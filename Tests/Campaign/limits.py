"""Runs that want for something: memory, room in files, descriptors, standard descriptors, somebody who reads."""

import itertools
import resource
from dataclasses import dataclass

from sandbox import Sandbox
from verdict import verdict

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limit:
    """One case: a scene with a limit of setrlimit, or with other standard descriptors."""

    scene: str
    kind: str
    value: int | str

    @property
    def id(self):
        return f"limit:{self.scene}:{self.kind}:{self.value}"


def cases(scenes):
    found = []
    for scene in scenes.values():
        sizes = {0, 1, 100, 4096} | {len(contents) + more for contents in scene.after.values() if contents
                                     for more in (-4097, -1, 0, -len(contents) // 2)}
        values = {
            "memory": range(20, 420, 8), "size": sorted(size for size in sizes if size >= 0), "files": range(3, 14),
            "closed": ["".join(group) for count in (1, 2, 3) for group in itertools.combinations("012", count)],
            "full": ["1", "2", "12"],
        }
        found += [Limit(scene.name, kind, value) for kind, list_ in values.items() for value in list_]
    return found


def run(reinit, scenes, case):
    """The verdict on one run, None where the program could not even be loaded; and how it ended."""
    scene = scenes[case.scene]
    limits, stdio = [], {}
    if case.kind == "memory":
        limits = [(resource.RLIMIT_AS, int(case.value) * MEGABYTE)]
    elif case.kind == "size":
        limits = [(resource.RLIMIT_FSIZE, int(case.value))]
    elif case.kind == "files":
        limits = [(resource.RLIMIT_NOFILE, int(case.value))]
    else:
        stdio = {int(number): None if case.kind == "closed" else "/dev/full" for number in case.value}
    with Sandbox(reinit, scene.files) as box:
        ending = box.run(scene.arguments, limits=limits, stdio=stdio)
        if ending.died_before_main:
            return None, ending
        # A file size limit holds for what this process writes into its own answer, too.
        unheard = 2 in stdio or case.kind == "size" and int(case.value) < 4096
        return verdict(scene, box, ending, silent=unheard, mute=1 in stdio), ending
