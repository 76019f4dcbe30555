"""What OpenAPI says of files is what happens: every status, and no other."""

from __future__ import annotations

import logging

import pytest

from tests.app.openapi import OF_ANY_OPERATION, own_statuses
from tests.app.v1.media.bucket import FILE, Library, path
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
WITH_BODY = ("POST", "/v1/media")
LISTS = ("GET", "/v1/media")


def life(library: Library) -> None:
    """Two files from their announcement to their end, and what others may not do with them."""
    for answer in (library.announce(), library.announce()):
        media = answer["media"]
        here = path(media)
        library.speaking("vic").post("/v1/media", json=FILE)
        library.complete(media)
        library.ada.get(f"{here}/download")
        library.send(answer)
        library.complete(media, "root", "admin")
        library.complete(media)
        library.ada.get(here)
        library.ada.get(f"{here}/download")
        library.editor.delete(here)
        library.ada.delete(here)
    for query in ("", "?ownerId=eve", "?cursor=forged"):
        library.ada.get(f"/v1/media{query}")


def test_every_documented_status_is_seen_and_no_other(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    """But for bodies where there is none, and 403 where a file is known to whoever may read it."""
    known = documented(library.anonymous, "media")
    with caplog.at_level(logging.INFO, "app.access"):
        life(library)
        strict = library.configured(**ONE_A_MINUTE).ada
        for method, template in known:
            body = FILE if (method, template) == WITH_BODY else None
            where = template.format(media_id=NOBODY)
            too_many(strict, [(method, where)])
            refused(library.ada, library.anonymous, method, where, body)
            library.ada.request(method, where, json=body)
            for store in broken_stores(library.store):
                library.through(store).ada.request(method, where, json=body)
    assert len(known) == 6
    for operation, statuses in seen(caplog.records, known).items():
        said = own_statuses(known[operation])
        assert statuses <= said | OF_ANY_OPERATION, operation
        bodiless = OF_KEYS if operation == WITH_BODY else BODILESS
        reads = {"403"} if operation[0] == "GET" and operation != LISTS else set[str]()
        assert said - statuses <= bodiless | reads, operation
