"""Each POST of the app, whichever there are: done once, and answered twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from ulid import ULID

from scripts.docs.matrix import Cell, verdict
from scripts.docs.matrix_tables import Guarded, guarded
from tests.app import expect
from tests.app.api.matrix.attempt import Attempt
from tests.app.api.matrix.harness import MatrixHarness, open_matrix
from tests.app.api.matrix.test_cells import LEADS_ON, attempt_at
from tests.app.api.v1.auth.answers import ACCESS
from tests.app.openapi import inlined
from tests.app.policies import openapi_document
from tests.app.services.idempotency.keyed import (
    HEADER,
    REPLAYED,
    claims_in,
    content_of,
    new_key,
    same,
)

DOCUMENT = inlined(openapi_document())
POSTS = [each for each in guarded() if each.operation.startswith("POST ")]
ENDS_ITS_OWN_SESSION = "auth.change-password"
OF_KEYS = {"malformed-idempotency-key", "idempotency-in-progress", "idempotency-key-reused"}


@pytest.fixture(scope="module")
def harness() -> Iterator[MatrixHarness]:
    with open_matrix() as opened:
        yield opened


@pytest.fixture(autouse=True)
def tidied(harness: MatrixHarness) -> Iterator[None]:
    yield
    harness.tidy()


def cell_of(harness: MatrixHarness, asked: Guarded) -> Cell:
    """One in which the operation is allowed and leads on, for someone known if there is one."""
    allowed = (each for each in asked.cells() if verdict(harness.decisions, each))
    found = [each for each in allowed if each.status in LEADS_ON.get(each.action, {each.status})]
    return next((each for each in found if each.who != "anonymous"), found[0])


@pytest.mark.parametrize("asked", POSTS, ids=lambda asked: asked.operation)
def test_it_is_done_once_and_answered_twice(harness: MatrixHarness, asked: Guarded) -> None:
    """Status, body, Location, ETag and cookies are the first ones; table, pool and bucket stay.

    A malformed key is refused before, and the same key with another request afterwards.
    """
    attempt = attempt_at(asked, harness, cell_of(harness, asked))
    harness.writes.clear()
    malformed = replace(attempt, headers={**attempt.headers, HEADER: "short"})
    expect.failure(malformed.send(harness, "POST"), 400, "malformed-idempotency-key")
    assert harness.writes == []
    keyed = replace(attempt, headers={**attempt.headers, **new_key()})
    first = keyed.send(harness, "POST")
    assert first.status_code < 300, first.text
    after = content_of(harness.base.store), attempt.seen(), harness.objects()
    again, other = (
        keyed.send(harness, "POST"),
        replace(keyed, json=[keyed.json]).send(harness, "POST"),
    )
    if asked.action == ENDS_ITS_OWN_SESSION:
        expect.failure(again, 401, "session-ended")
        expect.failure(other, 401, "session-ended")
    else:
        assert same(first, again)
        expect.failure(other, 422, "idempotency-key-reused")
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert (content_of(harness.base.store), attempt.seen(), harness.objects()) == after


def spoiled(asked: Guarded, attempt: Attempt) -> Attempt:
    """The same with a body, an identity or whatever else it has that cannot be meant."""
    if attempt.json is not None:
        return replace(attempt, json=[attempt.json])
    path = asked.operation.partition(" ")[2]
    if "{" in path:
        names = {"user_id": "nobody", "number": "1"}
        given = {name: names.get(name, str(ULID())) for name in re.findall(r"{(.*?)}", path)}
        return replace(attempt, path=path.format(**given))
    match path.rpartition("/")[2]:
        case "logout":
            return replace(attempt, headers=attempt.headers | {"Origin": "https://example.org"})
        case "exports":
            return attempt
        case "refresh":
            return replace(attempt, headers={"Origin": attempt.headers["Origin"]})
        case _:
            return replace(attempt, params={"compare": "perhaps"})


@pytest.mark.parametrize("asked", POSTS, ids=lambda asked: asked.operation)
def test_a_refusal_frees_the_key(
    harness: MatrixHarness, asked: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is known of it any more: the next attempt with the key is judged anew."""
    attempt = attempt_at(asked, harness, cell_of(harness, asked))
    if asked.action == "jobs.export":  # nothing that a client sends is wrong
        state = harness.base.app.state._state
        monkeypatch.setitem(state, "container", replace(state["container"], queue=None))
    wrong = spoiled(asked, attempt)
    answer = replace(wrong, headers={**wrong.headers, **new_key()}).send(harness, "POST")
    assert 400 <= answer.status_code < 500 or answer.json()["error"]["code"] == "not-configured"
    assert claims_in(harness.base.store) == []


def test_a_changed_password_is_answered_again_in_another_session(harness: MatrixHarness) -> None:
    """The session that changed it is over; the user, in a new one, still repeats the request."""
    (asked,) = [each for each in POSTS if each.action == ENDS_ITS_OWN_SESSION]
    attempt = attempt_at(asked, harness, Cell("viewer", asked.action, asked.kind.name))
    keyed = replace(attempt, headers=new_key())
    first = keyed.send(harness, "POST")
    token = first.cookies[ACCESS]
    assert same(first, replace(keyed, token=token).send(harness, "POST"))


@pytest.mark.parametrize("asked", POSTS, ids=lambda asked: asked.operation)
def test_its_documents_say_so(asked: Guarded) -> None:
    """The header may be sent, the refusals are listed, and success may say that it is another's."""
    shown: dict[str, Any] = DOCUMENT["paths"][asked.operation.partition(" ")[2]]["post"]
    (key,) = [each for each in shown["parameters"] if each["name"] == HEADER]
    assert not key["required"]
    assert set(shown["responses"]["default"]["content"]["application/json"]["examples"]) >= OF_KEYS
    (success,) = [each for status, each in shown["responses"].items() if status < "300"]
    assert REPLAYED in success["headers"]


def test_no_post_is_forgotten() -> None:
    """All that the document has are tried above, and no other method takes a key."""
    keyed = {
        f"{method.upper()} {path}"
        for path, item in DOCUMENT["paths"].items()
        for method, shown in item.items()
        if HEADER in str(shown.get("parameters"))
    }
    posts = {f"POST {path}" for path, item in DOCUMENT["paths"].items() if "post" in item}
    assert keyed == posts == {each.operation for each in POSTS}
    assert len(posts) >= 25


def test_other_methods_ignore_the_header(harness: MatrixHarness) -> None:
    """Even a malformed one: their repetition is harmless by itself."""
    answer = harness.client.get("/v1/categories", headers={HEADER: "x"})
    expect.success(answer)
    assert REPLAYED not in answer.headers
