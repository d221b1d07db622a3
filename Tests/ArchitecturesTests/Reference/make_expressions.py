"""Random expressions with what Python's floats make of them: `python3 make_expressions.py > expressions.txt`.

A line: the expression, a tab, the value as a hexadecimal float, or what kind of error it is."""
import math, random

NAMES = {"fan_in": 96.0, "blocks": 12.0, "block": 5.0, "d_model": 768.0, "config.initializer_range": 0.02, "config.depths[1]": 6.0}


def tree(random, depth):
    kind = random.randrange(8) if depth else random.randrange(2)
    if kind == 0: return ("number", random.choice(["0.02", "1e-5", "2", "3", "0.5", "24", "1.5E+2", "7"]))
    if kind == 1: return ("name", random.choice(list(NAMES)))
    if kind == 2: return ("-", tree(random, depth - 1))
    if kind == 3:
        name = random.choice(["sqrt", "log", "exp", "abs", "floor", "pow", "min", "max"])
        count = 2 if name == "pow" else random.randint(2, 3) if name in ("min", "max") else 1
        return (name, *[tree(random, depth - 1) for _ in range(count)])
    return (random.choice(["+", "-", "*", "/", "^"]), tree(random, depth - 1), tree(random, depth - 1))


LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}


def text(random, t, level=0):
    """With the parentheses that are needed, and at times with more; with and without spaces."""
    space = random.choice(["", " "])
    if t[0] in ("number", "name"): return t[1]
    if t[0] in LEVEL and len(t) == 3:
        own = LEVEL[t[0]]
        left, right = (own + 1, 3) if t[0] == "^" else (own, own + 1)
        result = text(random, t[1], left) + space + t[0] + space + text(random, t[2], right)
    elif len(t) == 2 and t[0] == "-":
        own, result = 3, "-" + text(random, t[1], 3)
    else:
        return t[0] + "(" + ("," + space).join(text(random, x) for x in t[1:]) + ")"
    return "(" + result + ")" if own < level or random.random() < 0.1 else result


def value(t):
    if t[0] == "number": return float(t[1])
    if t[0] == "name": return NAMES[t[1]]
    x = [value(a) for a in t[1:]]
    if t[0] == "+": return x[0] + x[1]
    if t[0] == "-": return x[0] - x[1] if len(x) == 2 else -x[0]
    if t[0] == "*": return x[0] * x[1]
    if t[0] == "/": return x[0] / x[1]
    if t[0] in ("^", "pow"): return math.pow(x[0], x[1])
    if t[0] in ("min", "max"): return {"min": min, "max": max}[t[0]](x)
    if t[0] == "abs": return abs(x[0])
    if t[0] == "floor": return float(math.floor(x[0]))
    return {"sqrt": math.sqrt, "log": math.log, "exp": math.exp}[t[0]](x[0])


source = random.Random(20261129)
seen = set()
while len(seen) < 600:
    t = tree(source, source.randint(1, 5))
    line = text(source, t)
    if line in seen or len(line) > 160: continue
    try: result = value(t)
    except (ValueError, OverflowError, ZeroDivisionError): continue
    if not math.isfinite(result): continue
    seen.add(line)
    print(line + "\t" + result.hex())
