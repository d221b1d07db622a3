"""Disturbs the command in thousands of ways and counts what becomes of it.

    campaign.py REINIT [--seed N] [--faults N] [--limits N] [--fuzz N] [--jobs N] [--case ID]

REINIT is the command. Exits 1 where anything is wrong: a wrong byte, a signal, a hang, a left-over, an error without a page.
Needs strace and the library xxhash."""

import argparse
import os
import random
import shlex
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faults
import fuzz
import limits
import scenes
from sandbox import Sandbox

ENDINGS = {"ok": "as undisturbed", "error": "error", "killed": "killed", "none": "not reached", "wrong": "WRONG"}


class Tally:
    """Counts of endings by group, and what was wrong."""

    def __init__(self):
        self.counts = defaultdict(Counter)
        self.wrong = []

    def add(self, group, case, ending, found):
        kind = "none" if found is None else "wrong" if found else "killed" if ending.status < 0 else \
            "error" if ending.codes or ending.status not in (0, 1) else "ok"
        self.counts[group][kind] += 1
        if found:
            self.wrong.append((case, found))
            print(f"WRONG {case}: {'; '.join(found)}", file=sys.stderr, flush=True)

    def print(self, script):
        print(f"{'':32}" + "".join(f"{title:>16}" for title in ENDINGS.values()))
        total = Counter()
        for group, counts in self.counts.items():
            print(f"{group:32}" + "".join(f"{counts[kind]:16}" for kind in ENDINGS))
            total += counts
        print(f"{'all':32}" + "".join(f"{total[kind]:16}" for kind in ENDINGS))
        for case, found in self.wrong:
            print(f"\n{case}\n  " + "\n  ".join(found) + f"\n  again: {script} --case {shlex.quote(case)}")


def each(jobs, cases, work):
    """Does the work on each case, on some threads, and says how far it is."""
    begin = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        for number, _ in enumerate(pool.map(work, cases), 1):
            if number % 500 == 0:
                print(f"{number} of {len(cases)}, {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)


def chosen(cases, count, seed):
    """That many, the first of each kind before the second."""
    random.Random(seed).shuffle(cases)
    return [case for _, case in sorted(cases, key=lambda pair: pair[0])[:count]]


def campaign(options, tally):
    seed = options.seed
    if options.faults or options.limits:
        known = scenes.scenes(options.reinit)
    if options.faults:
        some = chosen(faults.cases(options.reinit, known), options.faults, seed)
        each(options.jobs, some, lambda case: tally.add(
            f"faults: {case.scene}", case.id, *swap(faults.run(options.reinit, known, case))))
    if options.limits:
        some = chosen([(0, case) for case in limits.cases(known)], options.limits, seed)
        each(options.jobs, some, lambda case: tally.add(
            f"limits: {case.kind}", case.id, *swap(limits.run(options.reinit, known, case))))
    if options.fuzz:
        fuzzer = fuzz.Fuzzer(options.reinit)
        each(options.jobs, range(options.fuzz), lambda index: tally.add(
            f"fuzz: {fuzzer.family(index)}", f"fuzz:{seed}:{index}", *swap(fuzzer.run(seed, index))))


def swap(pair):
    return pair[1], pair[0]


def one(options, tally):
    """One case again, with every command printed and its folder kept."""
    Sandbox.is_kept = True
    kind, *rest = options.case.split(":")
    if kind == "fuzz":
        found, ending = fuzz.Fuzzer(options.reinit).run(int(rest[0]), int(rest[1]))
    elif kind == "fault":
        known = scenes.scenes(options.reinit, rest[0])
        found, ending = faults.run(options.reinit, known, faults.Fault(rest[0], rest[1], int(rest[2]), rest[3]))
    else:
        known = scenes.scenes(options.reinit, rest[0])
        found, ending = limits.run(options.reinit, known, limits.Limit(*rest))
    tally.add(kind, options.case, ending, found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reinit", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=4000, help="of system calls")
    parser.add_argument("--limits", type=int, default=1000, help="of memory, files, descriptors")
    parser.add_argument("--fuzz", type=int, default=12000, help="broken files and arguments")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--case", help="one case again, its folder kept")
    options = parser.parse_args()
    options.reinit = options.reinit.resolve()
    tally = Tally()
    (one if options.case else campaign)(options, tally)
    tally.print("Scripts/campaign")
    sys.exit(bool(tally.wrong))


main()
