"""What others rely on: each kind of event has the form it had, or another version."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services.events import KINDS, Event, changed, deleted, published, sequence_of, withdrawn
from tests.app.services.events.made import NOW, POST, a_post

GOLDEN = Path(__file__).parent / "golden"
REQUIRED = {"specversion", "id", "source", "type"}


def named(kind: type[Event]) -> str:
    version = kind.model_fields["dataversion"].default
    return f"{kind.model_fields['type'].default}.{version}.json"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_its_form_is_the_golden_one(kind: type[Event]) -> None:
    """Whoever changes a form gives it the next version, and a golden file of its own."""
    golden = json.loads((GOLDEN / named(kind)).read_text())
    assert kind.model_json_schema(by_alias=True) == golden


def test_every_golden_form_was_a_kind() -> None:
    """Forms of former versions stay, for those who still have such events."""
    present = {named(kind) for kind in KINDS.values()}
    found = {path.name for path in GOLDEN.glob("*.json")}
    assert present <= found
    assert {name.rsplit(".", 2)[0] for name in found} <= set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_its_type_and_version_are_written_with_it(name: str) -> None:
    """The names that filters use are the ones in the JSON; CloudEvents requires four of them."""
    schema = KINDS[name].model_json_schema()["properties"]
    assert schema["type"]["const"] == name
    assert schema["dataversion"]["const"] == 1
    assert schema.keys() >= REQUIRED
    assert all(name.isalnum() and name.islower() for name in schema)


def test_an_event_is_cloud_events_json() -> None:
    """Attributes without a value are left out; moments are in UTC, names of data in camelCase."""
    after = a_post(title="Hello, all", version=4)
    event = changed(a_post(), after, NOW)
    assert event is not None
    said = json.loads(event.text())
    assert said.pop("id") == event.id
    assert said == {
        "specversion": "1.0",
        "source": "/v1/posts",
        "subject": POST,
        "time": "2026-11-25T09:26:53.589793Z",
        "datacontenttype": "application/json",
        "sequence": "00000000000000000000004",
        "type": "post.changed",
        "dataversion": 1,
        "data": {
            "slug": "hello-world",
            "title": "Hello, all",
            "categoryId": "news",
            "authorId": "ada",
            "publishedAt": "2026-11-24T12:00:00.000000Z",
            "changed": ["title"],
            "formerSlug": None,
            "formerCategoryId": None,
        },
    }
    carried = event.model_copy(update={"traceparent": "00-a-b-01"})
    assert json.loads(carried.text())["traceparent"] == "00-a-b-01"


def test_every_kind_can_be_read_back() -> None:
    """The models are the schema: what is sent, they take, to the letter."""
    post = a_post()
    gone = withdrawn(post, NOW, is_archived=True)
    edited = changed(post, a_post(body="Better words."), NOW)
    for event in (published(post, NOW), gone, edited, deleted(post, NOW)):
        assert event is not None
        assert KINDS[event.type].model_validate_json(event.text()) == event


def test_sequences_compare_as_text() -> None:
    """The ninth version comes before the tenth."""
    assert sequence_of(9) < sequence_of(10) < sequence_of(999_999)
    again, later = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2))
    assert sequence_of(999_999) < sequence_of(1, again) < sequence_of(2, again)
    assert sequence_of(999_999, again) < sequence_of(1, later)
