"""`Symbol`, the placeholder of an argument while an access pattern is traced."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, Final, NoReturn

_REFUSED: ContextVar[list[str] | None] = ContextVar("_REFUSED", default=None)
_MAY_LOOK: Final = frozenset({"singletable", "pydantic", "pydantic_core", "typing_extensions"})
_ON_BEHALF: Final = frozenset({"abc", "_py_abc", "typing", "functools"})


class TracedValueUsed(TypeError):
    """A pattern used the value of an argument instead of passing it on."""


@contextmanager
def watch_uses() -> Generator[list[str], None, None]:
    """Collects the symbols whose values are looked at meanwhile, also where that is suppressed."""
    refused = list[str]()
    token = _REFUSED.set(refused)
    try:
        yield refused
    finally:
        _REFUSED.reset(token)


def not_known(text: str) -> str:
    """What is wrong with a pattern that looks at the value of a symbol."""
    return f"the value of {text} is not known while the pattern is declared"


class Symbol:
    """Stands for the value of one argument, or of one field of an entity argument.

    It can be passed on and nothing else: a pattern has one shape, whatever its arguments. Two
    symbols of one name are one: an operation and its copy are equal.

    Of an argument that is a sequence, `elements` is what stands for each of its elements: to go
    through them is to pass each on. The symbols in it have `is_element`.
    """

    __slots__ = ("__singletable_symbol__", "annotation", "argument", "elements", "is_element")

    def __init__(
        self,
        text: str,
        argument: str,
        annotation: object,
        *,
        elements: tuple[object, ...] = (),
        is_element: bool = False,
    ) -> None:
        self.__singletable_symbol__ = text
        self.argument = argument
        self.annotation = annotation
        self.elements = elements
        self.is_element = is_element

    def __repr__(self) -> str:
        return self.__singletable_symbol__

    def _refuse(self, *_: object) -> NoReturn:
        refused = _REFUSED.get()
        if refused is not None:
            refused.append(self.__singletable_symbol__)
        raise TracedValueUsed(not_known(self.__singletable_symbol__))

    def _show_class(self) -> type[Symbol]:
        """Its class, which `isinstance` and `match` ask for; refused to all but libraries.

        `isinstance(value, Symbol)` does not come here.
        """
        if _REFUSED.get() is not None and not _is_library(_caller()):
            self._refuse()
        return Symbol

    __class__ = property(_show_class)  # pyright: ignore[reportIncompatibleMethodOverride]

    __bool__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = _refuse
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __pow__ = __neg__ = __abs__ = (
        _refuse
    )
    __and__ = __rand__ = __or__ = __ror__ = __invert__ = __call__ = _refuse
    __len__ = __getitem__ = __contains__ = __int__ = __float__ = __index__ = _refuse
    __str__ = __format__ = _refuse

    def __eq__(self, other: object) -> bool:
        """Equals itself and its copies; of others nobody knows yet whether the values are equal."""
        if self is other:
            return True
        if isinstance(other, Symbol) and self._identity == other._identity:
            return True
        return self._refuse()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.elements) if self.elements else self._refuse()

    def __hash__(self) -> int:
        return hash(self.__singletable_symbol__)

    @property
    def _identity(self) -> tuple[str, str]:
        return self.__singletable_symbol__, self.argument

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


def _caller() -> FrameType | None:
    """The frame that asks for a symbol's class."""
    frame = inspect.currentframe()
    asked = frame.f_back if frame else None
    return asked.f_back if asked else None


def _is_library(frame: FrameType | None) -> bool:
    """Whether the engine, Pydantic or Python itself asks, and not on behalf of others."""
    while frame is not None and _module(frame) in _ON_BEHALF:
        frame = frame.f_back
    root = _module(frame).partition(".")[0] if frame else ""
    return root in _MAY_LOOK or (root in sys.stdlib_module_names and root != "__main__")


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def symbol_text(value: object) -> str | None:
    """The text of a symbol, such as `{category_id}`; None for a real value."""
    return value.__singletable_symbol__ if isinstance(value, Symbol) else None


def symbol_of(model: object) -> Symbol | None:
    """The symbol of an argument whose fields the symbols in this model are; None for others."""
    fields: Mapping[str, object] = vars(model)
    first = next(iter(fields.values()), None)
    if not isinstance(first, Symbol):
        return None
    name = first.argument
    texts = (symbol_text(each) == f"{{{name}.{field}}}" for field, each in fields.items())
    return (
        Symbol(f"{{{name}}}", name, type(model), is_element=first.is_element)
        if all(texts)
        else None
    )


def differs(one: object, other: object) -> bool:
    """Whether two values are not the same.

    Different symbols are taken for different values, and so is what cannot be compared.
    """
    if one is other:
        return False
    try:
        return isinstance(one, Symbol) or isinstance(other, Symbol) or bool(one != other)
    except Exception:  # noqa: BLE001 (a class of the user's may raise anything)
        return True
