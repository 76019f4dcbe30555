"""A table as data: its name, its indexes, and the conventions that its items share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeGuard, cast

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidAcceptance, InvalidFormat, InvalidTable
from singletable.formats import Epoch, Instant, instant
from singletable.formats.precision import precision_of
from singletable.table.acceptance import Acceptance
from singletable.table.deployment import Deployment
from singletable.table.index import INCLUDED_NAMES, KEY_ATTRIBUTES, Index, KeyAttribute, Projection
from singletable.table.vectors import shared_attributes, vector_problems

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_ARN = r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table/[A-Za-z0-9_.-]{3,255}"
_LIMITS = {"global": 20, "local": 5, "vector": 5}
_ATTRIBUTE_NAME_BYTES = 255
_ATTRIBUTE_NAMES = f"a name of 1 to {_ATTRIBUTE_NAME_BYTES} bytes"
_INSTANTS = "'seconds', 'milliseconds', 'microseconds', or a format: instant(...), epoch(...)"
TABLE_NAMES = "3 to 255 of a-z, A-Z, 0-9, _, . and -"
"""What DynamoDB takes for names of tables and indexes, in words."""


class TableDefinition:
    """The definition of one table; compared by identity.

    `name` is the declared name; a repository may send to another one, such as a stage's.
    `delimiter` separates the parts of keys, and no value of a part may contain it.
    `type_attribute` is stored with every item and says which entity it is; None: its key tells.
    `instants` is the format of moments that declare none.
    `untagged`: "by key" if the key tells it of items that lack the attribute, too.
    `deployment` says how it is deployed; None: whoever deploys it does.
    """

    def __init__(
        self,
        name: str,
        primary: Index,
        *,
        delimiter: str,
        type_attribute: str | None,
        instants: object = None,
        untagged: str | None = None,
        deployment: Deployment | None = None,
    ) -> None:
        self.name = name
        self.instants = self._instants(instants)
        self.delimiter = delimiter
        self.type_attribute = type_attribute
        self.deployment = deployment
        self.knows_by_key = type_attribute is None or untagged is not None
        self._check_name(name, "table")
        if not _is_sign(delimiter):
            raise self._invalid(f"the delimiter is {abridge(delimiter)}", "one sign, but no brace")
        if type_attribute is not None and not _is_attribute_name(type_attribute):
            raise self._invalid(
                f"the type attribute is {abridge(type_attribute)}", _ATTRIBUTE_NAMES
            )
        if untagged not in ((None,) if type_attribute is None else (None, "by key")):
            raise self._invalid(
                f"untagged={abridge(untagged)}",
                'untagged="by key", in a table with a type attribute',
            )
        if deployment is not None and not isinstance(cast(object, deployment), Deployment):
            raise self._invalid(f"deployment={abridge(deployment)}", "a Deployment(...)")
        self._check_attributes(primary)
        self._indexes: tuple[Index, ...] = (primary,)
        self._relied_on_by: str | None = None
        self._accepted: tuple[Acceptance, ...] = ()

    @property
    def primary_index(self) -> Index:
        return self._indexes[0]

    @property
    def indexes(self) -> tuple[Index, ...]:
        """The primary index, then the others in the order of their declaration."""
        return self._indexes

    @property
    def accepted(self) -> tuple[Acceptance, ...]:
        """The findings of `singletable check` that are accepted, in the order of declaration."""
        return self._accepted

    @property
    def key_attributes(self) -> dict[str, KeyAttribute]:
        """Every attribute that is a key or a filter of an index, by name."""
        return {a.name: a for index in self.indexes for a in (*index.attributes, *index.filters)}

    def add_index(self, index: Index) -> None:
        """Adds a secondary index; `InvalidTable` beyond DynamoDB's limits or after an entity."""
        self._check_name(index.name, "index")
        self._check_attributes(index)
        limit = _LIMITS[index.kind]
        if sum(known.kind == index.kind for known in self.indexes) == limit:
            raise self._invalid(f"{index.label} is {index.kind} index {limit + 1}", f"{limit}")
        if index.label in {known.label for known in self.indexes}:
            raise self._invalid(f"index {index.label} is declared twice", "each name once")
        self._check_projection(index)
        self._check_capacity(index)
        self._check_types(index)
        self._check_vector(index)
        if self._relied_on_by is not None:
            raise self._invalid(
                f"index {index.label} is declared after {self._relied_on_by}",
                "indexes before entities, whose items may be in them",
            )
        self._indexes = (*self._indexes, index)

    def add_acceptance(self, acceptance: Acceptance) -> None:
        """Accepts a finding; `InvalidAcceptance` without a reason, or for the second time."""
        said = {
            "rule": acceptance.rule,
            "subject": acceptance.subject,
            "because": acceptance.because,
        }
        where = f"{acceptance.file}:{acceptance.line}"
        for name, value in said.items():
            if not is_text(value) or not value.strip():
                raise InvalidAcceptance(
                    where=where, declared=f"{name}={abridge(value)}", allowed="a text, not empty"
                )
        known = {(each.rule, each.subject) for each in self._accepted}
        if (acceptance.rule, acceptance.subject) in known:
            raise InvalidAcceptance(
                where=where,
                declared=f"{acceptance.rule} of {acceptance.subject} is accepted twice",
                allowed="each finding once",
            )
        self._accepted = (*self._accepted, acceptance)

    def close_indexes(self, entity: str) -> None:
        """Refuses indexes from now on: `entity` was checked against those that there are."""
        self._relied_on_by = self._relied_on_by or entity

    def _instants(self, declared: object) -> Instant | Epoch | None:
        if declared is None or isinstance(declared, Instant | Epoch):
            return declared
        try:
            return instant(precision_of(declared, "instants"))
        except InvalidFormat:
            raise self._invalid(f"instants={abridge(declared)}", _INSTANTS) from None

    def _check_attributes(self, index: Index) -> None:
        names = index.attribute_names
        if not index.partition and index.kind != "vector":
            raise self._invalid(f"{index.label} has no partition key", _ATTRIBUTE_NAMES)
        if index.kind == "local" and not index.sort:
            raise self._invalid(f"{index.label} has no sort key", _ATTRIBUTE_NAMES)
        for side in (index.partition, index.sort):
            if len(side) > KEY_ATTRIBUTES:
                raise self._invalid(
                    f"{index.label} has {len(side)} attributes on one side of its key",
                    f"{KEY_ATTRIBUTES} at most",
                )
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise self._invalid(f"{index.label} has {twice} twice", "different attributes")
        for attribute in (*index.attributes, *index.filters):
            self._check_attribute(index, attribute)

    def _check_attribute(self, index: Index, attribute: KeyAttribute) -> None:
        """Checks a key attribute: the type attribute may be one of an index, as text."""
        is_type = attribute.name == self.type_attribute
        fits = index.kind != "primary" and attribute.type == "S" if is_type else True
        if not _is_attribute_name(attribute.name) or not fits:
            allowed = "the type attribute only in other indexes, as text"
            raise self._invalid(
                f"{index.label} has the key attribute {attribute.name!r}",
                f"{_ATTRIBUTE_NAMES}; {allowed}",
            )

    def _check_projection(self, index: Index) -> None:
        projection = index.projection
        if not _is_projection(projection):
            raise self._invalid(
                f"{index.label} projects {abridge(projection)}", "ALL, KEYS_ONLY or include(names)"
            )
        if projection.kind == "INCLUDE" and not 1 <= len(projection.names) <= INCLUDED_NAMES:
            raise self._invalid(
                f"{index.label} includes {len(projection.names)} names", f"1 to {INCLUDED_NAMES}"
            )
        if len(set(projection.names)) < len(projection.names):
            raise self._invalid(f"{index.label} includes a name twice", "each name once")

    def _check_capacity(self, index: Index) -> None:
        """Checks that an index is provisioned only where the table is."""
        capacity = index.capacity
        provisioned = self.deployment is not None and self.deployment.units is not None
        capacity.check(f"table {self.name}: {index.label}")
        if capacity.units is not None and not provisioned:
            raise self._invalid(
                f"{index.label} has provisioned units, and the table is on demand",
                "Table(..., deployment=Deployment(units=(5, 5))), or none",
            )
        if capacity.max_units is not None and provisioned:
            raise self._invalid(
                f"{index.label} has max_units, and the table is provisioned", "units, or none"
            )

    def _check_vector(self, index: Index) -> None:
        """Checks a vector index; and of others that they share no attribute with one."""
        for declared, allowed in vector_problems(index, self.indexes):
            raise self._invalid(declared, allowed)
        if index.vector is not None and not _is_attribute_name(index.vector.attribute):
            raise self._invalid(
                f"{index.label} has the vector {abridge(index.vector.attribute)}", _ATTRIBUTE_NAMES
            )
        for name in shared_attributes((*self.indexes, index)):
            raise self._invalid(
                f"{name} is a vector, and a key or a filter of an index", "an attribute for each"
            )
        if index.vector and self.deployment is not None and self.deployment.units is not None:
            raise self._invalid(
                f"{index.label} is a vector index, and the table is provisioned",
                "tables on demand: Deployment(units=None)",
            )

    def _check_types(self, index: Index) -> None:
        known = self.key_attributes
        for attribute in (*index.attributes, *index.filters):
            if known.get(attribute.name, attribute) != attribute:
                raise self._invalid(
                    f"{index.label} declares {attribute.name} as {attribute.type}",
                    f"{known[attribute.name].type}, as declared before",
                )

    def _check_name(self, name: object, kind: str) -> None:
        if not is_table_name(name):
            raise self._invalid(f"{kind} name {abridge(name)}", TABLE_NAMES)

    def _invalid(self, declared: str, allowed: str) -> InvalidTable:
        shown = self.name if isinstance(cast(object, self.name), str) else abridge(self.name)
        return InvalidTable(where=f"table {shown}", declared=declared, allowed=allowed)

    def show_beside(self, others: Iterable[TableDefinition]) -> str:
        """The table's text; it says so if one of the others is another object of the same name."""
        same = any(other.name == self.name for other in others)
        return f"another Table object of the same name, {self!r}" if same else repr(self)

    def __repr__(self) -> str:
        return f"Table({self.name!r})"


def is_table_name(name: object) -> bool:
    """Whether DynamoDB takes this for the name of a table or an index."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def is_text(name: object) -> TypeGuard[str]:
    """Whether this is text, not empty, that can be sent."""
    if not isinstance(name, str) or not name:
        return False
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def can_be_asked(name: object) -> bool:
    """Whether DynamoDB takes this for a table that is there: by its name, or by its ARN."""
    return is_table_name(name) or (isinstance(name, str) and re.fullmatch(_ARN, name) is not None)


def _is_sign(delimiter: object) -> bool:
    if not is_text(delimiter) or len(delimiter) != 1:
        return False
    return delimiter not in "{}" and not delimiter.isalnum()


def _is_attribute_name(name: object) -> bool:
    return is_text(name) and len(name.encode()) <= _ATTRIBUTE_NAME_BYTES


def _is_projection(value: object) -> bool:
    return isinstance(value, Projection) and all(map(_is_attribute_name, value.names))
