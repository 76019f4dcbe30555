"""What happens inside is told to a client by one registry, and not a word more."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TypeVar

import pytest
from fastapi.exceptions import ResponseValidationError
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from access_patterns.posts import NO_CATEGORY, NOT_A_DRAFT, SLUG_TAKEN
from app.api.kit.openapi import problems
from app.core.problems import Conflict, Forbidden, LoginRefused, NotFound, Problem, problem_types
from app.services import objects
from singletable.errors import RequestError, SingleTableError, request, service
from tests.app import expect, toy

E = TypeVar("E", bound=Exception)
ITEM = {"entity": "Post", "key": "POST#secret-key"}
SERVICE = {"operation": "Query", "code": "X", "detail": "arn:aws:secret"}

TOLD = [
    (request.InvalidCursor(), 400, "invalid-cursor"),
    (
        request.InvalidKeyValue(where="k", field="slug", value="#", reason="no"),
        422,
        "unprocessable",
    ),
    (request.InvalidItem(entity="Post", problems="title: too long"), 422, "unprocessable"),
    (request.UnstorableValue(where="w", value=1, reason="no"), 422, "unprocessable"),
    (request.ItemMissing(**ITEM), 404, "not-found"),
    (request.ItemExists(**ITEM), 409, "already-exists"),
    (request.UniqueTaken(**ITEM, field="slug"), 409, "taken"),
    (request.VersionConflict(**ITEM), 409, "version-conflict"),
    (request.ConditionFailed(**ITEM), 409, "conflict"),
    (request.WriteRefused(**ITEM), 409, "conflict"),
    (request.ItemExists(entity="PostSlug", key="secret", labels=(SLUG_TAKEN,)), 409, "taken"),
    (request.ConditionFailed(entity="PostSlug", key="secret", labels=(SLUG_TAKEN,)), 409, "taken"),
    (
        request.ItemMissing(entity="CategoryUsage", key="secret", labels=(NO_CATEGORY,)),
        422,
        "unprocessable",
    ),
    (request.ItemMissing(**ITEM, labels=(NO_CATEGORY,)), 409, "conflict"),
    (request.ItemExists(**ITEM, labels=(SLUG_TAKEN,)), 409, "conflict"),
    (service.Contended(operation="x", attempts=3), 503, "busy"),
    (service.Throttled(**SERVICE), 503, "busy"),
    (service.Unprocessed(operation="x", asked=2, keys=("a",)), 503, "busy"),
    (service.BatchUnfinished(asked=2, unwritten={0: "a"}, uncertain={}, reason="r"), 503, "busy"),
    (service.ServiceUnavailable(**SERVICE), 503, "unavailable"),
    (service.TableMissing(**SERVICE), 500, "internal-error"),
    (service.TokenReused(**SERVICE), 500, "internal-error"),
    (service.IndexMissing(**SERVICE), 500, "internal-error"),
    (service.AccessRefused(**SERVICE), 500, "internal-error"),
    (service.ServiceError(**SERVICE), 500, "internal-error"),
    (request.RequestError(), 500, "internal-error"),
    (request.InvalidOperation(where="secret", declared="d", allowed="a"), 500, "internal-error"),
    (request.UnplannedOperation(where="secret", declared="d", allowed="a"), 500, "internal-error"),
    (
        request.IncompleteKey(entity="P", index="secret", changed="c", missing="m"),
        500,
        "internal-error",
    ),
    (request.TransactionRefused(problem="secret", allowed="a"), 500, "internal-error"),
    (request.InvalidStoredItem(**ITEM, problems="secret"), 500, "internal-error"),
    (request.RequestLimitReached(operation="secret", requests=3), 500, "internal-error"),
    (request.TransactionCancelled(failures={}), 409, "conflict"),
    (
        request.TransactionCancelled(
            failures={
                0: request.ConditionFailed(**ITEM),
                1: request.ItemMissing(**ITEM),
                2: request.UniqueTaken(**ITEM, field="slug"),
            }
        ),
        409,
        "taken",
    ),
    (
        request.TransactionCancelled(
            failures={0: request.ItemExists(**ITEM), 1: request.VersionConflict(**ITEM)}
        ),
        409,
        "version-conflict",
    ),
    (
        request.TransactionCancelled(
            failures={0: request.ItemMissing(**ITEM), 1: request.ItemExists(**ITEM)}
        ),
        404,
        "not-found",
    ),
    (request.TransactionCancelled(failures={3: request.ItemMissing(**ITEM)}), 404, "not-found"),
    (request.AttachedWriteRefused(failures={0: request.ItemExists(**ITEM)}), 503, "busy"),
    (request.ItemExists(**ITEM, written="unknown"), 503, "unavailable"),
    (service.Throttled(**SERVICE, written="unknown"), 503, "unavailable"),
    (request.WrittenUnreadable(**ITEM, problems="secret"), 500, "internal-error"),
    (objects.ObjectMissing(cause="secret"), 404, "not-found"),
    (objects.StorageUnavailable(cause="secret"), 503, "unavailable"),
    (objects.StorageRefused(cause="secret"), 500, "internal-error"),
    (Conflict(reason="another size", cause="secret"), 409, "conflict"),
    (Forbidden(action="publish"), 403, "forbidden"),
    (NotFound(what="post \ud800"), 404, "not-found"),
    (HTTPException(418, "secret"), 500, "internal-error"),
    (HTTPException(400, "secret"), 400, "malformed-body"),
    (RuntimeError("secret"), 500, "internal-error"),
    (ResponseValidationError([{"loc": ("x",), "input": "secret"}]), 500, "internal-error"),
    (ExceptionGroup("secret", [ValueError("secret")]), 500, "internal-error"),
]


@pytest.mark.parametrize(
    ("error", "status", "code"), TOLD, ids=[f"{type(e).__name__}-{c}" for e, _, c in TOLD]
)
def test_every_error_is_told_as_the_table_says(
    client: TestClient, error: Exception, status: int, code: str
) -> None:
    """Status, code, exact envelope; keys, names and causes stay inside."""
    toy.raised.append(error)
    answer = client.patch("/v1/notes/a")
    expect.failure(answer, status, code)
    assert "secret" not in answer.text


def test_the_words_of_a_pattern_reach_the_client(client: TestClient) -> None:
    """The message of its label."""
    for error in (request.ConditionFailed, request.ItemMissing, request.ItemExists):
        toy.raised.append(error(**ITEM, labels=(NOT_A_DRAFT,)))
        told = expect.failure(client.patch("/v1/notes/a"), 409, "conflict")
        assert told["message"] == NOT_A_DRAFT.message


def test_a_refused_value_is_named(client: TestClient) -> None:
    """Words about one value of the request say which."""
    for error, location in (
        (request.ItemExists(entity="PostSlug", key="k", labels=(SLUG_TAKEN,)), "body.slug"),
        (
            request.ItemMissing(entity="CategoryUsage", key="k", labels=(NO_CATEGORY,)),
            "body.categoryId",
        ),
    ):
        toy.raised.append(request.TransactionCancelled(failures={1: error}))
        details = client.patch("/v1/notes/a").json()["error"]["details"]
        assert [detail["location"] for detail in details] == [location]


def test_a_lost_race_under_if_match_is_a_failed_precondition(client: TestClient) -> None:
    """VersionConflict is 412 if the client said which state it changes, in transactions too."""
    conflict = request.VersionConflict(**ITEM)
    for error in (conflict, request.TransactionCancelled(failures={0: conflict})):
        toy.raised.append(error)
        answer = client.patch("/v1/notes/a", headers={"If-Match": '"x"'})
        expect.failure(answer, 412, "precondition-failed")


def test_a_busy_store_says_when_to_come_back(client: TestClient) -> None:
    """Throttling answers carry Retry-After."""
    toy.raised.append(service.Throttled(**SERVICE))
    assert client.patch("/v1/notes/a").headers["retry-after"] == "1"


def test_a_fault_is_logged_with_its_cause_and_trace_id(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """What the client is not told is in the log."""
    toy.raised.append(RuntimeError("the cause"))
    client.patch("/v1/notes/a")
    (record,) = [each for each in caplog.records if each.name == "app.error"]
    assert record.levelno == logging.ERROR
    assert "the cause" in caplog.text


def test_why_a_client_was_refused_is_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the reason that the answer keeps to itself."""
    toy.raised.append(LoginRefused(cause="the user pool: not-authorized"))
    with caplog.at_level(logging.INFO, "app.error"):
        answer = client.patch("/v1/notes/a")
    assert "not-authorized" not in answer.text
    (record,) = [each for each in caplog.records if each.name == "app.error"]
    assert record.getMessage().endswith("are not right (the user pool: not-authorized)")


def test_an_answer_that_fits_no_model_is_not_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Its place is; its value may be a secret."""
    toy.raised.append(ResponseValidationError([{"loc": ("data", "token"), "input": "hush"}]))
    client.patch("/v1/notes/a")
    assert "token" in caplog.text
    assert "hush" not in caplog.text


def every(cls: type[E]) -> Iterator[type[E]]:
    for each in cls.__subclasses__():
        yield each
        yield from every(each)


def test_every_error_of_the_engine_was_thought_of() -> None:
    """A new RequestError without a row in the test above fails here."""
    engine = {cls for cls in every(RequestError) if cls.__module__.startswith("singletable.")}
    assert engine | {RequestError} == {type(e) for e, *_ in TOLD if isinstance(e, SingleTableError)}


def test_the_catalogue_lists_every_code_once() -> None:
    """Each code has one status, a meaning and a remedy."""
    types = problem_types()
    codes = [each.code for each in types]
    assert len(codes) == len(set(codes))
    assert {"not-found", "internal-error", "busy", "precondition-required"} <= set(codes)
    assert all(each.why.endswith(".") and each.remedy.endswith(".") for each in types)
    assert [each.status for each in types] == sorted(each.status for each in types)


def test_an_error_below_a_type_keeps_its_code() -> None:
    """Every error that may be raised is of one type that the catalogue lists."""
    listed = {(each.status, each.code) for each in problem_types()}
    raised = {each for each in every(Problem) if not each.__name__.startswith("_")}
    assert objects.ObjectMissing in raised
    assert {(each.status, each.code) for each in raised} == listed


def test_every_refusal_can_be_documented() -> None:
    """The OpenAPI entry groups by status and shows an example per code."""
    entries = problems(*problem_types())
    assert set(entries) == {each.status for each in problem_types()}
    examples = entries[404]["content"]["application/json"]["examples"]
    assert set(examples) == {"no-such-route", "not-found"}
