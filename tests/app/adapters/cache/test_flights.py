"""One leads, the others wait, and nobody longer than it may."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest

from app.adapters.read_cache import SingleFlight


def test_the_first_leads_and_the_next_one_leads_after_it() -> None:
    """One after the other, nobody waits."""
    flights = SingleFlight()
    for _ in range(2):
        with flights.alone("page", 1) as leads:
            assert leads


def test_others_wait_until_the_leader_is_done() -> None:
    """They do not lead, and go on at once when it is."""
    flights, begun, found = SingleFlight(), Event(), list[bool]()

    def follow() -> None:
        begun.set()
        with flights.alone("page", 10) as leads:
            found.append(leads)

    began = time.monotonic()
    with flights.alone("page", 1):
        thread = Thread(target=follow)
        thread.start()
        begun.wait()
    thread.join()
    assert found == [False]
    assert time.monotonic() - began < 5


def test_nobody_waits_longer_than_it_may() -> None:
    """A leader that hangs holds nobody up; other pages are not its business."""
    flights = SingleFlight()
    with flights.alone("page", 1):
        with flights.alone("page", 0.01) as leads:
            assert not leads
        with flights.alone("other", 1) as leads:
            assert leads


def test_a_leader_that_fails_is_done() -> None:
    """The next one leads."""
    flights = SingleFlight()
    with pytest.raises(ValueError, match="failed"), flights.alone("page", 1):
        raise ValueError("failed")
    with flights.alone("page", 1) as leads:
        assert leads
