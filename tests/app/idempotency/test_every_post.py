"""Each POST of the app, whichever there are: done once, and answered twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from scripts.docs.matrix import Cell, verdict
from scripts.docs.matrix_tables import Guarded, guarded
from tests.app import expect
from tests.app.idempotency.keyed import HEADER, REPLAYED, content_of, new_key, same
from tests.app.matrix.test_cells import ATTEMPTS, LEADS_ON
from tests.app.matrix.world import World
from tests.app.openapi import inlined
from tests.app.policies import openapi_document

DOCUMENT = inlined(openapi_document())
POSTS = [each for each in guarded() if each.operation.startswith("POST ")]
ENDS_ITS_OWN_SESSION = "auth.change-password"
OF_KEYS = {"malformed-idempotency-key", "idempotency-in-progress", "idempotency-key-reused"}


@pytest.fixture(autouse=True)
def tidied(world: World) -> Iterator[None]:
    yield
    world.tidy()


def cell_of(world: World, asked: Guarded) -> Cell:
    """One in which the operation is allowed and leads on, for someone known if there is one."""
    allowed = (each for each in asked.cells() if verdict(world.decisions, each))
    found = [each for each in allowed if each.status in LEADS_ON.get(each.action, {each.status})]
    return next((each for each in found if each.who != "anonymous"), found[0])


@pytest.mark.parametrize("asked", POSTS, ids=lambda asked: asked.operation)
def test_it_is_done_once_and_answered_twice(world: World, asked: Guarded) -> None:
    """Status, body, Location, ETag and cookies are the first ones; table, pool and bucket stay.

    A malformed key is refused before, and the same key with another request afterwards.
    """
    attempt = ATTEMPTS[asked.operation, asked.action](world, cell_of(world, asked))
    world.writes.clear()
    malformed = replace(attempt, headers={**attempt.headers, HEADER: "short"})
    expect.failure(malformed.send(world, "POST"), 400, "malformed-idempotency-key")
    assert world.writes == []
    keyed = replace(attempt, headers={**attempt.headers, **new_key()})
    first = keyed.send(world, "POST")
    assert first.status_code < 300, first.text
    after = content_of(world.town.store), attempt.seen(), world.objects()
    again, other = keyed.send(world, "POST"), replace(keyed, json=[keyed.json]).send(world, "POST")
    if asked.action == ENDS_ITS_OWN_SESSION:
        expect.failure(again, 401, "session-ended")
        expect.failure(other, 401, "session-ended")
    else:
        assert same(first, again)
        expect.failure(other, 422, "idempotency-key-reused")
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert (content_of(world.town.store), attempt.seen(), world.objects()) == after


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


def test_other_methods_ignore_the_header(world: World) -> None:
    """Even a malformed one: their repetition is harmless by itself."""
    answer = world.client.get("/v1/categories", headers={HEADER: "x"})
    expect.success(answer)
    assert REPLAYED not in answer.headers
