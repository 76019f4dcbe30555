"""What OpenAPI says of previews is what happens: every status, and no other."""

from __future__ import annotations

import logging

import pytest

from tests.app.harness import path
from tests.app.openapi import OF_ANY_OPERATION, inlined, own_statuses
from tests.app.v1.previews.desk import Desk, one, previews
from tests.app.v1.statuses import (
    OF_KEYS,
    ONE_A_MINUTE,
    broken_stores,
    documented,
    refused,
    seen,
    too_many,
)

BODILESS = {"400", "413", "415"}
NOBODY = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"


def life(desk: Desk) -> None:
    """Previews of a published post, and what others may not do with them."""
    post = desk.published()
    issued = desk.issue(post)
    desk.show(issued["token"])
    desk.show("forged")
    vic, here = desk.speaking("vic"), previews(post)
    for query in ("", "?cursor=forged"):
        desk.ada.get(f"{here}{query}")
    vic.post(here, json={})
    vic.get(here)
    vic.delete(one(issued))
    desk.ada.delete(one(issued))
    desk.ada.delete(one(issued))
    desk.admin.delete(path(post))


def test_every_documented_status_is_seen_and_no_other(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """But for what keys are refused for, and for bodies where there is none."""
    known = documented(desk.anonymous, "previews")
    header = {"X-Preview-Token": "some"}
    with caplog.at_level(logging.INFO, "app.access"):
        life(desk)
        strict = desk.configured(**ONE_A_MINUTE).ada
        for method, template in known:
            body = {} if method == "POST" else None
            where = template.format(post_id=NOBODY, preview_id="some")
            too_many(strict, [(method, where)])
            refused(desk.ada, desk.anonymous, method, where, body)
            desk.ada.request(method, where, json=body)
            for store in broken_stores(desk.store):
                broken = desk.through(store).ada
                broken.request(method, where, json=body, headers=header)
    assert len(known) == 4
    for operation, statuses in seen(caplog.records, known).items():
        said = own_statuses(known[operation])
        assert statuses <= said | OF_ANY_OPERATION, operation
        others = OF_KEYS if operation[0] == "POST" else BODILESS
        assert said - statuses <= others, operation


def test_the_token_is_a_header_in_openapi(desk: Desk) -> None:
    """Required, with an example, and no query parameter beside it; no caller is needed."""
    operation = documented(desk.anonymous, "previews")["GET", "/v1/previews"]
    [parameter] = operation["parameters"]
    assert (parameter["name"], parameter["in"]) == ("X-Preview-Token", "header")
    assert parameter["required"]
    assert parameter["schema"]["examples"]
    assert {} in operation["security"]


def test_previews_are_described(desk: Desk) -> None:
    """Each operation has words of its own, and each of their fields has an example."""
    schema = inlined(desk.anonymous.get("/openapi.json").json())
    known = documented(desk.anonymous, "previews").values()
    assert len({each["summary"] for each in known}) == len(known)
    assert all(each["description"] for each in known)
    schemas = schema["components"]["schemas"]
    for name in ("PreviewIn", "PreviewOut", "IssuedOut"):
        assert all("examples" in each for each in schemas[name]["properties"].values())
