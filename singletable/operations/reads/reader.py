"""Readers load the items that a read finds: which entities they may be, and how each is decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation, InvalidStoredItem
from singletable.expressions import Scope
from singletable.operations.protocol import evolve
from singletable.records import record
from singletable.schema import Attribute, CompiledKey, Schema
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition

E = TypeVar("E", bound=BaseModel)
R_co = TypeVar("R_co", covariant=True)
Item = Mapping[str, AttributeValue]


class Reader(Protocol[R_co]):
    """Turns stored items into results. A query knows its entities through this alone.

    `is_partial`: it loads a view, and no whole entity.
    """

    is_partial: ClassVar[bool]

    @property
    def schemas(self) -> tuple[AnySchema, ...]:
        """The entities that an item may be."""
        ...

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """The classes that items are loaded as: entities, or a view."""
        ...

    @property
    def table(self) -> TableDefinition: ...

    @property
    def expiry(self) -> str | None:
        """The stored name of the TTL attribute."""
        ...

    def attribute(self, field: str) -> Attribute:
        """The attribute of a field; `InvalidOperation` lists the fields there are."""
        ...

    def scope(self) -> Scope:
        """The names that filters may use."""
        ...

    def check_readable(self, key: CompiledKey) -> None:
        """Raises `InvalidOperation` if the index does not hold what is to be loaded."""
        ...

    def projected(self, key: CompiledKey) -> tuple[str, ...]:
        """The attributes to ask the index for; none for all that it holds."""
        ...

    @property
    def skipped(self) -> tuple[str, ...]:
        """The names of entities whose items are met, and discarded by a filter on the type."""
        ...

    def skipping(self, names: tuple[str, ...]) -> Self:
        """The same, with these entities skipped."""
        ...

    def check_alike(self, field: str, value: object) -> None:
        """Raises `InvalidOperation` if a value of a key field is another one in each entity."""
        ...

    def load(self, item: Item) -> R_co:
        """Loads an item; `InvalidStoredItem` if it does not fit."""
        ...

    def loader(self, key: CompiledKey) -> Callable[[Item], R_co]:
        """What loads the items that are found by this key; raises the same."""
        ...

    def is_expired(self, item: Item, now: datetime) -> bool: ...

    def key_text(self, item: Item) -> str:
        """The primary key as shown in errors."""
        ...


@record
class EntityReader(Generic[E]):
    """Loads the items of one entity."""

    schema: Schema[E]
    skipped: tuple[str, ...] = ()
    is_partial: ClassVar[bool] = False

    def skipping(self, names: tuple[str, ...]) -> Self:
        return evolve(self, skipped=names)

    @property
    def schemas(self) -> tuple[AnySchema, ...]:
        return (self.schema,)

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        return (self.schema.model,)

    @property
    def table(self) -> TableDefinition:
        return self.schema.table

    @property
    def expiry(self) -> str | None:
        return self.schema.ttl.stored if self.schema.ttl else None

    def attribute(self, field: str) -> Attribute:
        return self.schema.attribute(field)

    def scope(self) -> Scope:
        return self.schema.scope

    def check_readable(self, key: CompiledKey) -> None:
        held, schema = key.held, self.schema
        if held is None:
            return
        if schema.upgrade is not None:
            raise InvalidOperation(
                where=key.label,
                declared=f"index {key.index.label} does not project every attribute, and the"
                f" upgrade of {schema.name} may need any that older items have",
                allowed="queries of indexes with projection=ALL, .hydrated(), or an entity without"
                " upgrade",
            )
        needed = [*schema.type_item, *schema.by_stored_name, *sorted(schema.telling_attributes)]
        lacking = [name for name in needed if name not in held]
        if lacking:
            raise InvalidOperation(
                where=key.label,
                declared=f"index {key.index.label} does not hold {', '.join(lacking)}",
                allowed="queries of indexes that project every attribute of the entity,"
                " .only(View), or .hydrated()",
            )

    def projected(self, key: CompiledKey) -> tuple[str, ...]:
        return ()

    def check_alike(self, field: str, value: object) -> None:
        """Of one entity it is alike."""

    def may_load(self, item: Item) -> bool:
        """Whether the upgrade makes an item one of this entity."""
        try:
            return self.schema.is_typed(self.schema.upgrade_item(item))
        except InvalidStoredItem:
            return False

    def load(self, item: Item) -> E:
        return self.schema.decode(item)

    def loader(self, key: CompiledKey) -> Callable[[Item], E]:
        return self.schema.reader(key)

    def is_expired(self, item: Item, now: datetime) -> bool:
        return self.schema.is_expired(item, now.timestamp())

    def key_text(self, item: Item) -> str:
        return self.schema.key_text(item)


def check_expires(reader: Reader[object]) -> None:
    """Raises `InvalidOperation` unless items have a TTL field."""
    if reader.expiry is None:
        raise InvalidOperation(
            where=" | ".join(schema.name for schema in reader.schemas),
            declared="excluding_expired() without a TTL field",
            allowed="entities with an `Annotated[datetime, TTL]` field",
        )
