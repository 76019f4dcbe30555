"""Change records are read as entities, whichever way they come; nothing in them raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from singletable import IN_KEY, Entity, Table, create, delete, update
from singletable.errors import InvalidOperation, InvalidStoredItem
from singletable.formats import printed
from singletable.inspect import stored_item
from singletable.streams import Change, handle_stream, read_stream
from tests.backends import Backend, local_endpoint
from tests.conftest import OpenBackend
from tests.singletable.raises import raises
from tests.singletable.shop import Customer, Line, Product, changed, customer, line, product, shop
from tests.singletable.streams.events import TIME_TO_LIVE, as_json, event, in_kinesis, record

LAMP = stored_item(product(stock=1))
LATER = {**LAMP, "stock": {"N": "2"}}
MAIL = {
    "PK": {"S": "UNIQUE#Customer#email#north#a@example.com"},
    "SK": {"S": "UNIQUE"},
    "entity": {"S": "Customer.email"},
}
FOREIGN = {"PK": {"S": "CONFIG"}, "SK": {"S": "1"}, "entity": {"S": "Config"}}


def test_a_change_has_both_states_and_says_what_happened() -> None:
    """Created, changed, removed, in the order of the event."""
    changes = read_stream(
        event(
            record("INSERT", new=LAMP),
            record("MODIFY", LAMP, LATER, 2),
            record("REMOVE", old=LATER, number=3),
        ),
        shop,
    )
    assert [each.kind for each in changes] == ["created", "changed", "removed"]
    made, moved, gone = changes.of(Product)
    assert (made.old, moved.old, gone.new) == (None, made.new, None)
    assert moved.new is not None and moved.new.stock == 2
    assert moved.identity == {"product_id": "lamp"}
    assert (moved.key, moved.event_id) == ("PRODUCT#lamp / PRODUCT", "event-2")
    assert moved.at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_state_is_matched_by_its_class() -> None:
    """As `match` does, and type checkers follow."""
    found = []
    for change in read_stream(
        event(record("INSERT", new=LAMP), record("INSERT", new=stored_item(line()))), shop
    ):
        match change.new:
            case Product(name=name):
                found.append(name)
            case Line() as each:
                found.append(each.sku)
            case _:
                found.append("?")
    assert found == ["Lamp", "sku-1"]


def test_kinesis_brings_the_same_changes() -> None:
    """Base64 of JSON, times in milliseconds, a number of the Kinesis stream."""
    inner = record("MODIFY", LAMP, LATER)
    (direct,) = read_stream(event(inner), shop)
    (brought,) = read_stream(event(in_kinesis(inner)), shop)
    assert (brought.old, brought.new, brought.at) == (direct.old, direct.new, direct.at)
    assert brought.sequence_number == "49591"


@pytest.mark.parametrize(
    "form", [TIME_TO_LIVE, {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}]
)
def test_what_time_to_live_removes_is_expired(form: dict[str, str]) -> None:
    """In Lambda's spelling and in boto3's; what someone else removes is not."""
    removed = record("REMOVE", old=LAMP)
    (expired,) = read_stream([{**removed, "userIdentity": form}], shop)
    (deleted,) = read_stream(
        [{**removed, "userIdentity": {**form, **dict.fromkeys(form, "x")}}], shop
    )
    assert (expired.kind, deleted.kind) == ("expired", "removed")


@pytest.mark.parametrize(
    "foreign",
    [
        record("INSERT", new=MAIL),
        record("INSERT", new=FOREIGN),
        record("INSERT", new={**LAMP, "entity": {"S": "Other"}}),
        record("INSERT", new={**LAMP, "entity": {"N": "1"}}),
        record("REMOVE", old=FOREIGN, number=2) | {"dynamodb": {"Keys": {"PK": FOREIGN["PK"]}}},
        record("OTHER", new=LAMP),
        {"body": "{}", "eventSource": "aws:sqs"},
        {"kinesis": {"data": "no base64"}},
        {"kinesis": {"data": "W10="}},
        {"kinesis": None},
        {"eventName": "INSERT", "dynamodb": {"Keys": []}},
        None,
        7,
    ],
)
def test_records_of_other_items_are_skipped(foreign: Any) -> None:
    """Unique items, other programs' items, other records; the others are read."""
    changes = read_stream([foreign, record("INSERT", new=LAMP)], shop)
    assert (len(changes), changes.skipped, changes.unreadable) == (1, 1, ())


def test_an_item_that_cannot_be_read_is_reported_with_its_key() -> None:
    """The image beside it is there, and the other changes are read."""
    broken = {**LATER, "stock": {"S": "many"}}
    changes = read_stream(
        event(record("MODIFY", LAMP, broken), record("MODIFY", LAMP, LATER, 2)), shop
    )
    assert [each.event_id for each in changes] == ["event-2"]
    (unread,) = changes.unreadable
    assert isinstance(unread.old, Product) and unread.new is None
    assert (unread.entity, unread.key) == (Product, "PRODUCT#lamp / PRODUCT")
    assert unread.identity == {"product_id": "lamp"}
    (problem,) = unread.problems
    assert type(problem) is InvalidStoredItem and "stock" in problem.problems


@pytest.mark.parametrize(
    "broken",
    [
        {**LAMP, "product_id": {"S": "chair"}},
        {name: value for name, value in LAMP.items() if name != "entity"},
        {**LAMP, "meta": {"M": 3}},
        {**LAMP, "status": "draft"},
    ],
)
def test_whatever_is_wrong_with_an_image_nothing_is_raised(broken: dict[str, Any]) -> None:
    """A key that contradicts fields, no type, malformed values."""
    changes = read_stream(event(record("INSERT", new=broken)), shop)
    assert [type(each.problems[0]) for each in changes.unreadable] == [InvalidStoredItem]


@pytest.mark.parametrize(
    ("images", "old", "new"),
    [
        ((None, None), None, None),
        ((None, LATER), None, product(stock=2)),
        ((LAMP, None), product(stock=1), None),
    ],
    ids=["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE"],
)
def test_each_view_of_a_stream_is_read(images: tuple[Any, Any], old: Any, new: Any) -> None:
    """What the view leaves out is None; entity and identity are known by the key."""
    raw = record("MODIFY", LAMP, LATER)
    for name, image in zip(("OldImage", "NewImage"), images, strict=True):
        if image is None:
            raw["dynamodb"].pop(name)
    (change,) = read_stream(event(raw), shop)
    assert [each and each.stock for each in (change.old, change.new)] == [
        each and each.stock for each in (old, new)
    ]
    assert (change.entity, change.identity) == (Product, {"product_id": "lamp"})


def test_by_keys_alone_a_unique_item_is_skipped() -> None:
    """No entity has such a key."""
    raw = record("INSERT", new=MAIL)
    raw["dynamodb"].pop("NewImage")
    assert read_stream(event(raw), shop).skipped == 1


untyped = Table("untyped", type_attribute=None)
tagged = Table("tagged", untagged="by key")
older = Table("older")


class Session(Entity, table=untyped):
    """Stored in the key alone."""

    session_id: Annotated[str, IN_KEY]
    user: str
    key = untyped.primary.key("SESSION#{session_id}", "SESSION")


class Order(Entity, table=tagged):
    """Recognised by its key until it is tagged."""

    number: Annotated[int, printed()]
    key = tagged.primary.key("ORDER#{number}", "ORDER")


class Scan(Entity, table=untyped):
    """Holds bytes wherever they may be."""

    scan_id: str
    image: bytes = b""
    pages: dict[str, list[bytes]] = Field(default_factory=dict)
    marks: set[bytes] = Field(default_factory=set)
    key = untyped.primary.key("SCAN#{scan_id}", "SCAN")


def _rename(item: Any) -> Any:
    """Older items have a type and a field of other names."""
    if item.get("entity") != {"S": "Thing"}:
        return item
    return {**item, "entity": {"S": "Tool"}, "label": item["title"]}


class Tool(Entity, table=older, upgrade=_rename, reaches=["title", "label"]):
    """Once called a thing."""

    tool_id: str
    label: str
    key = older.primary.key("TOOL#{tool_id}", "TOOL")


@pytest.mark.parametrize(
    ("table", "item", "expected"),
    [
        (
            untyped,
            {"PK": {"S": "SESSION#7"}, "SK": {"S": "SESSION"}, "user": {"S": "ada"}},
            Session(session_id="7", user="ada"),
        ),
        (
            tagged,
            {"PK": {"S": "ORDER#7"}, "SK": {"S": "ORDER"}, "number": {"N": "7"}},
            Order(number=7),
        ),
        (
            older,
            {
                "PK": {"S": "TOOL#saw"},
                "SK": {"S": "TOOL"},
                "tool_id": {"S": "saw"},
                "entity": {"S": "Thing"},
                "title": {"S": "Saw"},
            },
            Tool(tool_id="saw", label="Saw"),
        ),
    ],
    ids=["no type attribute", "untagged", "upgraded"],
)
def test_tables_that_others_write_are_read(table: Table, item: Any, expected: Any) -> None:
    """By the key, or through the upgrade, which may give the type."""
    (change,) = read_stream(event(record("INSERT", new=item)), table)
    assert (change.new, change.entity) == (expected, type(expected))


def test_bytes_are_read_from_base64() -> None:
    """Alone, in lists and maps, and in sets; what is no base64 is reported."""
    scan = Scan(scan_id="7", image=b"\x00\xff", pages={"a": [b"", b"b"]}, marks={b"m", b"n"})
    item = stored_item(scan)
    (change,) = read_stream(event(record("INSERT", new=item)), untyped)
    assert change.new == scan
    broken = record("INSERT", new={**item, "image": {"B": "no base64!"}})
    assert len(read_stream(event(broken), untyped).unreadable) == 1


def test_an_upgrade_that_fails_is_reported() -> None:
    """It knows that name of a type, and fails."""
    item = {"PK": {"S": "TOOL#saw"}, "SK": {"S": "TOOL"}, "entity": {"S": "Thing"}}
    (unread,) = read_stream(event(record("INSERT", new=item)), older).unreadable
    assert (unread.entity, unread.key) == (Tool, "TOOL#saw / TOOL")


def test_of_several_tables_the_real_name_decides() -> None:
    """In the stream's ARN, or as Kinesis gives it; other tables are skipped."""
    raw = record("INSERT", new=LAMP)
    arn = "arn:aws:dynamodb:eu-west-1:1:table/shop-prod"
    for name in ("shop-prod", arn):
        tables = {untyped: "sessions", shop: name}
        assert len(read_stream(event(raw, in_kinesis(raw)), tables)) == 2
    assert read_stream(event(raw, in_kinesis(raw)), {shop: "shop-dev"}).skipped == 2


def test_what_a_stream_brought_can_be_written(db: Backend) -> None:
    """An update knows what is stored, as of an item that was read."""
    db.repository.write(create(customer()))
    stored = db.raw(PK="CUSTOMER#ada", SK="CUSTOMER")
    (change,) = read_stream(event(record("INSERT", new=as_json(stored))), shop).of(Customer)
    assert change.new is not None
    assert db.repository.write(update(change.new, changed(change.new, visits=3))).version == 2


@pytest.mark.parametrize("given", ["x", None, 7, {"Records": "x"}])
def test_what_is_no_event_is_refused(given: Any) -> None:
    """It is the caller's mistake, not a record's."""
    with raises(InvalidOperation, where="read_stream"):
        read_stream(given, shop)


def test_an_event_without_records_has_no_changes() -> None:
    """One that keeps a function warm."""
    assert list(read_stream({}, shop)) == []


def test_a_batch_ends_at_the_first_failure(caplog: pytest.LogCaptureFixture) -> None:
    """That record comes again with all that follow; what it was is logged."""
    done: list[str] = []

    def work(change: Change[Any]) -> None:
        if change.event_id == "event-3":
            raise RuntimeError("not now")
        done.append(change.event_id)

    records = [record("INSERT", new=LAMP, number=number) for number in (1, 3, 4)]
    batch = event(records[0], record("INSERT", new=MAIL, number=2), *records[1:])
    assert handle_stream(batch, shop, work) == {
        "batchItemFailures": [{"itemIdentifier": f"{3:021}"}]
    }
    assert done == ["event-1"]
    assert "PRODUCT#lamp" in caplog.text


def test_an_item_that_cannot_be_read_ends_a_batch() -> None:
    """It is not dropped silently; a batch without failures names none."""
    broken = record("INSERT", new={**LAMP, "stock": {"S": "many"}}, number=2)
    fine = record("INSERT", new=LAMP)
    failed = {"batchItemFailures": [{"itemIdentifier": f"{2:021}"}]}
    assert handle_stream(event(fine, broken), shop, lambda _: None) == failed
    assert handle_stream(event(fine), shop, lambda _: None) == {"batchItemFailures": []}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just("PRODUCT"),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["S", "N", "B", "M", "L", "SS", "PK", "SK"]), inner)
    ),
    max_leaves=6,
)


@given(st.data())
def test_nothing_in_a_record_raises(data: st.DataObject) -> None:
    """Any part of a good record replaced by anything."""
    raw = record("MODIFY", LAMP, LATER)
    raw["dynamodb"]["NewImage"] = dict(LATER)
    for part in (raw, raw["dynamodb"], raw["dynamodb"]["Keys"], raw["dynamodb"]["NewImage"]):
        for name in data.draw(st.sets(st.sampled_from(sorted(part)), max_size=2)):
            part[name] = data.draw(VALUES)
    for records in ([raw], [{"kinesis": data.draw(VALUES)}], [data.draw(VALUES)]):
        for table in (shop, untyped, tagged, older):
            changes = read_stream(records, table)
            assert len(changes) + len(changes.unreadable) + changes.skipped == 1


def test_a_real_stream_is_read(open_local: OpenBackend) -> None:
    """What DynamoDB Local has in its stream, by boto3, of each verb; unique items are skipped."""
    backend = open_local(shop)
    view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    backend.client.update_table(TableName=backend.name, StreamSpecification=view)
    ada = backend.repository.write(create(customer(email="a@example.com")))
    later = backend.repository.write(update(ada, changed(ada, name="Ada L.")))
    backend.repository.write(delete(later))
    changes = read_stream(records_of(backend), {shop: backend.name})
    assert [each.kind for each in changes] == ["created", "changed", "removed"]
    assert [(each.old, each.new) for each in changes] == [(None, ada), (ada, later), (later, None)]
    assert (changes.skipped, changes.unreadable) == (2, ())


def records_of(backend: Backend) -> list[dict[str, Any]]:
    """The records of a table's stream, from its beginning, with the name of their stream."""
    client = boto3.client(
        "dynamodbstreams",
        endpoint_url=local_endpoint(),
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    arn = backend.client.describe_table(TableName=backend.name)["Table"]["LatestStreamArn"]
    records = []
    for shard in client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = client.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records += client.get_records(ShardIterator=iterator)["Records"]
    return [{**record, "eventSourceARN": arn} for record in records]
