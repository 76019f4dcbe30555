"""What a cell of the matrix must send, said a second time: plain Python, from the template text.

Imports nothing of the engine. A cell whose answer is a word must be refused by the error so called.
"""

from __future__ import annotations

import re
from typing import Any

from tests.singletable.matrix.cells import Cell
from tests.singletable.matrix.layouts import SHARDS, Layout

TEXTS = {
    "org": ("acme",) * 3,
    "region": ("eu",) * 3,
    "year": ("0007", "0012", "0"),
    "state": ("held", "open", "op"),
    "at": ("2026-03-01T12:00:00.000000Z", "2026-03-02T00:00:00.000000Z", "2026-03"),
    "name": ("kim", "lee", "ki"),
    "rank": ("7", "12", "1"),
}
"""Field → the key text of its value, of a later value, and the beginning of a text."""

HIGHEST = "\U0010ffff"
REFUSED = "InvalidOperation"
MISTAKES = {"gap", "skip", "unknown", "partition"}
FREE_TEXT = {"name"}
NO_BEGINNINGS = {"year", "rank"}
IN_TIME = {"at", "year", "rank"}

Request = tuple[str, dict[str, Any]]


def render(cell: Cell, layout: Layout) -> list[Request] | str:
    """The requests that a cell opens with, or the name of the error that refuses it."""
    return _RENDERINGS[cell.verb](cell, layout)


def _text(template: str, at: int = 0, **more: object) -> str:
    return template.format(**{name: texts[at] for name, texts in TEXTS.items()}, **more)


def _wire(attribute: str, text: str) -> dict[str, str]:
    return {"N" if attribute.startswith("N:") else "S": text}


def _key(layout: Layout, at: int = 0) -> dict[str, Any]:
    attributes = {**layout.primary[0], **layout.primary[1]}
    return {name: _wire(name, _text(template, at)) for name, template in attributes.items()}


def _get(cell: Cell, layout: Layout) -> list[Request] | str:
    if not layout.is_primary or "skip" in cell.options:
        return REFUSED
    more = {"ConsistentRead": True} if "consistent" in cell.options else {}
    return [("GetItem", {"TableName": "matrix", "Key": _key(layout), **more})]


def _get_each(cell: Cell, layout: Layout) -> list[Request] | str:
    if not layout.is_primary:
        return REFUSED
    keys = {"Keys": [_key(layout), _key(layout, 1)]}
    return [("BatchGetItem", {"RequestItems": {"matrix": keys}})]


def _query(cell: Cell, layout: Layout) -> list[Request] | str:
    asked = layout.sort_fields[cell.given :][:1]
    if _is_refused(cell, layout, asked):
        return REFUSED
    shards = range(SHARDS) if layout.index == "sharded" else [None]
    return [("Query", _parameters(cell, layout, asked, shard)) for shard in shards]


def _is_refused(cell: Cell, layout: Layout, asked: list[str]) -> bool:
    if not MISTAKES.isdisjoint(cell.options):
        return True
    if "consistent" in cell.options and layout.is_global:
        return True
    if layout.projected is not None and "count" not in cell.options:
        return True
    if cell.range and not asked:
        return True
    if cell.range == ("begins_with",):
        return asked[0] in NO_BEGINNINGS
    return "newest_first" in cell.options and bool(asked) and asked[0] not in IN_TIME


def _parameters(cell: Cell, layout: Layout, asked: list[str], shard: int | None) -> dict[str, Any]:
    written = _Expression()
    for attribute, template in layout.partition.items():
        written.add("{} = {}", attribute, _text(template, shard=shard))
    known = set(layout.sort_fields[: cell.given])
    for attribute, template in layout.sort.items():
        open_fields = [name for name in re.findall(r"{(\w+)}", template) if name not in known]
        if open_fields:
            _open(written, attribute, template, open_fields[0], cell.range)
            break
        written.add("{} = {}", attribute, _text(template))
    return {**_source(layout), **written.parameters(), **_manner(cell, layout)}


def _source(layout: Layout) -> dict[str, Any]:
    return {"TableName": "matrix"} | ({} if layout.is_primary else {"IndexName": "by_index"})


def _manner(cell: Cell, layout: Layout) -> dict[str, Any]:
    """Of a page one item more; of one in shards the share of each, and twice its deviation."""
    page = 12 if layout.index == "sharded" and cell.verb == "query" else 21
    parameters: dict[str, Any] = {
        "newest_first": {"ScanIndexForward": False},
        "descending": {"ScanIndexForward": False},
        "consistent": {"ConsistentRead": True},
        "count": {"Select": "COUNT"},
        "first": {"Limit": 2},
        "page": {"Limit": page},
        "page_size": {"Limit": 5},
    }
    found: dict[str, Any] = {}
    for option in cell.options:
        found |= parameters.get(option, {})
    return found


class _Expression:
    """A key condition, with placeholders that are called after their attributes."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.names: dict[str, str] = {}
        self.values: dict[str, dict[str, str]] = {}

    def add(self, form: str, attribute: str, *texts: str) -> None:
        """Adds `{} = {}` of an attribute and a value, or another form with more values."""
        name = attribute.removeprefix("N:")
        self.names[f"#{name}"] = name
        places = []
        for at, text in enumerate(texts, 1):
            places.append(f":{name}" if at == 1 else f":{name}_{at}")
            self.values[places[-1]] = _wire(attribute, text)
        self.texts.append(form.format(f"#{name}", *places))

    def parameters(self) -> dict[str, Any]:
        return {
            "KeyConditionExpression": " AND ".join(self.texts),
            "ExpressionAttributeNames": self.names,
            "ExpressionAttributeValues": self.values,
        }


def _open(
    written: _Expression, attribute: str, template: str, name: str, asked: tuple[str, ...]
) -> None:
    """Adds the condition on an attribute of which this field is the first that is not given."""
    before, after = template.split(f"{{{name}}}")
    prefix, (value, later, begun) = _text(before), TEXTS[name]
    if not asked:
        if prefix:
            written.add("begins_with({}, {})", attribute, prefix)
        return
    if asked == ("begins_with",):
        written.add("begins_with({}, {})", attribute, prefix + begun)
        return
    low = high = None
    if "after" in asked or "at_least" in asked:
        low = (value, "after" in asked)
    if "before" in asked or "at_most" in asked:
        high = (later if low else value, "before" in asked)
    _range(written, attribute, _Ends(prefix, name, after, attribute.startswith("N:")), low, high)


class _Ends:
    """The ends of a range on one field, as key text: `prefix` + text of the field + `after`."""

    def __init__(self, prefix: str, name: str, after: str, is_number: bool) -> None:
        self.prefix, self.name, self.is_number = prefix, name, is_number
        following = re.findall(r"{(\w+)}", after)
        self.after = after.split("{", maxsplit=1)[0]
        self.is_last = not following
        self.closing = _ceiling(following[0]) if following else ""

    def least(self, text: str) -> str:
        """The least key text of this value."""
        return self.prefix + text

    def greatest(self, text: str, *, is_alone: bool) -> str:
        """The greatest key text of this value; of free text with all that begins with it."""
        if self.name in FREE_TEXT and not is_alone:
            return self.prefix + text + HIGHEST
        return self.prefix + text + self.after + self.closing

    @property
    def above_all(self) -> str:
        return self.prefix + _ceiling(self.name)

    def step_up(self, text: str) -> str:
        """The next text, or the next number of 38 digits."""
        return f"{text}.".ljust(38, "0") + "1" if self.is_number else text + "\0"

    def step_down(self, text: str) -> str:
        if self.is_number:
            whole = str(int(text) - 1)
            return f"{whole}.".ljust(39, "9")
        return text[:-1] + chr(ord(text[-1]) - 1) + _ceiling(self.name)


def _ceiling(name: str) -> str:
    return HIGHEST if name in FREE_TEXT else "~"


def _range(
    written: _Expression,
    attribute: str,
    ends: _Ends,
    low: tuple[str, bool] | None,
    high: tuple[str, bool] | None,
) -> None:
    begins, stops = _low(ends, low), _high(ends, high)
    if low and not high and not ends.prefix:
        written.add("{} > {}" if low[1] else "{} >= {}", attribute, begins)
    elif high and not low and not ends.prefix:
        written.add("{} < {}" if high[1] else "{} <= {}", attribute, stops)
    else:
        if low and low[1] and ends.is_last:
            begins = ends.step_up(begins)
        if high and high[1] and ends.is_last and not ends.after:
            stops = ends.step_down(stops)
        written.add("{} BETWEEN {} AND {}", attribute, begins, stops)


def _low(ends: _Ends, low: tuple[str, bool] | None) -> str:
    if low is None:
        return ends.prefix
    text, is_excluded = low
    return ends.greatest(text, is_alone=True) if is_excluded else ends.least(text)


def _high(ends: _Ends, high: tuple[str, bool] | None) -> str:
    if high is None:
        return ends.above_all
    text, is_excluded = high
    return ends.least(text) if is_excluded else ends.greatest(text, is_alone=False)


def _scan(cell: Cell, layout: Layout) -> list[Request] | str:
    if ("consistent" in cell.options and layout.is_global) or (
        layout.projected is not None and "count" not in cell.options
    ):
        return REFUSED
    parameters, manner = _source(layout), _manner(cell, layout)
    if "beside" in cell.options:
        parameters |= {
            "FilterExpression": "#entity = :entity",
            "ExpressionAttributeNames": {"#entity": "entity"},
            "ExpressionAttributeValues": {":entity": {"S": "Part"}},
        }
        if "Limit" in manner and "page_size" not in cell.options:
            manner["Limit"] = 100
    parameters |= manner
    if "segments" not in cell.options:
        return [("Scan", parameters)]
    return [("Scan", {**parameters, "Segment": at, "TotalSegments": 4}) for at in range(4)]


_RENDERINGS = {"get": _get, "get_each": _get_each, "query": _query, "scan": _scan}
