"""The input document: what is in it, and that absent facts are absent."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from app.services.policy import Caller, Question, Resource
from model import PostStatus, Role

NOW = datetime.fromtimestamp(1_767_000_000, UTC)


def test_a_full_question_is_the_documented_input() -> None:
    """JSON values only; roles in order."""
    caller = Caller("sub-1", frozenset({Role.VIEWER, Role.EDITOR}))
    resource = Resource("post", owner="sub-2", status=PostStatus.IN_REVIEW, category="news")
    document = Question(caller, "posts.edit", resource, NOW).document()
    assert json.loads(json.dumps(document)) == {
        "caller": {"id": "sub-1", "roles": ["fm-web:editor", "fm-web:viewer"], "known": True},
        "action": "posts.edit",
        "resource": {
            "type": "post",
            "owner": "sub-2",
            "status": "in-review",
            "category": "news",
        },
        "facts": {"now": 1_767_000_000},
    }


def test_absent_facts_are_absent_keys() -> None:
    """Null is never among them."""
    document = Question(None, "posts.list", Resource("post"), NOW).document()
    assert document["resource"] == {"type": "post"}
    assert "null" not in json.dumps(document)


def test_the_anonymous_caller_is_not_known() -> None:
    """No identity, no role."""
    question = Question(None, "posts.list", Resource("post"), NOW)
    assert question.document()["caller"] == {"id": "", "roles": [], "known": False}


def test_a_wanted_role_is_a_fact_of_an_account() -> None:
    """It is whatever was asked for."""
    assert Resource("account", role="fm-web:admin").document() == {
        "type": "account",
        "role": "fm-web:admin",
    }
