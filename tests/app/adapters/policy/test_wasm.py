"""The policy in process: under threads, and when it loops, traps or aborts."""

from __future__ import annotations

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from opapywasm import OpaWasmError

from app.adapters.opa import Limits, WasmPolicy
from app.services.policy import ALLOW, VISIBLE, Decisions
from scripts.docs.matrix import Cell, cells
from tests.app.adapters.policy import handmade
from tests.app.adapters.policy.expected import ACTIONS, allowed, shown

if TYPE_CHECKING:
    from .conftest import Folder

EVERY_CELL = [cell for action, kind in ACTIONS.items() for cell in cells(action, kind)]


def test_the_policy_says_what_is_written_down(policy: WasmPolicy) -> None:
    """Each cell of the matrix, against the rules said a second time in Python."""
    decisions = Decisions(policy)
    wrong = [c for c in EVERY_CELL if decisions.allows(c.question()).allowed is not allowed(c)]
    assert wrong == []


@pytest.mark.slow
def test_threads_do_not_mix_answers(policy: WasmPolicy) -> None:
    """Ten threads, each with all cells in an order of its own."""
    decisions = Decisions(policy)

    def wrong_answers(start: int) -> int:
        order = EVERY_CELL[start:] + EVERY_CELL[:start]
        return sum(
            decisions.allows(cell.question()).allowed is not allowed(cell)
            or decisions.visible_statuses(cell.question()) != shown(cell)
            for cell in order
        )

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(wrong_answers, range(0, 500, 50))) == 0


def test_fewer_instances_than_threads_are_waited_for(folder: Folder) -> None:
    """Eight threads share two instances, and no answer is lost."""
    granted = Cell("admin", "users.delete", "none").question()
    with closing(
        WasmPolicy.load(folder.path, Limits(threads=2, seconds=30, remembered=0))
    ) as policy:
        decisions = Decisions(policy)
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(decisions.allows, [granted] * 400))
    assert all(decision.allowed for decision in answers)


def test_answers_do_not_depend_on_former_ones(policy: WasmPolicy) -> None:
    """A denied question stays denied after many allowed ones on the same instance."""
    denied = Cell("viewer", "users.delete", "none").question().document()
    granted = Cell("admin", "users.delete", "none").question().document()
    for _ in range(200):
        assert policy.evaluate(ALLOW, granted) is True
        assert policy.evaluate(ALLOW, denied) is False


@pytest.mark.parametrize(
    ("names", "answers"),
    [("caller", [True, True, True]), ("facts", [True, True, False])],
    ids=["it looks at no facts", "it looks at facts"],
)
def test_a_question_is_evaluated_once(folder: Folder, names: str, answers: list[bool]) -> None:
    """The moment makes it another one only for a policy that may look at it."""
    folder.write("policy.wasm", handmade.module(does=handmade.ALTERNATES, names=names))
    asked: list[dict[str, object]] = [
        {"action": "posts.read", "facts": {"now": now}} for now in (1, 1, 2)
    ]
    with closing(WasmPolicy.load(folder.path, Limits(threads=1))) as policy:
        assert [policy.evaluate(ALLOW, each) for each in asked] == answers


def test_another_question_has_its_own_answer(folder: Folder) -> None:
    """By what is asked, of whom, and at which entrypoint."""
    folder.write("policy.wasm", handmade.module(does=handmade.ALTERNATES))
    with closing(WasmPolicy.load(folder.path, Limits(threads=1))) as policy:
        assert policy.evaluate(ALLOW, {"action": "posts.read"}) is True
        assert policy.evaluate(VISIBLE, {"action": "posts.read"}) is False
        assert policy.evaluate(ALLOW, {"action": "posts.edit"}) is True
        assert policy.evaluate(ALLOW, {"action": "posts.edit", "caller": {}}) is False


def test_text_is_never_parsed_as_an_input(policy: WasmPolicy) -> None:
    """What is no mapping is refused before it reaches the runtime."""
    with pytest.raises(ValueError, match="dictionary"):
        policy.evaluate(ALLOW, cast("Any", '{"action": "posts.list"}'))


def test_an_unknown_entrypoint_raises(policy: WasmPolicy) -> None:
    """There is no default entrypoint to fall back to."""
    with pytest.raises(OpaWasmError):
        policy.evaluate("fmweb/unheard-of", {})


@pytest.mark.parametrize(
    "question",
    [{"now": float("nan")}, {"when": object()}, {"action": "x" * 100_000}],
    ids=["no JSON number", "no JSON value", "too large"],
)
def test_unfit_questions_raise_and_harm_nothing(
    policy: WasmPolicy, question: dict[str, object]
) -> None:
    """The next question is answered as if nothing had been."""
    with pytest.raises(OpaWasmError):
        policy.evaluate(ALLOW, question)
    assert policy.evaluate(VISIBLE, {}) == ["published"]


@contextmanager
def behaving(folder: Folder, does: str) -> Generator[WasmPolicy]:
    folder.write("policy.wasm", handmade.module(does=does))
    with closing(WasmPolicy.load(folder.path, Limits(threads=4, seconds=0.5))) as policy:
        yield policy


def test_a_loop_ends_with_the_time_limit(folder: Folder) -> None:
    """A policy that never ends is a denial after the time that it is given, time and again."""
    with behaving(folder, handmade.LOOPS) as policy:
        decisions = Decisions(policy)
        for _ in range(2):
            begun = time.monotonic()
            assert not decisions.allows(EVERY_CELL[0].question()).allowed
            assert 0.4 < time.monotonic() - begun < 10


@pytest.mark.parametrize("does", [handmade.TRAPS, handmade.ABORTS])
def test_traps_and_aborts_are_denials(folder: Folder, does: str) -> None:
    """More of them than there are instances, and the policy still answers."""
    with behaving(folder, does) as policy:
        decisions = Decisions(policy)
        for _ in range(20):
            assert not decisions.allows(EVERY_CELL[0].question()).allowed
            assert decisions.visible_statuses(EVERY_CELL[0].question()) == frozenset()
        assert policy.evaluate(ALLOW, {}) is False


def test_a_closed_policy_denies(folder: Folder) -> None:
    """What is closed raises, and raising denies."""
    policy = WasmPolicy.load(folder.path)
    policy.close()
    assert not Decisions(policy).allows(Cell("admin", "users.list", "none").question()).allowed
