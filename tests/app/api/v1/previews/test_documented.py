"""What OpenAPI says of previews is what happens: every status, and no other."""

from __future__ import annotations

import logging

import pytest

from tests.app.api.v1.previews.steps import one, previews
from tests.app.api.v1.statuses import (
    OF_KEYS,
    ONE_A_MINUTE,
    broken_stores,
    documented,
    refused,
    seen,
    too_many,
)
from tests.app.harness import AppHarness, path
from tests.app.openapi import OF_ANY_OPERATION, inlined, own_statuses

BODILESS = {"400", "413", "415"}
NOBODY = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"


def life(harness: AppHarness) -> None:
    """Previews of a published post, and what others may not do with them."""
    post = harness.published()
    issued = harness.issue_preview(post)
    harness.open_preview(issued["token"])
    harness.open_preview("forged")
    vic, here = harness.client_as("vic"), previews(post)
    for query in ("", "?cursor=forged"):
        harness.ada.get(f"{here}{query}")
    vic.post(here, json={})
    vic.get(here)
    vic.delete(one(issued))
    harness.ada.delete(one(issued))
    harness.ada.delete(one(issued))
    harness.admin.delete(path(post))


def test_every_documented_status_is_seen_and_no_other(
    harness: AppHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """But for what keys are refused for, and for bodies where there is none."""
    known = documented(harness.anonymous, "previews")
    header = {"X-Preview-Token": "some"}
    with caplog.at_level(logging.INFO, "app.access"):
        life(harness)
        strict = harness.with_settings(**ONE_A_MINUTE).ada
        for method, template in known:
            body = {} if method == "POST" else None
            where = template.format(post_id=NOBODY, preview_id="some")
            too_many(strict, [(method, where)])
            refused(harness.ada, harness.anonymous, method, where, body)
            harness.ada.request(method, where, json=body)
            for store in broken_stores(harness.store):
                broken = harness.with_store(store).ada
                broken.request(method, where, json=body, headers=header)
    assert len(known) == 4
    for operation, statuses in seen(caplog.records, known).items():
        said = own_statuses(known[operation])
        assert statuses <= said | OF_ANY_OPERATION, operation
        others = OF_KEYS if operation[0] == "POST" else BODILESS
        assert said - statuses <= others, operation


def test_the_token_is_a_header_in_openapi(harness: AppHarness) -> None:
    """Required, with an example, and no query parameter beside it; no caller is needed."""
    operation = documented(harness.anonymous, "previews")["GET", "/v1/previews"]
    [parameter] = operation["parameters"]
    assert (parameter["name"], parameter["in"]) == ("X-Preview-Token", "header")
    assert parameter["required"]
    assert parameter["schema"]["examples"]
    assert {} in operation["security"]


def test_previews_are_described(harness: AppHarness) -> None:
    """Each operation has words of its own, and each of their fields has an example."""
    schema = inlined(harness.anonymous.get("/openapi.json").json())
    known = documented(harness.anonymous, "previews").values()
    assert len({each["summary"] for each in known}) == len(known)
    assert all(each["description"] for each in known)
    schemas = schema["components"]["schemas"]
    for name in ("PreviewIn", "PreviewOut", "IssuedOut"):
        assert all("examples" in each for each in schemas[name]["properties"].values())
