"""The verdict on a disturbed run: the files are old, new, or part of both with a journal that finishes them."""

import math

import safetensors_file
from sandbox import TEMPORARY, faults_of, last

JOURNAL, SPOOL = ".reinit-journal", ".reinit-spool"


def verdict(scene, box, ending, killed=False, silent=False, mute=False, left_over=False):
    """What is wrong after a disturbed run, and after what a user would do next; empty if all is well.

    `killed`: the run may end by SIGKILL. `silent`: nobody could read its errors. `mute`: nor its answer. `left_over`:
    the system did not let it remove its files, so that the next run has to.
    """
    faults = faults_of(ending, scene.status, killed, silent)
    if ending.status is None:
        return faults
    killed = ending.status < 0
    now = box.contents()
    done = ending.status == scene.status
    if done and not mute and ending.out.replace(b"in its metadata, or beside it", b"in its metadata") != scene.out:
        faults.append(f"status {ending.status} with another answer: {last(ending.out)}")
    faults += unchanged_files(scene, now)
    stands = scene.target and scene.target + JOURNAL in now
    faults += changed_files(scene, now, done, stands, left_over)
    faults += left_overs(scene, now, stands, killed or left_over)
    if stands and not killed and not silent and now != scene.files and b"reinit recover" not in ending.err:
        faults.append(f"a journal stands that nobody is told of: {last(ending.err)}")
    return faults + (afterwards(scene, box, now) if scene.changes else [])


def unchanged_files(scene, now):
    return [f"{name} is gone or changed" for name, contents in scene.files.items()
            if name not in scene.changes and now.get(name) != contents]


def changed_files(scene, now, done, stands, left_over):
    """Each is as before or as it is to be, but for one in place whose journal stands."""
    faults = []
    for name in scene.changes:
        if stands and name.startswith(scene.target):
            if done:
                faults.append("the journal stands, and the status says that all is done")
            continue
        if left_over and name not in scene.after and now.get(name) == scene.files[name]:
            continue
        right = ([] if done else [scene.files.get(name)]) + [scene.after.get(name)]
        if not any(is_same(scene, now.get(name), other) for other in right):
            faults.append(f"{name} has neither its old bytes nor its new ones" if not done else f"{name} is not the new one")
    return faults


def is_same(scene, contents, other):
    """Whether two files are the same; scores are that but for rounding, where oneDNN could not be loaded."""
    if contents == other or None in (contents, other) or not scene.rounds:
        return contents == other
    both = [safetensors_file.tensors(file)[0]["output"] for file in (contents, other)]
    return both[0][:2] == both[1][:2] and all(
        math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-5)
        for a, b in zip(*(safetensors_file.numbers(data, dtype) for dtype, _, data in both)))


def left_overs(scene, now, stands, killed):
    known = scene.files.keys() | scene.after.keys()
    if stands:
        known = known | {scene.target + JOURNAL, scene.target + SPOOL}
    if killed:
        known = known | {name for name in now if TEMPORARY.match(name) or name.endswith((JOURNAL, SPOOL))}
    return [f"{name} is left" for name in now if name not in known]


def afterwards(scene, box, now):
    """What stands is finished, what was not done is done again: with the right bytes, and nothing left."""
    if scene.target and scene.target + JOURNAL in now and "--abandon" not in scene.arguments:
        ending = box.run(["recover", scene.target])
        if ending.status != 0:
            return [f"recover ends by {ending.status}: {last(ending.err)}"]
        if box.contents() != scene.after:
            return [f"recover makes other files: {differences(scene.after, box.contents())}"]
        return []
    if same_files(scene, now):
        return []
    again = scene.arguments + ([] if scene.target or "--force" in scene.arguments else ["--force"])
    ending = box.run(again)
    if ending.status != scene.status:
        return [f"the next run ends by {ending.status}: {last(ending.err)}"]
    if not same_files(scene, box.contents()):
        return [f"the next run makes other files: {differences(scene.after, box.contents())}"]
    return []


def same_files(scene, now):
    return now.keys() == scene.after.keys() and all(is_same(scene, now[name], scene.after[name]) for name in now)


def differences(expected, found):
    return ", ".join(sorted(
        f"{name} {'is missing' if name not in found else 'is left' if name not in expected else 'differs'}"
        for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)))
