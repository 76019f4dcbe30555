"""The app over items as former layouts of the model stored them, letter by letter.

`nine_entities`: before accounts could leave, before files, jobs and the audit log. `former_words`:
with all of these, under the names that are still in the table. `plain_words`: for some hours,
attributes had the names that the code has; only items, no indexes, are read of that one.
Each table is migrated, as one is on its way to the present layout.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.core.context import utc_now
from app.core.settings import Settings
from model import Role
from scripts.migrate_table import Migration, Progress
from tests.app.api.v1.stores import Store
from tests.app.harness import AppHarness, open_with_pool
from tests.app.services.accounts.pools import add_user

LAYOUTS = ("nine_entities", "former_words", "plain_words")
POST, DRAFT = "01JD9GZ2J0V5X7Q3M8K4T6B1R0", "01JD9GZ2J0V5X7Q3M8K4T6B1R1"
MEDIA, JOB = "01JD9GZ2J0V5X7Q3M8K4T6B1R2", "01JD9GZ2J0V5X7Q3M8K4T6B1R3"
SESSION = "3f0c52aa-0000-4000-8000-000000000009"
DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
PREVIEW = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ACCOUNTS = {"root": Role.ADMIN, "ada": Role.ADMIN, "eve": Role.EDITOR}
_STORED_ID = "6a1f0c52-0000-4000-8000-00000000000{}"


def stored_items(layout: str) -> list[dict[str, Any]]:
    """The wire form of every item; bytes are told apart from text."""
    text = (Path(__file__).parent / f"{layout}.json").read_text()
    items: list[dict[str, Any]] = json.loads(text, object_hook=_with_bytes)
    return items


def _with_bytes(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


@contextmanager
def open_former(
    settings: Settings, store: Store, layout: str, **changed: Any
) -> Iterator[AppHarness]:
    """The user pool knows `ACCOUNTS`: their identities are put in place of those in the items."""
    with open_with_pool(settings, store, **changed) as harness:
        ids = {
            name: add_user(harness.pool, f"{name}@example.com", ACCOUNTS[name]) for name in ACCOUNTS
        }
        for item in stored_items(layout):
            store.transport("PutItem", {"TableName": store.table, "Item": _with(item, ids)})
        for _ in Migration(store.transport, store.table, utc_now).run(Progress()):
            pass
        yield harness


def _with(item: Any, ids: dict[str, Any]) -> Any:
    match item:
        case dict():
            return {name: _with(value, ids) for name, value in item.items()}
        case list():
            return [_with(value, ids) for value in item]
        case str():
            for number, name in enumerate(ACCOUNTS, 1):
                item = item.replace(_STORED_ID.format(number), ids[name])
            return item
        case _:
            return item
