"""Rules as Python says them, and as the library takes them."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping, Sequence, Union

from ._errors import Error, usage

#: What leaves alone what earlier rules would fill: ``{"fc": reinit.KEEP}``; ``None`` means the same.
KEEP = "keep"

Function = Callable[..., Any]
Rules = Union[str, Mapping[Any, Any], Sequence[Any]]


@dataclass(frozen=True)
class Recipe:
    """A list of rules by name: built in, or a file with one rule a line."""

    name: str


def recipe(name: str) -> Recipe:
    """The rules of a recipe, in a list of rules: ``[reinit.recipe("pytorch"), "fc=zeros"]``."""
    return Recipe(name)


@dataclass(frozen=True)
class Rule:
    """One rule: a selector or a Python type, with an initializer's text, a function, or nothing, which keeps."""

    selector: Any
    action: str | Function | None


def listed(rules: Rules) -> list[Rule | Recipe | str]:
    """Rules one by one; a text is kept as it is, in the grammar of recipes."""
    if isinstance(rules, (str, Recipe)):
        rules = [rules]
    if isinstance(rules, Mapping):
        return [_rule(selector, action) for selector, action in rules.items()]
    if not isinstance(rules, Iterable):
        raise usage("rules are of no known form", "rules", "a dict, a list or a text", type(rules).__name__)
    result: list[Rule | Recipe | str] = []
    for item in rules:
        if isinstance(item, (str, Recipe, Rule)):
            result.append(item)
        elif isinstance(item, Mapping):
            result += listed(item)
        elif isinstance(item, tuple) and len(item) == 2:
            result.append(_rule(*item))
        else:
            raise usage("a rule is of no known form", "rules", "a text, a pair, a dict or reinit.recipe(…)", repr(item),
                        ["'Linear.weight=normal(std: 0.02)'", "('Linear.weight', 'zeros')"])
    return result


def _rule(selector: Any, action: Any) -> Rule:
    known = isinstance(selector, (str, type)) or (
        isinstance(selector, tuple) and len(selector) == 2 and isinstance(selector[0], type)
        and isinstance(selector[1], str))
    if not known:
        raise usage("a rule's left side is of no known form", "rules",
                    "a selector, a type, or a type with the name of a field", repr(selector), ["(nn.Linear, 'bias')"])
    if action is None or action == KEEP:
        return Rule(selector, None)
    if isinstance(action, bool) or not (isinstance(action, (str, int, float)) or callable(action)):
        raise usage("a rule's right side is of no known form", f"rules, {selector!r}",
                    "an initializer's text, a number, a function or reinit.KEEP", repr(action),
                    ["'normal(std: 0.02)'"])
    return Rule(selector, repr(float(action)) if isinstance(action, (int, float)) else action)


class RuleList:
    """Rules for one tree, with the functions that some of them have."""

    def __init__(self, rules: Rules, seed: int, paths: Callable[[type, str | None], list[str]] | None = None,
                 at: Sequence[str] = ()) -> None:
        self.items: list[dict[str, str]] = []
        #: The function of each item; None for most.
        self.functions: list[Function | None] = []
        self.seed = _seed(seed)
        self.at = list(at)
        for rule in listed(rules):
            if isinstance(rule, str):
                begins = re.match(r"\s*(keep|assert)\s+(.*)$", rule, re.S)
                self._add(begins[1], begins[2]) if begins else self._add("fill", rule)
            elif isinstance(rule, Recipe):
                self._add("recipe", rule.name)
            else:
                for selector in _selectors(rule, paths):
                    self._append(selector, rule.action)

    def _append(self, selector: str, action: str | Function | None) -> None:
        if action is None:
            self._add("keep", selector)
        elif callable(action):
            self._add("function", selector, action)
        else:
            self._add("fill", f"{selector}={_number(action)}")

    def _add(self, key: str, text: str, function: Function | None = None) -> None:
        self.items.append({key: text})
        self.functions.append(function)

    @property
    def json(self) -> bytes:
        """`reinit.rules/1`."""
        value = {"schema": "reinit.rules/1", "seed": str(self.seed), "rules": self.items, "at": self.at}
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogateescape")


def _number(action: str) -> str:
    """A number alone is a constant."""
    try:
        return f"constant({float(action)!r})"
    except ValueError:
        return action


def _seed(seed: Any) -> int:
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= int(seed) < 1 << 64:
        raise usage("a seed is no number from 0 to 2^64 - 1", "seed", "an integer", repr(seed))
    return int(seed)


def _selectors(rule: Rule, paths: Callable[[type, str | None], list[str]] | None) -> list[str]:
    if isinstance(rule.selector, str):
        return [rule.selector]
    kind, field = rule.selector if isinstance(rule.selector, tuple) else (rule.selector, None)
    if paths is None:
        raise usage("a rule names a Python type, and there is no module", "rules", "a selector", repr(kind),
                    [f"'{kind.__name__}.weight' is a selector"])
    found = paths(kind, field)
    if not found:
        what = f"no module is a {kind.__name__}" + (f" with a tensor '{field}'" if field else "")
        raise Error("R0203", f"a rule matches nothing: {what}", "rules",
                    hints=["print(module) lists the modules that there are"])
    if field is None:
        return [selector(path) for path in found]
    return [selector(f"{path}.{field}" if path else field) for path in found]


def selector(path: str) -> str:
    """The selector that means exactly a path."""
    if not path:
        return "@weight"
    plain = re.compile(r"[A-Za-z0-9_\-]+\Z")
    parts = [part if plain.match(part) else json.dumps(part, ensure_ascii=False) for part in path.split(".")]
    return "." + ".".join(parts)
