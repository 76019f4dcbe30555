"""`Symbol`, the placeholder of an argument while an access pattern is traced."""

from __future__ import annotations

from typing import NoReturn


class TracedValueUsed(TypeError):
    """A pattern used the value of an argument instead of passing it on."""


class Symbol:
    """Stands for the value of one argument, or of one field of an entity argument.

    It can be passed on and nothing else: a pattern has one shape, whatever its arguments.
    """

    __slots__ = ("__singletable_symbol__", "annotation", "argument")

    def __init__(self, text: str, argument: str, annotation: object) -> None:
        self.__singletable_symbol__ = text
        self.argument = argument
        self.annotation = annotation

    def __repr__(self) -> str:
        return self.__singletable_symbol__

    def _refuse(self, *_: object) -> NoReturn:
        raise TracedValueUsed(
            f"the value of {self.__singletable_symbol__} is not known while the pattern is declared"
        )

    __bool__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = _refuse
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __pow__ = __neg__ = __abs__ = (
        _refuse
    )
    __and__ = __rand__ = __or__ = __ror__ = __invert__ = __call__ = _refuse
    __len__ = __iter__ = __getitem__ = __contains__ = __int__ = __float__ = __index__ = _refuse
    __str__ = __format__ = _refuse

    def __eq__(self, other: object) -> bool:
        """Equals itself alone; of two symbols nobody knows yet whether their values are equal."""
        return self is other or self._refuse()

    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


def symbol_text(value: object) -> str | None:
    """The text of a symbol, such as `{category_id}`; None for a real value."""
    return value.__singletable_symbol__ if isinstance(value, Symbol) else None


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
