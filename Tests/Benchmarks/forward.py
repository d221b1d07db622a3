"""Forward passes of this library beside PyTorch's, in turns, as ratios.

    forward.py REINIT_BENCH [ROUNDS]

Each round runs one process of each; what is printed is the median of the rounds' medians."""

import json
import statistics
import subprocess
import sys
import time

import torch
import torchvision.models as zoo

bench, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
ours, theirs = {}, {}
models = {}
for _ in range(rounds):
    lines = subprocess.run([bench, "forward", "json"], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in lines:
        row = json.loads(line)
        ours.setdefault((row["model"], row["batch"]), []).append(row["seconds"])
    for name, batch in ours:
        model = models.setdefault(name, zoo.get_model(name, weights=None).eval())
        pictures = torch.randn(batch, 3, 224, 224)
        with torch.inference_mode():
            model(pictures)
            times = []
            for _ in range(15 if batch == 1 else 5):
                start = time.perf_counter()
                model(pictures)
                times.append(time.perf_counter() - start)
        theirs.setdefault((name, batch), []).append(statistics.median(times))
print(f"\nforward, beside PyTorch {torch.__version__}, {torch.get_num_threads()} threads each; ratio = PyTorch's time / ours")
print(f"{'model':>14} {'batch':>6} {'ours ms':>9} {'torch ms':>9} {'ratio':>6}")
for key in ours:
    a, b = statistics.median(ours[key]), statistics.median(theirs[key])
    print(f"{key[0]:>14} {key[1]:>6} {a * 1e3:>9.1f} {b * 1e3:>9.1f} {b / a:>6.2f}")
