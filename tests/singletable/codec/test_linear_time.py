"""The time of every regular expression grows with the text alone, whatever the text is."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import pytest

import singletable
from singletable.check.iam import _fits  # pyright: ignore[reportPrivateUsage]
from singletable.codec import compile_coder, is_attribute_value
from singletable.emit.iam.permissions import covers_key
from singletable.templates.template import Template
from tests.singletable.clinic.making import keyed

LONG = 20_000
"""A quadratic expression takes ten seconds and more for so many signs, a linear one a millisecond.
"""
ENDS = ("", "x", "!", "\n", "-", "}", "\0")
RUNS = ("1", "a", "A", "0", "-", ".", "_", " ", "#", "*", "$", "{a", "a-", "1.", ":a", "\\", "\n ")


def patterns() -> list[Any]:
    """Every expression that a module of the engine holds."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in pkgutil.walk_packages(singletable.__path__, "singletable."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, re.Pattern):
                    pattern = cast("re.Pattern[Any]", value)
                    found.setdefault(str(pattern.pattern), pattern)
    return [pytest.param(each, id=text[:40]) for text, each in sorted(found.items())]


def takes(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


@pytest.mark.parametrize("pattern", patterns())
def test_an_expression_is_linear_in_long_runs(pattern: re.Pattern[Any]) -> None:
    """Runs of one sign or of two, and then a sign that may not come."""
    for run in RUNS:
        for end in ENDS:
            text: str | bytes = run * (LONG // len(run)) + end
            if isinstance(pattern.pattern, bytes):
                text = str(text).encode()
            assert takes(lambda text=text: pattern.fullmatch(text)) < 2, (run, end)  # type: ignore[misc]


NUMBERS = ["1" * LONG + "x", "." + "1" * LONG, "1" * LONG + "e5x", "0" * LONG]


@pytest.mark.parametrize("text", NUMBERS, ids=range(len(NUMBERS)))
def test_a_stored_number_is_read_in_linear_time(text: str) -> None:
    """Whether it is one or not."""

    def read() -> None:
        for annotation in (int, float, set[int], dict[int, str]):
            coder = compile_coder(annotation, "T.x")
            for wire in ({"N": text}, {"NS": [text]}, {"M": {text: {"S": ""}}}):
                with suppress(ValueError):
                    coder.decode(wire)
        is_attribute_value({"N": text})

    assert takes(read) < 2


def test_templates_and_policies_are_read_in_linear_time() -> None:
    """With many parts and many wildcards."""
    entity = keyed("A#{a}#{b}#{c}", "{d}-{e}", a=str, b=str, c=str, d=str, e=str)
    template: Template = entity.key.compiled.partition[0].template
    assert takes(lambda: template._expression.fullmatch("A#" + "a#" * LONG)) < 2
    assert takes(lambda: _fits("*a" * 50 + "b", "a" * LONG)) < 2
    assert takes(lambda: covers_key(["a"] * 50 + ["b"], ["a" * LONG])) < 2


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a*b*c", "a1b2b3c", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("*ab", "aab", True),
        ("a*a", "a", False),
        ("*aba*", "ababa", True),
        ("*aba*aba", "ababa", False),
        ("a?*", "a", False),
        ("a?*", "ab", True),
        ("", "", True),
        ("*", "", True),
        ("a${*}b", "a*b", True),
        ("a${*}b", "axb", False),
        ("a\0b", "a\0b", True),
        ("a\0b", "axxb", False),
    ],
)
def test_wildcards_stand_for_anything(pattern: str, text: str, fits: bool) -> None:
    """Also where an earlier one could have taken more."""
    assert _fits(pattern, text) == fits
