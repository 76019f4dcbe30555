"""The printed matrix says what the policy says, in as few lines as say it all."""

from __future__ import annotations

from collections.abc import Mapping

from app.services.policy import VISIBLE, Decisions
from scripts.docs.matrix_tables import matrix_tables
from tests.app.policies import built

ASKED = {"posts.edit": "post", "sessions.open": "session", "auth.signup": "account", "x.y": "none"}
OPENAPI = {"paths": {"/x": {"get": {"x-policy-actions": ASKED}}}}


def lines(action: str, decisions: Decisions) -> list[str]:
    table = matrix_tables(OPENAPI, decisions)["matrix"]
    found = [line for line in table.splitlines() if line.startswith(f"| `{action}`")]
    return [line.partition(" | ")[2].partition(" | ")[2] for line in found]


class Constant:
    """A policy that always answers the same."""

    def __init__(self, *, allow: bool) -> None:
        self._allow = allow

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        return [] if entrypoint == VISIBLE else self._allow


def test_statuses_and_owners_that_matter_have_lines() -> None:
    """And those that do not share one; the anonymous have no cell of their own things."""
    assert lines("posts.edit", Decisions(built())) == [
        "own | `draft` |  | ✓ | ✓ | ✓ |",
        "another's | `draft` | \u2013 | \u2013 | \u2013 | ✓ |",
        "any | `in-review`, `published`, `archived` | \u2013 | \u2013 | ✓ | ✓ |",
    ]


def test_facts_that_do_not_matter_are_not_named() -> None:
    """A policy that allows everything needs a line for each action."""
    decisions = Decisions(Constant(allow=True))
    assert lines("posts.edit", decisions) == ["any | any | ✓ | ✓ | ✓ | ✓ |"]
    assert lines("sessions.open", decisions) == ["any |  | ✓ | ✓ | ✓ | ✓ |"]
    assert lines("auth.signup", decisions) == [" | any | ✓ | ✓ | ✓ | ✓ |"]
    assert lines("x.y", decisions) == [" |  | ✓ | ✓ | ✓ | ✓ |"]


def test_a_wanted_role_is_named() -> None:
    """Where it matters."""
    first, second = lines("auth.signup", Decisions(built()))
    assert first.startswith(" | `fm-web:viewer` |")
    assert second.startswith(" | `fm-web:editor`, `fm-web:admin` |")


def test_lists_are_printed_by_visible_statuses() -> None:
    """Of oneself everything, of others what is published; a policy that fails shows nothing."""
    shown = matrix_tables(OPENAPI, Decisions(built()))["lists"]
    assert "| another author | `published` | `published` | every status | every status |" in shown
    nothing = matrix_tables(OPENAPI, Decisions(Constant(allow=False)))["lists"]
    assert "| oneself |  |  |  |  |" in nothing
