"""Random formats, templates and values. Characters around the delimiter are frequent."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from singletable.errors.declaration import InvalidTemplate
from singletable.formats import (
    Format,
    day,
    escaped_text,
    flag,
    instant,
    integer,
    one_of,
    slug,
    text,
    ulid,
    uuid_text,
)
from singletable.templates import Part, Template, compile_template

NEAR = '#$"!%&~|:- azAZ09\x00\x7f\xe9\ud7ff\ue000\U0001f600\U0010fffe'
LETTERS = st.sampled_from(NEAR) | st.characters(
    codec="utf-8", exclude_characters="\U0010ffff", categories=None
)
TEXTS = st.text(LETTERS, min_size=1, max_size=6)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WORDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=3)


@dataclass(frozen=True)
class Kind:
    """A format and its values, without regard to what a template forbids."""

    format: Format
    values: st.SearchStrategy[Any]
    rank: Callable[[Any], Any] = lambda value: value

    def __str__(self) -> str:
        return self.format.name


def ranked(*members: str) -> Kind:
    return Kind(one_of(members), st.sampled_from(members), members.index)


KINDS = [
    Kind(text(), TEXTS),
    Kind(text(lower=True), TEXTS.map(str.lower)),
    Kind(escaped_text(), TEXTS),
    Kind(slug(), st.lists(WORDS, min_size=1, max_size=3).map("-".join)),
    Kind(
        ulid(),
        st.text(CROCKFORD, min_size=25, max_size=25).flatmap(
            lambda tail: st.sampled_from("01234567").map(lambda head: head + tail)
        ),
    ),
    Kind(uuid_text(), st.uuids()),
    Kind(instant(), st.datetimes(timezones=st.just(UTC))),
    Kind(day(), st.dates()),
    Kind(flag(), st.booleans()),
    Kind(integer(0, 120), st.integers(0, 120)),
    Kind(integer(-120, 7), st.integers(-120, 7)),
    Kind(integer(-9, -3), st.integers(-9, -3)),
    ranked("a", "a-b", "b"),
    ranked("low", "mid", "top"),
    ranked("small", "big"),
]
LITERALS = st.sampled_from(["", "A", "A#", "A#B#", "#", "10#", "a"])
SEPARATORS = st.sampled_from(["#", "#", "#B#", "-", ":", "~", "", "#a"])
ENDS = st.sampled_from(["", "", "#", "#END", "z"])


@dataclass(frozen=True)
class Case:
    """A compiled template and what its fields may be."""

    template: Template
    kinds: dict[str, Kind]

    def values(self, draw: Any) -> dict[str, Any]:
        """Values that the template renders; characters it forbids are left out of texts."""
        return {part.field: self._value(draw, part) for part in self.template.parts}

    def _value(self, draw: Any, part: Part) -> Any:
        value = draw(self.kinds[part.field].values)
        try:
            part.encode(value)
        except ValueError:
            for character in part.forbidden:
                value = value.replace(character, "x")
        return value


def compiled(source: str, kinds: dict[str, Kind], **options: Any) -> Template:
    """The template; the example is given up if it is none."""
    formats = {field: kind.format for field, kind in kinds.items()}
    try:
        return compile_template(source, formats, where="Thing.key", limit=2048, **options)
    except InvalidTemplate:
        reject()


@st.composite
def cases(draw: Any) -> Case:
    """Templates of one to three parts, over all formats."""
    kinds = {
        f"f{number}": kind
        for number, kind in enumerate(
            draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
        )
    }
    source = draw(LITERALS)
    for field in kinds:
        last = field == f"f{len(kinds) - 1}"
        source += f"{{{field}}}" + draw(ENDS if last else SEPARATORS)
    return Case(compiled(source, kinds), kinds)


@st.composite
def fitting(draw: Any, wanted: str) -> Template:
    """A template that some values render to `wanted`: pieces of it replaced by placeholders."""
    if draw(st.integers(0, 9)) == 0:
        return compiled("{f0}", {"f0": KINDS[0]}, natural=True)
    cuts = sorted(draw(st.sets(st.integers(0, len(wanted)), max_size=4)) | {0, len(wanted)})
    source, kinds = "", dict[str, Kind]()
    for start, end in pairwise(cuts):
        piece = wanted[start:end]
        kind = draw(st.sampled_from([None, *KINDS]))
        if kind is None or not reads(kind.format, piece):
            source += piece.replace("{", "{{").replace("}", "}}")
        else:
            source += f"{{f{len(kinds)}}}"
            kinds[f"f{len(kinds)}"] = kind
    template = compiled(source or "A", kinds)
    try:
        template.parse(wanted)
    except ValueError:
        reject()
    return template


def reads(format_: Format, piece: str) -> bool:
    try:
        format_.decode(piece)
    except ValueError:
        return False
    return True
