"""`.only(View)`: reads some fields of items, and asks DynamoDB for no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel

from singletable.annotations import show_type
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder, Scope, fit_expressions
from singletable.operations.protocol import evolve
from singletable.operations.reads.reader import EntityReader, Item, Reader
from singletable.records import record
from singletable.schema import Attribute, CompiledKey, Schema
from singletable.schema.schema import AnySchema
from singletable.schema.view import VIEW, CompiledView, view_of
from singletable.table import TableDefinition

E = TypeVar("E", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)
V_co = TypeVar("V_co", bound=BaseModel, covariant=True)


class ViewOf(Protocol[E, V_co]):
    """A class `V_co` below `View[E]`, as type checkers see it: the entity and the view go together.

    A list, in which both have to be the same: a view of another entity is an error.
    """

    def __singletable_view__(self) -> tuple[V_co, list[E]]: ...


@record
class ViewReader(Generic[V]):
    """Loads a view of the items of one entity, which `whole` loads whole."""

    whole: EntityReader[Any]
    view: type[V]
    is_partial: ClassVar[bool] = True

    @property
    def skipped(self) -> tuple[str, ...]:
        return self.whole.skipped

    def skipping(self, names: tuple[str, ...]) -> Self:
        return evolve(self, whole=self.whole.skipping(names))

    @property
    def schema(self) -> Schema[Any]:
        return self.whole.schema

    @property
    def schemas(self) -> tuple[AnySchema, ...]:
        return self.whole.schemas

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        return (self.view,)

    @property
    def table(self) -> TableDefinition:
        return self.whole.table

    @property
    def expiry(self) -> str | None:
        return self.whole.expiry

    def attribute(self, field: str) -> Attribute:
        return self.whole.attribute(field)

    def scope(self) -> Scope:
        return self.whole.scope()

    def check_alike(self, field: str, value: object) -> None:
        """Of one entity it is alike."""

    def check_readable(self, key: CompiledKey) -> None:
        lacking = self._compiled.on(key).lacking
        if lacking:
            raise InvalidOperation(
                where=key.label,
                declared=f"index {key.index.label} does not hold {', '.join(lacking)} of"
                f" {self.view.__name__}",
                allowed="fields that the index or its key text holds, or .hydrated()",
            )

    def projected(self, key: CompiledKey) -> tuple[str, ...]:
        self.check_readable(key)
        return self._compiled.on(key).projected

    def load(self, item: Item) -> V:
        return self.loader(self.schema.primary)(item)

    def loader(self, key: CompiledKey) -> Callable[[Item], V]:
        return self._compiled.on(key).reader(key)

    def is_expired(self, item: Item, now: datetime) -> bool:
        return self.whole.is_expired(item, now)

    def key_text(self, item: Item) -> str:
        return self.whole.key_text(item)

    @property
    def _compiled(self) -> CompiledView[V]:
        found: CompiledView[V] = vars(self.view)[VIEW]
        return found


def read_only(reader: Reader[Any], view: ViewOf[Any, V], where: str) -> ViewReader[V]:
    """The reader of a view of the same items; `InvalidOperation` if it is none of their entity."""
    known: CompiledView[V] | None = view_of(view)
    entities = " | ".join(schema.name for schema in reader.schemas)
    if not isinstance(reader, EntityReader):
        what = "a second view" if isinstance(reader, ViewReader) else f"a view of {entities}"
        raise InvalidOperation(
            where=where,
            declared=f"{what}, by only({_shown(view)})",
            allowed="one view of one entity; of a collection a query of each entity by itself",
        )
    if known is None or known.schema is not reader.schema:
        what = "" if known is None else f", a view of {known.schema.name}"
        raise InvalidOperation(
            where=where,
            declared=f"only({_shown(view)}){what}",
            allowed=f"a class below View[{entities}]",
        )
    return ViewReader(reader, known.model)


def _shown(view: object) -> str:
    return show_type(view) if isinstance(view, type) else abridge(view)


def projection_text(binder: Binder, names: Iterable[str]) -> str:
    """A projection expression; all names are placeholders, since many words are reserved."""
    return ", ".join(map(binder.name, names))


def projection_of(reader: Reader[Any], key: CompiledKey, *, expires: bool) -> dict[str, object]:
    """The parameters that ask for what is read of items in the table; none for whole items.

    `expires`: the TTL attribute is needed as well.
    """
    names = reader.projected(key)
    if not names:
        return {}
    expiry = (reader.expiry,) if expires and reader.expiry else ()
    binder = Binder()
    text = projection_text(binder, dict.fromkeys((*names, *expiry)))
    return fit_expressions(key.label, {"ProjectionExpression": text, **binder.parameters()})
