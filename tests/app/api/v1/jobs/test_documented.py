"""What OpenAPI says of jobs is what happens: every status, and no other."""

from __future__ import annotations

import logging

import pytest

from tests.app.api.v1.jobs.steps import ndjson, path
from tests.app.api.v1.statuses import (
    OF_KEYS,
    ONE_A_MINUTE,
    broken_stores,
    documented,
    refused,
    seen,
    too_many,
)
from tests.app.harness import TEXT, AppHarness
from tests.app.openapi import OF_ANY_OPERATION, own_statuses

BODILESS = {"400", "413", "415"}  # the router says them for all that writes
NOBODY = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"
IMPORTS = ("POST", "/v1/jobs/imports")
LINES = ndjson([TEXT])


def life(harness: AppHarness) -> None:
    """An export and an import to their ends, and what others may not do with them."""
    export = harness.start_export()
    upload = harness.begin_import(LINES)
    job = upload["job"]
    harness.start_import(job)
    harness.send_lines(upload, LINES)
    harness.start_import(job)
    for each in (export, job):
        harness.admin.get(f"{path(each)}/result")
    harness.work()
    for each in (export, job):
        harness.admin.get(path(each))
        harness.admin.get(f"{path(each)}/result")
    harness.admin.get("/v1/jobs")
    harness.admin.get("/v1/jobs?cursor=forged")
    bare = harness.with_settings(media_bucket="")
    bare.admin.get(f"{path(job)}/result")
    bare.admin.post("/v1/jobs/exports")
    bare.admin.post("/v1/jobs/imports", json={"size": 1})
    bare.start_import(job)
    harness.admin.post(f"{path(job)}/cancel")
    harness.admin.post(f"{path(harness.start_export())}/cancel")
    bare.admin.post(f"{path(job)}/cancel")


def test_every_documented_status_is_seen_and_no_other(
    harness: AppHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """But for what keys are refused for, and for bodies where there is none."""
    known = documented(harness.anonymous, "jobs")
    with caplog.at_level(logging.INFO, "app.access"):
        life(harness)
        strict = harness.with_settings(**ONE_A_MINUTE).admin
        for method, template in known:
            body = {"size": 5} if (method, template) == IMPORTS else None
            where = template.format(job_id=NOBODY)
            too_many(strict, [(method, where)])
            refused(harness.admin, harness.anonymous, method, where, body)
            harness.ada.request(method, where, json=body)
            harness.admin.request(method, where, json=body)
            for store in broken_stores(harness.store):
                harness.with_store(store).admin.request(method, where, json=body)
    assert len(known) == 7
    for operation, statuses in seen(caplog.records, known).items():
        said = own_statuses(known[operation])
        assert statuses <= said | OF_ANY_OPERATION, operation
        bodiless = set[str]() if operation == IMPORTS else BODILESS
        keyed = OF_KEYS if operation[0] == "POST" else set[str]()
        assert said - statuses <= bodiless | keyed, operation
