"""What OpenAPI says of files is what happens: every status, and no other."""

from __future__ import annotations

import logging

import pytest

from tests.app.api.v1.media.steps import FILE, path
from tests.app.api.v1.statuses import (
    OF_KEYS,
    ONE_A_MINUTE,
    broken_stores,
    documented,
    refused,
    seen,
    too_many,
)
from tests.app.harness import AppHarness
from tests.app.openapi import OF_ANY_OPERATION, own_statuses

BODILESS = {"400", "413", "415"}  # the router says them for all that writes
NOBODY = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"
WITH_BODY = ("POST", "/v1/media")
LISTS = ("GET", "/v1/media")


def life(harness: AppHarness) -> None:
    """Two files from their announcement to their end, and what others may not do with them."""
    for answer in (harness.begin_upload(), harness.begin_upload()):
        media = answer["media"]
        here = path(media)
        harness.client_as("vic").post("/v1/media", json=FILE)
        harness.complete(media)
        harness.ada.get(f"{here}/download")
        harness.send_file(answer)
        harness.complete(media, "root", "admin")
        harness.complete(media)
        harness.ada.get(here)
        harness.ada.get(f"{here}/download")
        harness.editor.delete(here)
        harness.ada.delete(here)
    for query in ("", "?ownerId=eve", "?cursor=forged"):
        harness.ada.get(f"/v1/media{query}")


def test_every_documented_status_is_seen_and_no_other(
    harness: AppHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """But for bodies where there is none, and 403 where a file is known to whoever may read it."""
    known = documented(harness.anonymous, "media")
    with caplog.at_level(logging.INFO, "app.access"):
        life(harness)
        strict = harness.with_settings(**ONE_A_MINUTE).ada
        for method, template in known:
            body = FILE if (method, template) == WITH_BODY else None
            where = template.format(media_id=NOBODY)
            too_many(strict, [(method, where)])
            refused(harness.ada, harness.anonymous, method, where, body)
            harness.ada.request(method, where, json=body)
            for store in broken_stores(harness.store):
                harness.with_store(store).ada.request(method, where, json=body)
    assert len(known) == 6
    for operation, statuses in seen(caplog.records, known).items():
        said = own_statuses(known[operation])
        assert statuses <= said | OF_ANY_OPERATION, operation
        bodiless = OF_KEYS if operation == WITH_BODY else BODILESS
        reads = {"403"} if operation[0] == "GET" and operation != LISTS else set[str]()
        assert said - statuses <= bodiless | reads, operation
