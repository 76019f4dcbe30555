"""What a table is besides its keys: how it is billed, kept safe, streamed and replicated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, cast, get_args

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidTable
from singletable.records import record

Units: TypeAlias = tuple[int, int]
"""Units of reading and of writing a second."""

StreamView: TypeAlias = Literal["NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"]
TableClass: TypeAlias = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]

AWS_KEY = "aws"
_KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+"
_REGION = r"[a-z]{2,3}(-[a-z]+)+-\d"
_SWITCHES = ("recovery", "protection")


@record
class Capacity:
    """The capacity of a table or an index.

    `units` are provisioned; without them it is on demand, with at most `max_units`. `warm_units`
    are what it serves at once.
    """

    units: Units | None = None
    max_units: Units | None = None
    warm_units: Units | None = None

    def check(self, where: str) -> None:
        """Raises `InvalidTable` for what is no capacity."""
        for name, value in vars(self).items():
            if value is not None and not _is_units(value):
                raise InvalidTable(
                    where=where,
                    declared=f"{name}={abridge(value)}",
                    allowed="two whole numbers from 1 on, of reading and of writing, or None",
                )
        if self.units is not None and self.max_units is not None:
            raise InvalidTable(
                where=where,
                declared="units, which are provisioned, and max_units, of what is on demand",
                allowed="one of them",
            )


ON_DEMAND = Capacity()


@record(sealed=True, kw_only=True)
class Deployment:
    """How a table is deployed: `Table("library", deployment=Deployment(...))`.

    All of it is declared, and the defaults are the safe ones. `stream` is what the stream holds of
    each change, None for no stream; `recovery` that to a point in time; `protection` that against
    deletion. `units` are provisioned, of the table and of each index that has none of its own;
    without them it is on demand. `encryption` is None for DynamoDB's own key, "aws" for that of the
    account which AWS manages, or the ARN of a key. `replicas` are further regions.
    """

    stream: StreamView | None = "NEW_AND_OLD_IMAGES"
    recovery: bool = True
    protection: bool = True
    table_class: TableClass = "STANDARD"
    encryption: str | None = None
    replicas: tuple[str, ...] = ()
    units: Units | None = None
    max_units: Units | None = None
    warm_units: Units | None = None

    def __post_init__(self) -> None:
        self.capacity.check("Deployment")
        for declared, allowed in (*self._find_wrong_values(), *self._find_contradictions()):
            raise InvalidTable(where="Deployment", declared=declared, allowed=allowed)

    @property
    def capacity(self) -> Capacity:
        return Capacity(self.units, self.max_units, self.warm_units)

    def _find_wrong_values(self) -> Iterator[tuple[str, str]]:
        known = {"stream": (*get_args(StreamView), None), "table_class": get_args(TableClass)}
        known |= dict.fromkeys(_SWITCHES, (True, False))
        for name, allowed in known.items():
            value: Any = getattr(self, name)
            if not any(value is each or (type(value) is str and value == each) for each in allowed):
                yield f"{name}={abridge(value)}", ", ".join(map(str, allowed))
        if not _is_encryption(self.encryption):
            yield (
                f"encryption={abridge(self.encryption)}",
                f'None, {AWS_KEY!r}, or the ARN of a key: "arn:aws:kms:…:key/…"',
            )
        if not _are_regions(self.replicas):
            yield (
                f"replicas={abridge(self.replicas)}",
                'a tuple of other regions, each once: ("eu-west-1",)',
            )

    def _find_contradictions(self) -> Iterator[tuple[str, str]]:
        """What a table with replicas cannot be."""
        if not self.replicas:
            return
        if self.stream != "NEW_AND_OLD_IMAGES":
            yield f"replicas, and stream={self.stream!r}", "stream='NEW_AND_OLD_IMAGES'"
        if self.units is not None:
            yield (
                "replicas, and provisioned units, which have to scale in each of them",
                "on demand, with or without max_units",
            )
        if self.encryption not in (None, AWS_KEY):
            yield (
                "replicas, and one key for encryption, which is of one region",
                f"encryption=None, or {AWS_KEY!r}",
            )


def _is_units(value: object) -> bool:
    if not isinstance(value, tuple):
        return False
    units = cast(tuple[object, ...], value)
    return len(units) == 2 and all(type(each) is int and each >= 1 for each in units)


def _is_encryption(value: object) -> bool:
    if not isinstance(value, str):
        return value is None
    return value == AWS_KEY or re.fullmatch(_KEY_ARN, value) is not None


def _are_regions(value: object) -> bool:
    if not isinstance(value, tuple):
        return False
    regions = cast(tuple[object, ...], value)
    named = all(isinstance(each, str) and re.fullmatch(_REGION, each) for each in regions)
    return named and len(set(regions)) == len(regions)
