"""The ledger finds planted losses, and nothing where a write may or may not have happened."""

from __future__ import annotations

import pytest

from scripts.load.ledger import Content, Ledger

FIRST = Content("Title", "First", "draft")
SECOND = Content("Title", "Second", "draft")
READ_BY_ALL = Content("Title", "Second", "published")


@pytest.fixture
def ledger() -> Ledger:
    """Holds one post that was created and edited."""
    ledger = Ledger()
    ledger.acknowledge("p", FIRST)
    ledger.acknowledge("p", SECOND)
    return ledger


def test_what_was_last_acknowledged_is_no_loss(ledger: Ledger) -> None:
    """Two writes were acknowledged, and the second one counts."""
    assert not list(ledger.losses({"p": SECOND}))
    assert ledger.writes == 2


@pytest.mark.parametrize("found", [None, FIRST, READ_BY_ALL], ids=["gone", "undone", "unasked"])
def test_a_planted_loss_is_found(ledger: Ledger, found: Content | None) -> None:
    """A post that is gone, an edit that was undone, a change that nobody asked for."""
    (loss,) = ledger.losses({"p": found})
    assert "post p should be draft 'Title' with 'Second', and is " in str(loss)


def test_a_deleted_post_that_is_back_is_a_loss(ledger: Ledger) -> None:
    """The acknowledged deletion was lost."""
    ledger.acknowledge("p", None)
    assert not list(ledger.losses({"p": None}))
    (loss,) = ledger.losses({"p": SECOND})
    assert "should be deleted" in str(loss)


@pytest.mark.parametrize("attempt", [READ_BY_ALL, None], ids=["change", "deletion"])
def test_a_write_without_an_answer_may_have_happened_or_not(
    ledger: Ledger, attempt: Content | None
) -> None:
    """Both states are right, and a third is not."""
    ledger.doubt("p", attempt)
    assert not list(ledger.losses({"p": SECOND}))
    assert not list(ledger.losses({"p": attempt}))
    assert list(ledger.losses({"p": FIRST}))


def test_the_next_acknowledged_write_ends_the_doubt(ledger: Ledger) -> None:
    """What was uncertain before is a loss afterwards."""
    ledger.doubt("p", None)
    ledger.acknowledge("p", READ_BY_ALL)
    assert list(ledger.losses({"p": None}))


def test_a_published_post_has_to_be_listed(ledger: Ledger) -> None:
    """Drafts need not be, nor what may have been unpublished or deleted."""
    assert ledger.unlisted(set()) == []
    ledger.acknowledge("p", READ_BY_ALL)
    assert ledger.unlisted(set()) == ["p"]
    assert ledger.unlisted({"p"}) == []
    ledger.doubt("p", None)
    assert ledger.unlisted(set()) == []


def test_only_what_is_being_deleted_may_be_gone(ledger: Ledger) -> None:
    """From the moment on when the deletion is sent."""
    assert not ledger.may_be_gone("p")
    ledger.deleting("p")
    assert ledger.may_be_gone("p")
