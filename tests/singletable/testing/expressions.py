"""Hypothesis strategies: a small table, its items, and expressions about them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

NAME = f"small-{uuid.uuid4().hex}"

Draw = Callable[[st.SearchStrategy[Any]], Any]

PARTITIONS, SORTS = ("p", "q"), ("1", "12", "2", "3")
INDEXES = {"group": ("g", "h"), "flat": ("l",), "label": ("pk", "l")}
SORT_OF = {None: "sk", "group": "h", "label": "l"}
_ATTRIBUTES = ("a", "b", "m", "l1", "s", "n", "h")
_PATHS = (
    *_ATTRIBUTES,
    "m.x",
    "m.y",
    "m.x.y",
    "m.x[0]",
    "l1[0]",
    "l1[1]",
    "l1[7]",
    "l1[0].x",
    "a.x",
)
_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


def create_table() -> dict[str, Any]:
    types = {"pk": "S", "sk": "S", "g": "S", "h": "N", "l": "S"}

    def index(label: str, projection: dict[str, Any]) -> dict[str, Any]:
        return {
            "IndexName": label,
            "KeySchema": key_schema(*INDEXES[label]),
            "Projection": projection,
        }

    return {
        "TableName": NAME,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": each, "AttributeType": kind} for each, kind in types.items()
        ],
        "KeySchema": key_schema("pk", "sk"),
        "GlobalSecondaryIndexes": [
            index("group", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]}),
            index("flat", {"ProjectionType": "ALL"}),
        ],
        "LocalSecondaryIndexes": [index("label", {"ProjectionType": "KEYS_ONLY"})],
    }


def key_schema(*attributes: str) -> list[dict[str, str]]:
    kinds = zip(attributes, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": each, "KeyType": kind} for each, kind in kinds]


TEXTS = st.sampled_from(["", "a", "ab", "abc", "b", "é", "😀"]).map(lambda text: {"S": text})
NUMBERS = st.sampled_from(["0", "1", "2", "10", "-1.5", "1E+2", "0.10", "-0"]).map(
    lambda number: {"N": number}
)
BYTES = st.sampled_from([b"", b"a", b"ab", b"\xff"]).map(lambda content: {"B": content})
SETS = st.one_of(
    st.sets(st.sampled_from(["a", "b", "ab"]), min_size=1).map(lambda s: {"SS": sorted(s)}),
    st.sets(st.sampled_from(["1", "2", "1.5"]), min_size=1).map(lambda s: {"NS": sorted(s)}),
    st.sets(st.sampled_from([b"a", b"b"]), min_size=1).map(lambda s: {"BS": sorted(s)}),
)
OTHERS = st.sampled_from([{"BOOL": True}, {"BOOL": False}, {"NULL": True}])
SCALARS = st.one_of(TEXTS, NUMBERS, NUMBERS, BYTES, OTHERS, SETS)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda elements: {"L": elements}),
        st.dictionaries(st.sampled_from(["x", "y"]), inner).map(lambda entries: {"M": entries}),
    )


VALUES = st.recursive(SCALARS, _containers, max_leaves=4)
LISTS = st.lists(VALUES, max_size=3).map(lambda elements: {"L": elements})
MAPS = st.dictionaries(st.sampled_from(["x", "y"]), VALUES).map(lambda entries: {"M": entries})
KEYS = st.builds(
    lambda pk, sk: {"pk": {"S": pk}, "sk": {"S": sk}},
    st.sampled_from(PARTITIONS),
    st.sampled_from(SORTS),
)
INDEX_KEYS: dict[str, st.SearchStrategy[Any]] = {
    "g": st.sampled_from([{"S": "g1"}] * 20 + [{"S": "g2"}] * 5 + [{"S": ""}, {"N": "1"}]),
    "h": st.sampled_from([{"N": "1"}, {"N": "2"}, {"N": "2.5"}, {"N": "10"}] * 6 + [{"S": "1"}]),
    "l": st.sampled_from([{"S": "x"}, {"S": "xy"}, {"S": "y"}]),
}
_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "a": VALUES,
    "b": SCALARS,
    "m": MAPS,
    "l1": LISTS,
    "s": SETS,
    "n": NUMBERS,
}
ITEMS = st.builds(
    lambda key, rest: {**key, **rest},
    KEYS,
    st.fixed_dictionaries({}, optional={**INDEX_KEYS, **_PLAIN}),
)


class Expressions:
    """Draws expressions; the placeholders that they use are kept in `parameters`."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def parameters(self) -> dict[str, Any]:
        given = {
            "ExpressionAttributeNames": self.names,
            "ExpressionAttributeValues": self.values,
        }
        return {label: used for label, used in given.items() if used}

    def path(self, *paths: str) -> str:
        path: str = self.draw(st.sampled_from(paths or _PATHS))
        if self.draw(st.booleans()):
            return path
        first = path.replace("[", ".").partition(".")[0]
        self.names[f"#{first}"] = first
        return f"#{path}"

    def value(self, strategy: st.SearchStrategy[Any] = VALUES) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = self.draw(strategy)
        return placeholder

    def operand(self) -> str:
        kind = self.draw(st.sampled_from(["path", "value", "value", "size"]))
        if kind == "size":
            return f"size({self.path()})"
        return self.path() if kind == "path" else self.value()

    def condition(self, depth: int = 0) -> str:
        kinds = ["compare", "compare", "between", "in", "exists", "search", "type"]
        kind = self.draw(st.sampled_from([*kinds, "and", "or", "not"] if depth < 2 else kinds))
        if kind in {"and", "or"}:
            left, right = self.condition(depth + 1), self.condition(depth + 1)
            joined = f"{left} {kind} {right}"
            return f"({joined})" if self.draw(st.booleans()) else joined
        if kind == "not":
            return f"NOT {self.condition(depth + 1)}"
        return self._simple_condition(kind)

    def _simple_condition(self, kind: str) -> str:
        match kind:
            case "compare":
                operator = self.draw(st.sampled_from(_COMPARISONS))
                return f"{self.operand()} {operator} {self.operand()}"
            case "between":
                return f"{self.operand()} BETWEEN {self.operand()} AND {self.operand()}"
            case "in":
                return f"{self.operand()} IN ({self.value()}, {self.operand()})"
            case "exists":
                function = self.draw(st.sampled_from(["exists", "not_exists"]))
                return f"attribute_{function}({self.path()})"
            case "search":
                function = self.draw(st.sampled_from(["begins_with", "contains"]))
                return f"{function}({self.path()}, {self.operand()})"
            case _:
                kind = self.draw(st.sampled_from(["S", "N", "SS", "M", "NULL"]))
                return f"attribute_type({self.path()}, {self.value(st.just({'S': kind}))})"

    def update(self, paths: tuple[str, ...]) -> str:
        sections: dict[str, list[str]] = {}
        for _ in range(self.draw(st.integers(1, 3))):
            section = self.draw(st.sampled_from(["SET", "SET", "SET", "REMOVE", "ADD", "DELETE"]))
            sections.setdefault(section, []).append(self._change(section, paths))
        return " ".join(f"{section} {', '.join(each)}" for section, each in sections.items())

    def _change(self, section: str, paths: tuple[str, ...]) -> str:
        likely = self.draw(st.integers(0, 5)) > 0
        match section:
            case "REMOVE":
                return self.path(*paths)
            case "ADD" if likely:
                return f"{self.path('n')} {self.value(NUMBERS)}"
            case "ADD":
                return f"{self.path(*paths)} {self.value(st.one_of(NUMBERS, SETS))}"
            case "DELETE":
                return f"{self.path('s') if likely else self.path(*paths)} {self.value(SETS)}"
            case _:
                return f"{self.path(*paths)} = {self._assigned()}"

    def _assigned(self) -> str:
        kind = self.draw(
            st.sampled_from(["value"] * 3 + ["default"] * 2 + ["path", "sum", "append"])
        )
        match kind:
            case "value":
                return self.value()
            case "path":
                return self.path()
            case "sum":
                sign = self.draw(st.sampled_from("+-"))
                return f"{self.path('n', 'b')} {sign} {self.value(NUMBERS)}"
            case "append":
                return f"list_append({self.path('l1', 'a')}, {self.value(LISTS)})"
            case _:
                return f"if_not_exists({self.path()}, {self.value()})"
