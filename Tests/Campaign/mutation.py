"""Broken texts, bytes and trees out of whole ones; the same for the same random source."""

import copy
import json
import re

BYTES = [0x00, 0x0A, 0x20, 0x22, 0x2C, 0x2E, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x7F, 0x80, 0xC3, 0xE2, 0xED, 0xF4, 0xFF]
NUMBERS = [
    "0", "-0", "-1", "1", "2", "3", "7", "0.5", "1e-320", "1e-300", "1e300", "1.8e308", "1e999", "-1e308", "5e-324", "3.4e38",
    "65504", "65536", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551615", "18446744073709551616", "1e18", "nan", "inf", "-inf", "0x1p-1074",
    "0x1p+1023", "1" * 400, "0." + "0" * 400 + "1", "1e-1", "1_000", "01", "+1", ".5", "1.", "1e", "１", "1000000", "99999999",
]
PIECES = [
    "", "é", "e\u0301", "\U0001f600", "\u202e", "\u0000", "\ufeff", "a" * 3000, "(" * 200, "[" * 200, "{" * 200, "**", "*.", "@", "??",
    '"', "'", "\\", "\\u0000", "\\ud800", "..", "/", "\t", "\n", "#", "&a", "*a", "<<", "!!binary", ": ", "- ", "|", ">", "%", "=", ",",
    "__metadata__", "reinit.receipt", "none", "true", "null",
]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def some_bytes(contents, source, most=4):
    """One to some changes anywhere."""
    contents = bytearray(contents)
    for _ in range(source.randint(1, most)):
        place = source.randrange(len(contents) + 1)
        end = min(len(contents), place + source.choice([1, 1, 2, 4, 8, 40]))
        match source.randrange(7):
            case 0 if place < len(contents):
                contents[place] ^= 1 << source.randrange(8)
            case 1 if place < len(contents):
                contents[place] = source.choice(BYTES)
            case 2:
                contents[place:place] = bytes([source.choice(BYTES)]) * source.choice([1, 1, 2, 50])
            case 3:
                del contents[place:end]
            case 4:
                contents[place:place] = contents[place:end] * source.choice([1, 2, 30])
            case 5 if source.random() < 0.3:
                del contents[place:]
            case _:
                other = source.randrange(len(contents) + 1)
                contents[other:other] = contents[place:end]
    return bytes(contents)


def some_text(text, source, corpus=(), most=3):
    """Numbers, pieces and letters replaced; now and then a piece of another text."""
    for _ in range(min(most, source.choice([0, 1, 1, 1, 2, 3]))):
        spans = [match.span() for match in NUMBER.finditer(text)]
        kind = source.randrange(6)
        if kind <= 2 and spans:
            begin, end = source.choice(spans)
            text = text[:begin] + source.choice(NUMBERS) + text[end:]
        elif kind == 3:
            place = source.randrange(len(text) + 1)
            text = text[:place] + source.choice(PIECES) + text[place:]
        elif kind == 4 and corpus:
            other = source.choice(corpus)
            cut, start = source.randrange(len(text) + 1), source.randrange(len(other) + 1)
            text = text[:cut] + other[start:]
        else:
            text = some_bytes(text.encode("utf-8", "surrogateescape"), source, 2).decode("utf-8", "surrogateescape")
    return text


def some_tree(value, source, most=3):
    """A JSON value with parts of it replaced, removed, doubled."""
    value = copy.deepcopy(value)
    for _ in range(source.randint(1, most)):
        places = list(walk(value))
        if not places:
            break
        holder, key = source.choice(places)
        match source.randrange(6):
            case 0:
                holder.pop(key)
            case 1:
                holder[key] = odd_value(source)
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case 2:
                holder[source.choice(PIECES) + str(key)] = holder.pop(key)
            case 3:
                other, place = source.choice(places)
                if isinstance(other, dict) and place in other or isinstance(other, list) and place < len(other):
                    holder[key] = copy.deepcopy(other[place])
            case _:
                holder[key] = near_value(holder[key], source)
    return value


def walk(value):
    """All (holder, key) of a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(items):
        yield value, key
        yield from walk(child)


def odd_value(source):
    return source.choice([
        None, True, -1, 0, 1.5, 2**63, 2**63 - 1, -2**63, 1e308, "", "x", [], {}, [[]], {"a": {}}, [1, 2], "0x1p-3", "nan", "inf",
        "f32", "F32", [[[[[]]]]], ["a"] * 50, 2**64, 1e-300, "9" * 40, [0, 0], [2**62, 4]])


def near_value(value, source):
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + source.choice([-1, 1, 8, -8, 2**31, 2**62, value])
    if isinstance(value, str):
        return some_text(value, source)
    return odd_value(source)


def as_json(value, source):
    """JSON text, now and then with a key twice or a number as text would have it."""
    text = json.dumps(value, ensure_ascii=source.random() < 0.5)
    if source.random() < 0.15:
        text = some_text(text, source)
    return text.encode("utf-8", "surrogatepass")
