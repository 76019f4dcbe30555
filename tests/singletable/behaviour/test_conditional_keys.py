"""`when=` of an index key: an item is in the index only where the condition holds."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, BaseModel

from singletable import (
    UPDATED,
    VERSION,
    Entity,
    Patch,
    Query,
    Table,
    Update,
    View,
    access_pattern,
    attr,
    create,
    put,
    transaction,
    update,
    upsert,
)
from singletable.errors.declaration import ContradictoryPattern, InvalidEntity, InvalidTemplate
from singletable.errors.request import (
    IncompleteKey,
    InvalidOperation,
    InvalidStoredItem,
    VersionConflict,
)
from singletable.inspect import Condition, Context
from tests.backends import Backend
from tests.conftest import OpenBackend, without_moto

desk = Table("desk")
gsi1 = desk.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Status(StrEnum):
    OPEN = "open"
    HELD = "held"
    DONE = "done"


class Ticket(Entity, table=desk):
    """A ticket, in the index while somebody has to look at it."""

    ticket_id: str
    at: date
    status: Status = Status.OPEN
    held_by: str | None = None
    title: str = ""
    key = desk.primary.key("TICKET#{ticket_id}", "TICKET")
    waiting = gsi1.key("WAITING", "{at}#{ticket_id}", when=attr("status").is_in("open", "held"))


DAY, LATER = date(2026, 3, 1), date(2026, 3, 2)
OPEN = Ticket(ticket_id="1", at=DAY)
DONE = OPEN.model_copy(update={"status": Status.DONE})


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(desk)


def waiting(db: Backend) -> list[str]:
    return [each.ticket_id for each in db.repository.fetch(Ticket.waiting.query())]


def stored(db: Backend) -> dict[str, Any]:
    return db.raw(PK="TICKET#1", SK="TICKET") or {}


@pytest.mark.parametrize("write", [create, put])
def test_an_item_is_in_the_index_only_where_the_condition_holds(db: Backend, write: Any) -> None:
    db.repository.write(write(OPEN))
    db.repository.write(write(DONE.model_copy(update={"ticket_id": "2"})))
    assert waiting(db) == ["1"]
    done = db.raw(PK="TICKET#2", SK="TICKET") or {}
    assert done.keys() == {"entity", "ticket_id", "at", "status", "title", "PK", "SK"}


@pytest.mark.parametrize("together", [False, True])
def test_an_update_takes_the_item_out_and_puts_it_in(db: Backend, together: bool) -> None:
    other = create(OPEN.model_copy(update={"ticket_id": "2", "status": "done"}))
    opened = db.repository.write(create(OPEN))
    change = update(opened, opened.model_copy(update={"status": Status.DONE}))
    db.repository.write(transaction(change, other) if together else change)
    assert waiting(db) == []
    assert not {"GSI1PK", "GSI1SK"} & stored(db).keys()
    done = db.repository.fetch(Ticket.key.get(ticket_id="1"))
    assert done is not None
    db.repository.write(update(done, done.model_copy(update={"status": Status.HELD, "at": LATER})))
    assert waiting(db) == ["1"]
    assert stored(db)["GSI1SK"] == {"S": "2026-03-02#1"}


def test_an_update_of_other_fields_leaves_the_index_key(db: Backend) -> None:
    opened = db.repository.write(create(OPEN))
    change = update(opened, opened.model_copy(update={"title": "Wet"}))
    assert "GSI1PK" not in str(change.requests(Context())[0].parameters)
    db.repository.write(change)
    assert waiting(db) == ["1"]


def test_an_update_relies_on_the_fields_of_the_condition(db: Backend) -> None:
    """Another writer may have taken the item out meanwhile."""
    opened = db.repository.write(create(OPEN))
    db.repository.write(update(opened, opened.model_copy(update={"status": Status.DONE})))
    with pytest.raises(VersionConflict):
        db.repository.write(update(opened, opened.model_copy(update={"at": LATER})))
    assert waiting(db) == []


def test_a_patch_that_ends_the_condition_takes_the_item_out(db: Backend) -> None:
    db.repository.write(create(OPEN))
    db.repository.write(Ticket.key.patch(ticket_id="1").set(status=Status.DONE))
    assert waiting(db) == []
    assert not {"GSI1PK", "GSI1SK"} & stored(db).keys()


class Parcel(Entity, table=desk):
    """A parcel, in the index until it was signed for or has come back twice."""

    parcel_id: str
    at: date
    returned: int = 0
    lost: bool = False
    signed_by: str | None = None
    key = desk.primary.key("PARCEL#{parcel_id}", "PARCEL")
    to_deliver = gsi1.key(
        "DELIVER",
        "{at}#{parcel_id}",
        when=attr("signed_by").is_absent()
        & ~(attr("returned").at_least(2) | attr("lost").equals(True)),
    )


@access_pattern
def sign(parcel_id: str, signed_by: str) -> Patch[Parcel]:
    """Hands a parcel over."""
    return Parcel.key.patch(parcel_id=parcel_id).set(signed_by=signed_by)


@access_pattern
def lose(parcel_id: str) -> Patch[Parcel]:
    """Writes a parcel off."""
    return Parcel.key.patch(parcel_id=parcel_id).set(lost=True)


@pytest.mark.parametrize("ending", [sign("1", "kim"), lose("1")])
def test_a_patch_that_ends_one_part_of_the_condition_needs_no_other(
    db: Backend, ending: Any
) -> None:
    """Also one of an argument that is never None: what is signed for is not absent."""
    db.repository.write(create(Parcel(parcel_id="1", at=DAY)))
    assert len(db.repository.fetch(Parcel.to_deliver.query())) == 1
    db.repository.write(ending)
    assert len(db.repository.fetch(Parcel.to_deliver.query())) == 0


def test_a_patch_that_may_or_may_not_end_the_condition_needs_the_rest() -> None:
    def change(parcel_id: str, signed_by: str | None) -> Patch[Parcel]:
        """Says who signed, or nobody."""
        return Parcel.key.patch(parcel_id=parcel_id).set(signed_by=signed_by)

    with pytest.raises(ContradictoryPattern):
        access_pattern(change)
    for patch in (
        Parcel.key.patch(parcel_id="1").set(lost=False),
        Parcel.key.patch(parcel_id="1").set(returned=1),
        Parcel.key.patch(parcel_id="1").set(signed_by=None, returned=0),
    ):
        with pytest.raises(IncompleteKey):
            patch.requests(Context())


def test_a_patch_that_begins_the_condition_needs_the_parts_of_the_key(db: Backend) -> None:
    db.repository.write(create(DONE))
    reopen = Ticket.key.patch(ticket_id="1").set(status=Status.OPEN)
    with pytest.raises(IncompleteKey) as caught:
        db.repository.write(reopen)
    assert (caught.value.changed, caught.value.missing) == ("status", "at")
    db.repository.write(reopen.given(at=DAY))
    assert waiting(db) == ["1"]


def test_a_patch_of_a_part_needs_the_fields_of_the_condition(db: Backend) -> None:
    db.repository.write(create(DONE))
    move = Ticket.key.patch(ticket_id="1").set(at=LATER)
    with pytest.raises(IncompleteKey) as caught:
        db.repository.write(move)
    assert (caught.value.changed, caught.value.missing) == ("at", "status")
    with pytest.raises(VersionConflict):
        db.repository.write(move.given(status=Status.OPEN))
    db.repository.write(move.given(status=Status.DONE))
    assert waiting(db) == []
    db.repository.write(Ticket.key.patch(ticket_id="1").set(at=DAY, status=Status.HELD))
    assert waiting(db) == ["1"]


def test_a_patch_that_lets_dynamodb_decide_is_refused(db: Backend) -> None:
    with pytest.raises(InvalidOperation):
        db.repository.write(Ticket.key.patch(ticket_id="1").set_if_absent(status=Status.OPEN))
    assert db.items() == []


def test_an_upsert_writes_the_key_of_what_it_sets(db: Backend) -> None:
    db.repository.write(Ticket.key.upsert(ticket_id="1").set(at=DAY, status=Status.OPEN))
    assert waiting(db) == ["1"]
    db.repository.write(Ticket.key.upsert(ticket_id="1").set(at=DAY, status=Status.DONE))
    assert waiting(db) == []
    with pytest.raises(InvalidOperation):  # the default of status is set only where it is absent
        db.repository.write(Ticket.key.upsert(ticket_id="1").set(at=DAY))
    db.repository.write(upsert(OPEN.model_copy(update={"status": Status.HELD})))
    assert waiting(db) == ["1"]


@access_pattern
def move(ticket_id: str, at: date, status: Status) -> Patch[Ticket]:
    """Moves a ticket to another state; its day is known."""
    return Ticket.key.patch(ticket_id=ticket_id).set(status=status).given(at=at)


@access_pattern
def close(ticket_id: str) -> Patch[Ticket]:
    """Closes a ticket."""
    return Ticket.key.patch(ticket_id=ticket_id).set(status=Status.DONE)


@access_pattern
def change(before: Ticket, after: Ticket) -> Update[Ticket]:
    """Changes a ticket."""
    return update(before, after)


def test_patterns_take_the_item_out_and_put_it_in(db: Backend) -> None:
    opened = db.repository.write(create(OPEN))
    db.repository.write(close("1"))
    assert waiting(db) == []
    db.repository.write(move("1", DAY, Status.HELD))
    assert waiting(db) == ["1"]
    done = db.repository.write(move("1", DAY, Status.DONE))
    assert waiting(db) == []
    db.repository.write(change(done, opened))
    assert waiting(db) == ["1"]


def test_a_pattern_that_cannot_say_whether_the_condition_holds_does_not_import() -> None:
    def reopen(ticket_id: str, status: Status) -> Patch[Ticket]:
        """Leaves the day open."""
        return Ticket.key.patch(ticket_id=ticket_id).set(status=status)

    with pytest.raises(ContradictoryPattern):
        access_pattern(reopen)


def test_an_item_that_is_in_the_index_against_the_condition_is_unreadable_there(
    db: Backend,
) -> None:
    """As one with a stale key is; what was read otherwise can be written, which mends it."""
    db.repository.write(create(OPEN))
    db.put(**{**stored(db), "status": "done"})
    with pytest.raises(InvalidStoredItem) as caught:
        db.repository.fetch(Ticket.waiting.query())
    assert "GSI1" in caught.value.problems
    found = db.repository.fetch(Ticket.key.get(ticket_id="1"))
    assert found is not None
    db.repository.write(update(found, found))
    assert waiting(db) == []
    assert stored(db)["status"] == {"S": "done"}


class Place(BaseModel):
    city: str
    floor: int = 0


class Held(View[Ticket]):
    """Which tickets are held."""

    ticket_id: str
    status: Status


class Named(View[Ticket]):
    """What tickets are called: nothing of this tells whether one is waiting."""

    ticket_id: str
    title: str


def test_a_view_tells_it_where_it_has_the_fields_of_the_condition(db: Backend) -> None:
    db.repository.write(create(OPEN))
    assert len(db.repository.fetch(Ticket.waiting.query().only(Held)).items) == 1
    db.put(**{**stored(db), "status": "done"})
    with pytest.raises(InvalidStoredItem):
        db.repository.fetch(Ticket.waiting.query().only(Held))
    assert len(db.repository.fetch(Ticket.waiting.query().only(Named)).items) == 1


def test_a_scan_of_the_index_reads_what_is_in_it(db: Backend) -> None:
    db.repository.write(create(OPEN))
    db.repository.write(create(DONE.model_copy(update={"ticket_id": "2"})))
    found = db.repository.fetch(Ticket.waiting.scan(because="only what waits is in it"))
    assert [each.ticket_id for each in found] == ["1"]


VALUES: list[dict[str, Any]] = [
    {},
    {"size": 9, "most": 9, "title": "no", "tags": {"a"}, "log": ("x", "y")},
    {"size": 5, "title": "title", "place": Place(city="Bonn"), "score": 0.5, "done": True},
    {"place": Place(city="Ulm", floor=2), "tags": {"a", "b"}, "score": -1.0},
    {"log": ("y",), "most": 1, "title": "Tïtle"},
    {"title": "\N{GRINNING FACE}", "size": 7},
]
CONDITIONS: dict[str, Condition] = {
    "equals": attr("size").equals(3),
    "differs_from": attr("score").differs_from(0.5),
    "less_than": attr("size").less_than(5),
    "at_most": attr("score").at_most(0.5),
    "greater_than": attr("title").greater_than("b"),
    "at_least": attr("size").at_least(5),
    "between": attr("size").between(4, 9),
    "is_in": attr("title").is_in("no", "title"),
    "begins_with": attr("title").begins_with("a"),
    "contains text": attr("title").contains("title"),
    "contains element": attr("tags").contains("b"),
    "contains in list": attr("log").contains("y"),
    "size of text": attr("title").size().at_most(5),
    "size of signs": attr("title").size().equals(2),
    "size of set": attr("tags").size().equals(2),
    "size of list": attr("log").size().greater_than(0),
    "exists": attr("place").exists(),
    "is_absent": attr("tags").is_absent(),
    "nested": attr("place")["city"].equals("Bonn"),
    "nested default": attr("place")["floor"].at_least(0),
    "position": attr("log")[1].equals("y"),
    "fields": attr("size").equals(attr("most")),
    "fields in order": attr("size").greater_than(attr("most")),
    "a bool": attr("done").equals(True),
    "and": attr("size").equals(3) & attr("place").is_absent(),
    "or": attr("done").equals(True) | attr("log")[0].equals("y"),
    "not": ~(attr("done").equals(True) | attr("size").equals(3)),
}


def query_and_filter(condition: Condition) -> tuple[Table, Any, Any]:
    """A table, an entity with the condition on a key, and the key."""
    table = Table("notes")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    class Note(Entity, table=table):
        """A note."""

        note_id: str
        size: int = 3
        most: int = 5
        title: str = "a title"
        tags: frozenset[str] = frozenset()
        log: tuple[str, ...] = ()
        place: Place | None = None
        score: float | None = None
        done: bool = False
        key = table.primary.key("NOTES", "{note_id}")
        chosen = index.key("CHOSEN", "{note_id}", when=condition)

    return table, Note, Note.chosen


@without_moto  # which counts characters, and no elements of sets
@pytest.mark.parametrize("name", CONDITIONS)
def test_an_index_holds_what_the_same_filter_finds(open_backend: OpenBackend, name: str) -> None:
    """Every operator says in Python what it says in DynamoDB."""
    table, note, chosen = query_and_filter(CONDITIONS[name])
    db = open_backend(table)
    for number, values in enumerate(VALUES):
        db.repository.write(create(note(note_id=str(number), **values)))
    everything: Query[Any] = note.key.query()
    wanted = db.repository.fetch(everything.where(CONDITIONS[name]))
    found = db.repository.fetch(chosen.query())
    assert [each.note_id for each in found] == [each.note_id for each in wanted]
    assert 0 < len(found.items) < len(VALUES) or name in ("nested default",)


def test_what_an_upgrade_reads_is_in_the_index_once_it_is_updated(
    open_backend: OpenBackend,
) -> None:
    table = Table("jobs")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    def rename(item: Any) -> Any:
        if "done" not in item:
            return item
        state = "done" if item["done"]["BOOL"] else "open"
        return {**{k: v for k, v in item.items() if k != "done"}, "state": {"S": state}}

    class Job(Entity, table=table, upgrade=rename, reaches=["done", "state"]):
        """A job."""

        job_id: str
        state: str = "open"
        key = table.primary.key("JOB#{job_id}", "JOB")
        by_open = index.key("OPEN", "{job_id}", when=attr("state").equals("open"))

    db = open_backend(table)
    for job_id, done in (("1", False), ("2", True)):
        db.put(PK=f"JOB#{job_id}", SK="JOB", entity="Job", job_id=job_id, done={"BOOL": done})
        read = db.repository.fetch(Job.key.get(job_id=job_id))
        assert read is not None
        db.repository.write(update(read, read))
    assert [job.job_id for job in db.repository.fetch(Job.by_open.query())] == ["1"]


def test_a_stamp_decides_at_the_moment_of_the_write(open_backend: OpenBackend) -> None:
    table = Table("stamped")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    class Page(Entity, table=table):
        """A page, in the index from 2026 on."""

        page_id: str
        seen: Annotated[AwareDatetime | None, UPDATED] = None
        key = table.primary.key("PAGE#{page_id}", "PAGE")
        recent = index.key("SEEN", "{page_id}", when=attr("seen").at_least("2026-01-01T00:00:00Z"))

    db = open_backend(table)
    db.repository.write(create(Page(page_id="1")))
    assert len(db.repository.fetch(Page.recent.query()).items) == 1
    db.clock.now = db.clock.now.replace(year=2025)
    db.repository.write(Page.key.patch(page_id="1"))
    assert len(db.repository.fetch(Page.recent.query()).items) == 0


def declare(**options: Any) -> None:
    table = Table("declared")
    index = table.global_index(
        "GSI1", partition_key=options.pop("partition", "GSI1PK"), sort_key="day"
    )
    template = options.pop("template", "OPEN")

    class Declared(Entity, table=table):
        """What is declared."""

        ticket_id: str
        day: date
        kind: str = "a"
        count: int = 0
        version: Annotated[int, VERSION] = 1
        key = table.primary.key("TICKET#{ticket_id}", "TICKET")
        by_day = index.key(template, "{day}", **options)


@pytest.mark.parametrize(
    "options",
    [
        {"when": attr("nothing").exists()},
        {"when": attr("count").begins_with("1")},
        {"when": attr("count").equals("many")},
        {"when": attr("version").at_least(2)},
        {"when": attr("kind").exists(), "partition": "kind", "template": "{kind}"},
    ],
)
def test_what_the_condition_cannot_say_does_not_import(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidEntity) as caught:
        declare(**options)
    assert "by_day" in caught.value.declared


@pytest.mark.parametrize("when", [True, "status = open", attr("kind")])
def test_what_is_no_condition_is_refused(when: Any) -> None:
    with pytest.raises(InvalidTemplate):
        gsi1.key("OPEN", "{at}", when=when)


def test_a_primary_key_has_no_condition() -> None:
    with pytest.raises(InvalidTemplate):
        desk.primary.key("A#{ticket_id}", "A", when=attr("status").exists())
