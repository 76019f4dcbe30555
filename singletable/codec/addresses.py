"""Coders of URLs, IP addresses and networks, and paths: each is stored as its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from pathlib import Path, PurePath
from typing import Any, Final, TypeGuard

from singletable.codec.errors import DecodeError, short_repr
from singletable.codec.scalars import instance_of, scalar, storable_text
from singletable.codec.wire import Inner


def address(kind: type[object]) -> Inner | None:
    """The coder of a class of addresses or paths; None for any other class."""
    return (_addresses_of_pydantic() if _is_pydantics(kind) else _ADDRESSES).get(kind)


def url(kind: type[object]) -> Inner | None:
    """The coder of `AnyUrl` or of one of the classes below it; None for any other class."""
    if not any(map(_is_pydantics, kind.__mro__)):
        return None
    from pydantic import AnyUrl  # noqa: PLC0415

    return _as_text(kind.__name__, _exactly(kind), kind) if issubclass(kind, AnyUrl) else None


def _is_pydantics(kind: type[object]) -> bool:
    """Whether it stands in the module that only designs with such types need."""
    return kind.__module__ == "pydantic.networks"


def _as_text(
    name: str,
    accepts: Callable[[object], TypeGuard[object]],
    make: Callable[[Any], object],
    text_of: Callable[[Any], str] = str,
) -> Inner:
    def parse(text: str) -> object:
        try:
            return make(text)
        except ValueError:
            raise DecodeError(short_repr(text), f"the text of {name}") from None

    return scalar(name, "S", accepts, lambda value: storable_text(text_of(value)), parse)


def _exactly(*kinds: type) -> Callable[[object], TypeGuard[object]]:
    """A test for instances of these classes: of IP interfaces, say, which are also addresses."""

    def accepts(value: object) -> TypeGuard[object]:
        return type(value) in kinds

    return accepts


def _ip(kind: Any, *classes: type) -> tuple[type, Inner]:
    """A class and its coder; to type checkers those of Pydantic are unions."""
    return kind, _as_text(kind.__name__, _exactly(*(classes or (kind,))), kind)


_ADDRESSES: Final[Mapping[type, Inner]] = {
    Path: _as_text("Path", instance_of(Path), Path, PurePath.__str__),
    **dict(map(_ip, (IPv4Address, IPv6Address, IPv4Interface, IPv6Interface))),
    **dict(map(_ip, (IPv4Network, IPv6Network))),
}


@cache
def _addresses_of_pydantic() -> Mapping[type, Inner]:
    from pydantic import IPvAnyAddress, IPvAnyInterface, IPvAnyNetwork  # noqa: PLC0415

    return dict(
        [
            _ip(IPvAnyAddress, IPv4Address, IPv6Address),
            _ip(IPvAnyInterface, IPv4Interface, IPv6Interface),
            _ip(IPvAnyNetwork, IPv4Network, IPv6Network),
        ]
    )
