"""The keys of the matrix as data: every kind of index, in every manner of naming. Knows no engine.

An attribute that is called like a field is the field itself: that is the natural manner. A sort key
attribute that is a number is written `N:name`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Side = dict[str, str]
"""Attribute → template."""

SHARDS = 3


@dataclass(frozen=True)
class Layout:
    """An index, and the key of `Part` and of its companion `Twin` on it."""

    index: str
    naming: str
    partition: Side
    sort: Side
    twin: tuple[str, ...] = ()
    """The companion's templates for the sort key; empty where it has no key there."""
    primary: tuple[Side, Side] = field(
        default=({"PK": "ORG#{org}"}, {"SK": "PART#{name}"}), kw_only=True
    )
    projected: tuple[str, ...] | None = field(default=None, kw_only=True)
    """The attributes beside keys that the index has, where it has not all; `()`: keys alone."""

    @property
    def name(self) -> str:
        return f"{self.index} {self.naming}"

    @property
    def is_primary(self) -> bool:
        return self.index == "primary"

    @property
    def is_global(self) -> bool:
        return self.index not in {"primary", "local"}

    @property
    def partition_fields(self) -> list[str]:
        return [name for name in _fields(self.partition) if name != "shard"]

    @property
    def sort_fields(self) -> list[str]:
        return _fields(self.sort)

    @property
    def identity(self) -> list[str]:
        """The fields of the primary key."""
        return [*_fields(self.primary[0]), *_fields(self.primary[1])]

    @property
    def seen(self) -> list[str]:
        """The fields of the view: two of the key's, and one more where the index has it."""
        more = "note" if self.projected is None else "rank" if self.projected else "name"
        return list(dict.fromkeys([*self.partition_fields, *self.sort_fields[:1], more]))


def _fields(side: Side) -> list[str]:
    return [name for template in side.values() for name in re.findall(r"{(\w+)}", template)]


def _primary(naming: str, partition: Side, sort: Side, *twin: str) -> Layout:
    return Layout("primary", naming, partition, sort, twin, primary=(partition, sort))


def _local(naming: str, partition: Side, sort: Side, *twin: str) -> Layout:
    return Layout(
        "local", naming, partition, sort, twin, primary=(partition, {"SK": "PART#{name}"})
    )


def _global(
    index: str,
    naming: str,
    partition: Side,
    sort: Side,
    *twin: str,
    projected: tuple[str, ...] | None = None,
) -> Layout:
    return Layout(index, naming, partition, sort, twin, projected=projected)


LAYOUTS = [
    _primary("generic", {"PK": "ORG#{org}"}, {"SK": "YEAR#{year}#{state}#{name}"}, "TWIN#{name}"),
    _primary("natural", {"org": "{org}"}, {"name": "{name}"}),
    _primary(
        "mixed", {"org": "{org}"}, {"SK": "{year}#{state}#P#{name}"}, "{year}#{state}#T#{name}"
    ),
    _local("generic", {"PK": "ORG#{org}"}, {"LSK": "IN#{state}#{at}#{name}"}, "IN#{state}#{name}"),
    _local("natural", {"org": "{org}"}, {"at": "{at}"}, "{at}"),
    _local("mixed", {"PK": "ORG#{org}"}, {"state": "{state}"}, "{state}"),
    _global(
        "global", "generic", {"GPK": "IN#{region}"}, {"GSK": "{state}#{at}#{name}"}, "{state}#{at}"
    ),
    _global("global", "natural", {"region": "{region}"}, {"at": "{at}"}, "{at}"),
    _global("global", "mixed", {"region": "{region}"}, {"GSK": "AT#{at}#{name}"}, "OF#{year}"),
    _global(
        "multi",
        "generic",
        {"GPK1": "ORG#{org}", "GPK2": "IN#{region}"},
        {"GSK1": "S#{state}", "GSK2": "Y#{year}#{at}", "GSK3": "{name}"},
        "S#{state}",
        "Y#{year}#{name}",
        "TWIN",
    ),
    _global(
        "multi",
        "natural",
        {"org": "{org}", "region": "{region}"},
        {"state": "{state}", "N:rank": "{rank}", "at": "{at}", "name": "{name}"},
        "{state}",
        "{rank}",
        "{at}",
        "{name}",
    ),
    _global(
        "multi",
        "mixed",
        {"org": "{org}", "GPK": "IN#{region}"},
        {"state": "{state}", "GSK": "{at}#{name}"},
        "{state}",
        "TWIN#{name}",
    ),
    _global(
        "sharded", "generic", {"GPK": "IN#{region}#{shard}"}, {"GSK": "{at}#{name}"}, "{at}#{year}"
    ),
    _global("sharded", "mixed", {"GPK": "{region}#{shard}"}, {"at": "{at}"}, "{at}"),
    _global("number", "generic", {"GPK": "IN#{region}"}, {"N:GSK": "{rank}"}, "{rank}"),
    _global("number", "natural", {"region": "{region}"}, {"N:rank": "{rank}"}, "{rank}"),
    _global("number", "mixed", {"GPK": "IN#{region}"}, {"N:rank": "{rank}"}, "{rank}"),
    _global("keys", "generic", {"GPK": "IN#{region}"}, {"GSK": "{year}#{name}"}, projected=()),
    _global("keys", "natural", {"region": "{region}"}, {"name": "{name}"}, projected=()),
    _global("keys", "mixed", {"region": "{region}"}, {"GSK": "Y#{year}#{state}"}, projected=()),
    _global(
        "include", "generic", {"GPK": "IN#{region}"}, {"GSK": "{at}#{name}"}, projected=("rank",)
    ),
    _global(
        "include", "natural", {"region": "{region}"}, {"at": "{at}"}, projected=("entity", "rank")
    ),
    _global("include", "mixed", {"GPK": "IN#{region}"}, {"at": "{at}"}, projected=("rank", "note")),
]
