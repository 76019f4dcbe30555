"""Decisions: only true allows, every failure denies, and the log says what happened."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.context import JsonFormatter
from app.services.policy import Caller, Decisions, Question, Resource
from model import PostStatus, Role

QUESTION = Question(
    Caller("sub-1", frozenset({Role.EDITOR})),
    "posts.edit",
    Resource("post", owner="a-secret-owner", status=PostStatus.DRAFT),
    datetime(2026, 1, 1, tzinfo=UTC),
)


@dataclass
class Answers:
    """A policy that gives one answer, or raises it."""

    answer: object

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def facts(caplog: pytest.LogCaptureFixture, level: int) -> list[dict[str, Any]]:
    return [vars(record)["facts"] for record in caplog.records if record.levelno == level]


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "app.policy")


def test_true_allows() -> None:
    """And the decision says what was allowed."""
    decision = Decisions(Answers(True)).allows(QUESTION)
    assert decision.allowed is True
    assert decision.action == "posts.edit"


def test_false_denies_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """A denial is no failure."""
    assert Decisions(Answers(False)).allows(QUESTION).allowed is False
    assert facts(caplog, logging.ERROR) == []


@pytest.mark.parametrize(
    "answer", [1, 1.0, "true", "", None, [], [True], {"allow": True}, {}, ...], ids=repr
)
def test_anything_else_denies_with_an_error(
    answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    """However true it looks."""
    assert Decisions(Answers(answer)).allows(QUESTION).allowed is False
    assert [line["error"] for line in facts(caplog, logging.ERROR)] == ["ValidationError"]


@pytest.mark.parametrize("error", [RuntimeError("a-secret"), KeyError("a-secret"), MemoryError()])
def test_an_exception_denies_with_an_error(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """Its class is logged, what it says is not."""
    decision = Decisions(Answers(error)).allows(QUESTION)
    assert decision.allowed is False
    [line] = facts(caplog, logging.ERROR)
    assert line == {
        "entrypoint": "fmweb/allow",
        "decisionId": decision.id,
        "action": "posts.edit",
        "subject": "sub-1",
        "error": type(error).__name__,
    }
    assert all("secret" not in JsonFormatter().format(record) for record in caplog.records)


def test_a_question_that_cannot_be_written_denies() -> None:
    """What fails before the policy is asked is a denial as well."""
    broken: Any = replace(QUESTION, now=None)  # type: ignore[arg-type]  # what types forbid
    assert Decisions(Answers(True)).allows(broken).allowed is False


@pytest.mark.parametrize("ends", [KeyboardInterrupt(), SystemExit()])
def test_the_end_of_the_process_is_not_held_up(ends: BaseException) -> None:
    """What is no `Exception` goes on."""
    with pytest.raises(type(ends)):
        Decisions(Answers(ends)).allows(QUESTION)


@pytest.mark.parametrize(("answer", "level"), [(True, logging.DEBUG), (False, logging.INFO)])
def test_every_decision_is_logged(
    answer: bool, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Denials at INFO, so that they are seen where DEBUG is not."""
    decision = Decisions(Answers(answer)).allows(QUESTION)
    expected = {"action": "posts.edit", "subject": "sub-1", "allowed": answer}
    assert facts(caplog, level) == [{"decisionId": decision.id, **expected}]
    [record] = caplog.records
    assert json.loads(JsonFormatter().format(record))["decisionId"] == decision.id


def test_decision_ids_are_told_apart() -> None:
    """Each decision has its own."""
    decisions = Decisions(Answers(True))
    assert len({decisions.allows(QUESTION).id for _ in range(100)}) == 100


def test_the_anonymous_have_no_subject_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """An empty one could be taken for somebody."""
    Decisions(Answers(True)).allows(replace(QUESTION, caller=None))
    assert facts(caplog, logging.DEBUG)[0]["subject"] is None


def test_visible_statuses_are_a_set(caplog: pytest.LogCaptureFixture) -> None:
    """The answer shapes a query, and is logged."""
    visible = Decisions(Answers(["draft", "published"])).visible_statuses(QUESTION)
    assert visible == {PostStatus.DRAFT, PostStatus.PUBLISHED}
    assert facts(caplog, logging.DEBUG)[0]["visible"] == ["draft", "published"]


@pytest.mark.parametrize(
    "answer",
    [
        RuntimeError(),
        True,
        None,
        "published",
        {"published": True},
        ["published", "unheard-of"],
        ["published", None],
        ["published", 1],
        [["published"]],
    ],
    ids=repr,
)
def test_malformed_statuses_show_nothing(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    """Not even the part of the answer that could be read."""
    assert Decisions(Answers(answer)).visible_statuses(QUESTION) == frozenset()
    assert len(facts(caplog, logging.ERROR)) == 1
