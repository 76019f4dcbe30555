"""The item that an entity was read from, remembered beside its fields.

Guards of later writes compare what is stored, which need not be what the entity encodes to: an
upgrade, a default or another spelling of the same value stand between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import BaseModel

from singletable.codec import AttributeValue

E = TypeVar("E", bound=BaseModel)
Item = Mapping[str, AttributeValue]
_SLOT = "__singletable_origin__"


class Origin(NamedTuple):
    """The item as it was `stored` and as the entity's upgrade turned it: `upgraded`.

    `changed`: fields that a copy has other values of.
    """

    stored: Item
    upgraded: Item
    changed: frozenset[str] = frozenset()


class Remembering(BaseModel, frozen=True):
    """A model whose instances may have an origin: no field, so that nothing compares or shows it.

    Copies keep it, pickles too; what is validated or constructed anew has none.
    """

    __slots__: ClassVar[tuple[str, ...]] = (_SLOT,)  # type: ignore[misc]

    def __copy__(self) -> Self:
        return _pass_on(self, super().__copy__())

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return _pass_on(self, super().__deepcopy__(memo))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=update, deep=deep)
        origin = origin_of(self)
        if update and origin is not None:
            remember(copied, origin._replace(changed=origin.changed.union(update)))
        return copied

    def __getstate__(self) -> dict[Any, Any]:
        return {**super().__getstate__(), _SLOT: origin_of(self)}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state)
        origin = state.get(_SLOT)
        if origin is not None:
            remember(self, origin)


remember: Callable[[BaseModel, Origin | Item], None] = vars(Remembering)[_SLOT].__set__
"""Remembers the item that an entity was read from; an item alone had no upgrade."""


def origin_of(entity: BaseModel) -> Origin | None:
    """The origin of an entity that was read or written; None if it was built by hand."""
    try:  # Pydantic's own way to an unset slot takes ten times as long
        known: Origin | Item = object.__getattribute__(entity, _SLOT)
    except AttributeError:
        return None
    return known if isinstance(known, Origin) else Origin(known, known)


def _pass_on(source: BaseModel, copied: E) -> E:
    origin = origin_of(source)
    if origin is not None:
        remember(copied, origin)
    return copied
