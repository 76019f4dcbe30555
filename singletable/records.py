"""`record`: classes of data whose functions cost nothing at import; knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from operator import attrgetter
from threading import RLock
from typing import Any, TypeVar, overload

from typing_extensions import dataclass_transform

T = TypeVar("T")

_GETTERS: dict[type[object], Callable[[Any], object]] = {}


@overload
def record(kind: type[T]) -> type[T]: ...


@overload
def record(
    *, eq: bool = True, frozen: bool = True, kw_only: bool = False, sealed: bool = False
) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(
    kind: type[T] | None = None,
    *,
    eq: bool = True,
    frozen: bool = True,
    kw_only: bool = False,
    sealed: bool = False,
) -> Any:
    """Makes a class a dataclass that is frozen for type checkers, unless it says `frozen=False`.

    Equal are records of one class whose fields are equal, but for those with `compare=False`; with
    `eq=False` each is equal to itself alone. `sealed`: assignments are refused at run time, too,
    so that frozen dataclasses may be derived. A class becomes a dataclass when its fields are first
    asked for, or it is first called: most are not, and all of them would take a third of the time
    of importing this package.
    """

    def made(kind: type[T]) -> type[T]:
        shared: dict[str, object] = {"__eq__": _is_equal, "__hash__": _hash} if eq else {}
        shared |= {"__repr__": _show, "__init__": _first_constructor(kind)}
        shared |= _first_refusals(kind) if sealed else {}
        own = [name for name in shared if vars(kind).get(name) is not None]
        deferred = {name: _Deferred(kind, name, sealed, kw_only) for name in _DEFERRED}
        for name, value in (shared | deferred).items():
            if name not in own:
                setattr(kind, name, value)
        return kind

    return made if kind is None else made(kind)


_DEFERRED = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
_LOCK = RLock()


class _Deferred:
    """What makes a class a dataclass, until it is asked for."""

    def __init__(self, kind: type[object], name: str, *options: bool) -> None:
        self._kind, self._name, self._options = kind, name, options

    def __get__(self, instance: object, owner: type[object]) -> object:
        kind = self._kind
        with _LOCK:
            if vars(kind)["__dataclass_fields__"].__class__ is _Deferred:
                _make_dataclass(kind, *self._options)
        return vars(kind)[self._name]


def _first_refusals(kind: Any) -> dict[str, object]:
    """What refuses changes of an object whose class is no dataclass yet, such as a pickled one."""

    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807
        fields(kind)
        setattr(self, name, value)

    def __delattr__(self: object, name: str) -> None:  # noqa: N807
        fields(kind)
        delattr(self, name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _make_dataclass(kind: type[Any], sealed: bool, kw_only: bool) -> None:
    if sealed:
        del kind.__setattr__, kind.__delattr__
    if not kind.__doc__:
        kind.__doc__ = kind.__name__  # otherwise its signature would be made for it
    dataclass(init=False, repr=False, eq=False, match_args=False, frozen=sealed, kw_only=kw_only)(
        kind
    )
    taken = tuple(each.name for each in fields(kind) if each.init and not each.kw_only)
    setattr(kind, "__match_args__", taken)  # noqa: B010 (type checkers refuse the assignment)


def _first_constructor(kind: Any) -> Callable[..., None]:
    """A constructor that makes the one that takes its place."""

    def __init__(self: object, *args: object, **named: object) -> None:  # noqa: N807
        made = _constructor(kind)
        kind.__init__ = made
        made(self, *args, **named)

    return __init__


def _constructor(kind: Any) -> Callable[..., None]:
    """As that of a dataclass."""
    scope: dict[str, Any] = {"_assign": object.__setattr__, "_missing": MISSING}
    parameters, named, lines = ["self"], list[str](), list[str]()
    is_sealed = kind.__dataclass_params__.frozen
    assigned = "_assign(self, {0!r}, {1})" if is_sealed else "self.{0} = {1}"
    for each in fields(kind):
        parameter, value = _parameter(each, scope)
        if each.init:
            (named if each.kw_only else parameters).append(parameter)
        lines.append(assigned.format(each.name, value))
    if named:
        parameters += ["*", *named]
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "\n ".join(lines or ["pass"])
    exec(f"def __init__({', '.join(parameters)}):\n {body}", scope)  # noqa: S102
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    return made


def _parameter(each: Field[Any], scope: dict[str, Any]) -> tuple[str, str]:
    """A field as a parameter, and what is assigned to it."""
    name = each.name
    if each.default is not MISSING:
        scope[f"_default_{name}"] = each.default
        return f"{name}=_default_{name}", name if each.init else f"_default_{name}"
    if each.default_factory is not MISSING:
        scope[f"_make_{name}"] = each.default_factory
        made = f"_make_{name}()"
        given = f"{made} if {name} is _missing else {name}"
        return f"{name}=_missing", given if each.init else made
    return name, name


def _values(instance: object) -> object:
    """The values of the fields that are compared."""
    kind = type(instance)
    get = _GETTERS.get(kind)
    if get is None:
        names = [each.name for each in fields(kind) if each.compare]  # type: ignore[arg-type]
        get = _GETTERS[kind] = attrgetter(*names) if len(names) > 1 else _of_few(names)
    return get(instance)


def _of_few(names: Sequence[str]) -> Callable[[Any], object]:
    return lambda instance: tuple([getattr(instance, name) for name in names])


def _is_equal(self: object, other: object) -> object:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: object) -> int:
    return hash(_values(self))


def _show(self: object) -> str:
    named = [each.name for each in fields(self) if each.repr]  # type: ignore[arg-type]
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in named)
    return f"{type(self).__qualname__}({shown})"
