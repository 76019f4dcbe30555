"""The printed matrix says what the policy says, in as few lines as say it all."""

from __future__ import annotations

from collections.abc import Mapping

from app.api.v1.auth_schemas import ACCOUNTS
from app.api.v1.posts_guards import POSTS
from app.api.v1.sessions import SESSIONS
from app.services.policy import NOTHING, VISIBLE, Decisions, ResourceKind
from model import Session
from scripts.docs.matrix_tables import Guarded, matrix_tables
from tests.app.policies import built

KINDS = {"posts.edit": POSTS, "sessions.open": SESSIONS, "auth.signup": ACCOUNTS, "x.y": NOTHING}
ASKED = [Guarded("GET /x", action, kind) for action, kind in KINDS.items()]


def test_a_new_kind_that_is_owned_has_lines_for_owners() -> None:
    """Nothing but the guard's kind says that it is owned."""
    asked = [Guarded("GET /x", "sessions.read", ResourceKind("session", Session, owner="user_id"))]
    table = matrix_tables(asked, Decisions(built()))["matrix"]
    assert "| own |  |  | ✓ | ✓ | ✓ |" in table
    assert "| another's |  | \u2013 | \u2013 | \u2013 | ✓ |" in table


def lines(action: str, decisions: Decisions) -> list[str]:
    table = matrix_tables(ASKED, decisions)["matrix"]
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
    assert first.startswith(" | `fm-web:admin`, `fm-web:editor` |")
    assert second.startswith(" | `fm-web:viewer` |")


def test_lists_are_printed_by_visible_statuses() -> None:
    """Of oneself everything, of others what is published; a policy that fails shows nothing."""
    shown = matrix_tables(ASKED, Decisions(built()))["lists"]
    assert "| another author | `published` | `published` | every status | every status |" in shown
    nothing = matrix_tables(ASKED, Decisions(Constant(allow=False)))["lists"]
    assert "| oneself |  |  |  |  |" in nothing
