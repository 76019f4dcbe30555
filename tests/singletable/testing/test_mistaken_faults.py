"""A fault that could never happen, or no fault at all, is refused where it is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf, nan
from typing import Any

import pytest

from singletable.errors import InvalidOperation
from singletable.testing import (
    Fault,
    corrupt,
    delay,
    faulty,
    faulty_async,
    leave_unprocessed,
    lose_answer,
    lose_request,
    memory_transport,
    refuse,
    throttle,
)
from tests.singletable.raises import raises

WRONG: tuple[Any, ...] = (
    0,
    -1,
    1.0,
    True,
    None,
    "1",
    [0],
    [1, 0],
    {"1"},
    range(3),
    range(3, -1, -1),
)
FAULTS: tuple[Callable[..., Fault], ...] = (
    throttle,
    lose_request,
    lose_answer,
    corrupt,
    leave_unprocessed,
)


@pytest.mark.parametrize("at", WRONG)
def test_requests_are_counted_from_one(at: Any) -> None:
    """By every fault; what counts them is no number of another kind."""
    makers: list[Callable[..., Fault]] = [*FAULTS, partial(refuse, "A"), partial(delay, 1)]
    for make in makers:
        with raises(InvalidOperation, where="a fault", declared="at=", allowed="from 1"):
            make(at=at)


@pytest.mark.parametrize("at", [1, [], (2, 3), {1}, range(0), range(1, 10**12), lambda _: True])
def test_what_chooses_requests_is_taken(at: Any) -> None:
    """A long range is not walked through."""
    assert throttle("Query", at=at).at == at


MISTAKES: tuple[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str], ...] = (
    (delay, (-1,), {}, "delay(-1)"),
    (delay, (nan,), {}, "delay(nan)"),
    (delay, (inf,), {}, "delay(inf)"),
    (delay, ("1",), {}, "delay('1')"),
    (leave_unprocessed, (), {"keep": -1}, "keep=-1"),
    (leave_unprocessed, (), {"keep": 1.5}, "keep=1.5"),
    (refuse, ("",), {}, "refuse('')"),
    (refuse, (3,), {}, "refuse(3)"),
    (faulty, (memory_transport(), 3), {}, "3"),
    (faulty, (memory_transport(), throttle), {}, "throttle"),
    (faulty, (3, throttle()), {}, "the transport 3"),
    (faulty_async, (memory_transport(), 3), {}, "3"),
    (faulty_async, (None,), {}, "the transport None"),
)


@pytest.mark.parametrize(("make", "given", "named", "declared"), MISTAKES)
def test_what_is_no_fault_is_refused(
    make: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any], declared: str
) -> None:
    """When it is made, and not at the first request."""
    with raises(InvalidOperation, where="a fault", declared=declared):
        make(*given, **named)
