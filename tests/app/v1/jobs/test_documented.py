"""What OpenAPI says of jobs is what happens: every status, and no other."""

from __future__ import annotations

import logging

import pytest

from tests.app.harness import TEXT
from tests.app.openapi import OF_ANY_OPERATION, own_statuses
from tests.app.v1.jobs.office import Office, ndjson, path
from tests.app.v1.statuses import (
    OF_KEYS,
    ONE_A_MINUTE,
    broken_stores,
    documented,
    refused,
    seen,
    too_many,
)

BODILESS = {"400", "413", "415"}  # the router says them for all that writes
NOBODY = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"
IMPORTS = ("POST", "/v1/jobs/imports")
LINES = ndjson([TEXT])


def life(office: Office) -> None:
    """An export and an import to their ends, and what others may not do with them."""
    export = office.export()
    upload = office.announce(LINES)
    job = upload["job"]
    office.start(job)
    office.send(upload, LINES)
    office.start(job)
    for each in (export, job):
        office.root.get(f"{path(each)}/result")
    office.work()
    for each in (export, job):
        office.root.get(path(each))
        office.root.get(f"{path(each)}/result")
    office.root.get("/v1/jobs")
    office.root.get("/v1/jobs?cursor=forged")
    bare = office.configured(media_bucket="")
    bare.root.get(f"{path(job)}/result")
    bare.root.post("/v1/jobs/exports")
    bare.root.post("/v1/jobs/imports", json={"size": 1})
    bare.start(job)
    office.root.post(f"{path(job)}/cancel")
    office.root.post(f"{path(office.export())}/cancel")
    bare.root.post(f"{path(job)}/cancel")


def test_every_documented_status_is_seen_and_no_other(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """But for what keys are refused for, and for bodies where there is none."""
    known = documented(office.anonymous, "jobs")
    with caplog.at_level(logging.INFO, "app.access"):
        life(office)
        strict = office.configured(**ONE_A_MINUTE).root
        for method, template in known:
            body = {"size": 5} if (method, template) == IMPORTS else None
            where = template.format(job_id=NOBODY)
            too_many(strict, [(method, where)])
            refused(office.root, office.anonymous, method, where, body)
            office.ada.request(method, where, json=body)
            office.root.request(method, where, json=body)
            for store in broken_stores(office.store):
                office.through(store).root.request(method, where, json=body)
    assert len(known) == 7
    for operation, statuses in seen(caplog.records, known).items():
        said = own_statuses(known[operation])
        assert statuses <= said | OF_ANY_OPERATION, operation
        bodiless = set[str]() if operation == IMPORTS else BODILESS
        keyed = OF_KEYS if operation[0] == "POST" else set[str]()
        assert said - statuses <= bodiless | keyed, operation
