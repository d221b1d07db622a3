"""Writes numbers.tsv (by Python's format()) and widths.tsv (by the wcwidth package, 0.7.0 for Unicode 17)."""
import math, random, struct
from pathlib import Path
from wcwidth import wcswidth, wcwidth

here = Path(__file__).parent
random.seed(1)


def hexfloat(x):
    """float.hex() in the shortest form of C's %a."""
    head, power = x.hex().split("p")
    return (head.rstrip("0").rstrip(".") if "." in head else head) + "p" + power


def binary(n):
    """Exact, half-way cases to even, as NumberFormat promises."""
    if n < 1024:
        return f"{n} B"
    for power, unit in enumerate(["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], 1):
        scale = 1024**power
        tenths, rest = divmod(n * 10, scale)
        tenths += rest * 2 > scale or (rest * 2 == scale and tenths % 2)
        if tenths < 10240 or unit == "EiB":
            return f"{tenths // 10}.{tenths % 10} {unit}"


values = [0.5, 1.5, 2.5, 0.125, 0.375, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1 / 3,
          2.675, 1.005, 9.995, 99.95, 999.5, 9.5, 0.95, 0.05, 0.0005, 0.00009999, 0.0001, 99999.5, 1e15, 123456789.125,
          -3.1e-06, -0.1043, 0.02084, math.pi, math.e, -0.06, 3.0, 10.0, 1000.0]
values += [struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0] for _ in range(200)]
values += [random.gauss(0, 10 ** random.randint(-8, 8)) for _ in range(200)]
values += [round(random.uniform(-100, 100), random.randint(0, 5)) for _ in range(100)]
values = [x for x in values if math.isfinite(x) and x != 0]
ties = [0.5, 1.5, 2.5, 0.125, 0.375, 0.25, 0.75, 12.5, 99.5, 9.5, 0.0625, 1024.5, -2.5, -0.125]
lines = []
for x, digits in [(x, random.choice([1, 2, 3, 4, 5, 8, 17])) for x in values] + [(x, n) for x in ties for n in range(1, 6)]:
    if abs(x) < 1e40:
        lines.append(("fixed", x.hex(), digits, format(x, f".{digits - 1}f")))
    if abs(x) < 1e12:
        lines.append(("percent", x.hex(), 1, format(x, ".1%")))
    lines.append(("significant", x.hex(), digits, format(x, f"#.{digits}g").replace(".e", "e").rstrip(".")))
    lines.append(("hex", x.hex(), 0, hexfloat(x)))
counts = [1280, 1792, 2304, 2816, 1280 << 10, 2304 << 20, 0, 1, 999, 1000, 1023, 1024, 1075, 1076, 1126, 11689512, 4 * 11689512, 2**20 - 1, 2**20 - 52, 2**20 - 51,
          2**20, 10**9, 2**40 - 1, 2**60, 2**63 - 1] + [random.getrandbits(random.randint(1, 63)) for _ in range(100)]
for n in counts:
    lines.append(("integer", n, 0, format(n, ",d")))
    lines.append(("integer", -n, 0, format(-n, ",d")))
    lines.append(("bytes", n, 0, binary(n)))
(here / "numbers.tsv").write_text("".join("\t".join(map(str, line)) + "\n" for line in lines))

words = ["conv1", "e\u0301", "重み", "가중치", "ｗｅｉｇｈｔ", "हिन्दी", "ไทย", "👩‍👩‍👧", "👍🏽", "🇸🇪", "❤️", "☠", "✔", "1️⃣", "─┤▏█",
         "‖Δ‖", "→×·…−", "שלום", "سلام", "Ελλάδα", "𝐱", "𠀀", "⌚", "☕", "〈x〉", "、。", "Ａ", "ｱ", "₩", "★"]
singles = [chr(c) for c in range(0x20, 0x20000, 37) if not 0xD800 <= c < 0xE000 and chr(c).isprintable()]
rows = [(w, wcswidth(w)) for w in words] + [(c, wcwidth(c)) for c in singles if wcwidth(c) > 0]
(here / "widths.tsv").write_text(
    "".join(" ".join(f"{ord(c):X}" for c in text) + f"\t{width}\n" for text, width in rows))
