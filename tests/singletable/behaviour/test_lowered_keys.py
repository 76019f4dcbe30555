"""Text that stands in keys in lower case while the field keeps its case, as ElectroDB writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from singletable import (
    IN_KEY,
    KEYS_ONLY,
    Entity,
    Table,
    View,
    attr,
    batch,
    clear,
    create,
    delete,
    put,
    transaction,
    unique,
    update,
    upsert,
)
from singletable.errors import (
    InvalidEntity,
    InvalidItem,
    InvalidKeyValue,
    InvalidOperation,
    InvalidStoredItem,
    ItemExists,
    KeyCollision,
    TransactionRefused,
    UniqueTaken,
    UnusableKeyField,
)
from singletable.formats import Lowered, integer, lowered, shaped, text
from singletable.inspect import Context, question
from singletable.streams import read_stream
from singletable.testing import check_format
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

tasks = Table("electro", partition_key="pk", sort_key="sk", type_attribute="__edb_e__")
gsi1 = tasks.global_index("gsi1", partition_key="gsi1pk", sort_key="gsi1sk")
names = tasks.global_index("names", partition_key="gsi2pk", sort_key="gsi2sk", projection=KEYS_ONLY)


class Task(Entity, table=tasks, name="task"):
    """A task as ElectroDB stores it."""

    team: Annotated[str, lowered()]
    task_id: Annotated[str, lowered(max_bytes=40)]
    owner: Annotated[str, lowered()] | None = None
    points: Annotated[int, integer(0, 99)] = 0
    note: str = ""

    key = tasks.primary.key("$app#team_{team}", "$task_1#task_{task_id}")
    by_owner = gsi1.key("$app#owner_{owner}", "$task_1#points_{points}#task_{task_id}")
    by_name = names.key("$app#names", "$task_1#owner_{owner}#task_{task_id}")


ITEM: dict[str, Any] = {
    "pk": "$app#team_blue",
    "sk": "$task_1#task_fix-42",
    "gsi1pk": "$app#owner_ada lovelace",
    "gsi1sk": "$task_1#points_07#task_fix-42",
    "gsi2pk": "$app#names",
    "gsi2sk": "$task_1#owner_ada lovelace#task_fix-42",
    "team": "Blue",
    "task_id": "FIX-42",
    "owner": "Ada Lovelace",
    "points": {"N": "7"},
    "__edb_e__": "task",
    "__edb_v__": "1",
}
FIX = Task(team="Blue", task_id="FIX-42", owner="Ada Lovelace", points=7)
OTHER_CASE = Task(team="BLUE", task_id="fix-42", owner="Ada Lovelace", points=7)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(tasks)


def test_items_of_electrodb_are_read_by_any_spelling(db: Backend) -> None:
    """As they are stored, with their case."""
    db.put(**ITEM)
    for team, task_id in (("Blue", "FIX-42"), ("blue", "fix-42"), ("BLUE", "Fix-42")):
        assert db.repository.fetch(Task.key.get(team=team, task_id=task_id)) == FIX
    assert db.repository.fetch(Task.by_owner.query(owner="ADA LOVELACE")).items == (FIX,)
    assert db.repository.fetch(Task.key.query(team="bLUE").begins_with(task_id="Fix")).items
    assert db.repository.fetch(Task.key.query(team="blue").at_most(task_id="FIX-5")).items
    assert not db.repository.fetch(Task.key.query(team="blue").after(task_id="FIX-42")).items
    ids = ["FIX-42", "fix-42", "none"]
    assert db.repository.fetch(Task.key.get_each(team="Blue", task_id=ids)) == (FIX, FIX, None)


def test_what_is_written_is_what_electrodb_writes(db: Backend) -> None:
    db.repository.write(create(FIX))
    (own,) = db.items()
    wire = {name: {"S": each} if isinstance(each, str) else each for name, each in ITEM.items()}
    del wire["__edb_v__"]
    assert own == {**wire, "note": {"S": ""}}


def test_a_patch_leaves_what_it_does_not_change(db: Backend) -> None:
    """The spelling, and what ElectroDB keeps beside it."""
    db.put(**ITEM)
    patch = Task.key.patch(team="BLUE", task_id="fix-42").given(owner="Ada Lovelace")
    changed = db.repository.write(patch.set(points=9))
    assert (changed.team, changed.task_id, changed.points) == ("Blue", "FIX-42", 9)
    stored = db.raw(pk=ITEM["pk"], sk=ITEM["sk"])
    assert stored is not None
    assert stored["__edb_v__"] == {"S": "1"}
    assert stored["gsi1sk"] == {"S": "$task_1#points_09#task_fix-42"}


WRITES: dict[str, Callable[[], Any]] = {
    "put": lambda: put(OTHER_CASE),
    "update": lambda: update(FIX, OTHER_CASE),
    "upsert": lambda: upsert(OTHER_CASE),
}


@pytest.mark.parametrize("name", WRITES)
def test_whole_writes_write_the_given_spelling(db: Backend, name: str) -> None:
    """Over the same item: values that differ in case alone are one identity."""
    db.repository.write(create(FIX))
    db.repository.write(WRITES[name]())
    (item,) = db.items()
    assert (item["team"], item["task_id"]) == ({"S": "BLUE"}, {"S": "fix-42"})
    assert item["sk"] == {"S": ITEM["sk"]}
    assert db.repository.fetch(Task.key.get(team="Blue", task_id="FIX-42")) == OTHER_CASE


def test_another_case_is_the_same_identity(db: Backend) -> None:
    db.repository.write(create(FIX))
    with pytest.raises(ItemExists):
        db.repository.write(create(OTHER_CASE))
    with raises(TransactionRefused, problem="two actions are on one item"):
        db.repository.write(transaction(put(FIX), put(OTHER_CASE)))
    with raises(InvalidOperation, declared="two writes"):
        db.repository.write(batch(put(FIX), put(OTHER_CASE)))
    assert question(Task.key.get(team="a", task_id="B")) == question(
        Task.key.get(team="A", task_id="b")
    )
    db.repository.write(delete(OTHER_CASE, must_exist=True))
    assert db.items() == []


def test_conditions_look_at_the_field_with_its_case(db: Backend) -> None:
    db.repository.write(create(FIX))
    query = Task.key.query(team="blue")
    assert not db.repository.fetch(query.where(attr("owner").equals("ada lovelace"))).items
    assert db.repository.fetch(query.where(attr("owner").begins_with("Ada"))).items == (FIX,)


def test_a_cursor_is_good_for_any_spelling(db: Backend) -> None:
    for task_id in ("B", "a", "C"):
        db.repository.write(create(Task(team="Blue", task_id=task_id)))
    page = db.repository.fetch(Task.key.query(team="Blue").page(1))
    rest = Task.key.query(team="BLUE").page(5, after=page.cursor)
    assert [each.task_id for each in (*page, *db.repository.fetch(rest))] == ["a", "B", "C"]


def test_clearing_finds_them(db: Backend) -> None:
    db.repository.write(create(FIX))
    assert db.repository.write(clear(Task.key.query(team="BLUE"))) == 1


@pytest.mark.parametrize(("name", "value"), [("team", "Green"), ("task_id", "FIX-43")])
def test_another_text_contradicts_the_key(db: Backend, name: str, value: str) -> None:
    db.put(**{**ITEM, name: value})
    with raises(InvalidStoredItem, problems="its fields make"):
        db.repository.fetch(Task.key.get(team="Blue", task_id="FIX-42"))


def test_a_key_that_is_not_in_lower_case_is_none_of_them(db: Backend) -> None:
    """As before the field was lowered."""
    db.put(**{**ITEM, "sk": "$task_1#task_FIX-42"})
    with raises(InvalidStoredItem, problems="its sk is"):
        db.repository.fetch(Task.key.query(team="Blue"))


def test_key_text_tells_no_values() -> None:
    """A view of an index that has keys alone would answer another spelling."""

    class Owner(View[Task]):
        """Who has it."""

        owner: str | None

    with raises(InvalidOperation, declared="owner"):
        Task.by_name.query().only(Owner).requests(Context())
    keys = {name: {"S": ITEM[name]} for name in ("pk", "sk")}
    record = {"eventName": "REMOVE", "eventID": "1", "dynamodb": {"Keys": keys}}
    (change,) = read_stream([record], tasks)
    assert (change.entity, dict(change.identity)) == (Task, {})


def test_a_tenant_is_one_in_any_spelling(db: Backend) -> None:
    own = db.repository.for_tenant(team="BLUE")
    own.write(create(FIX))
    assert own.fetch(Task.key.get(team="Blue", task_id="fix-42")) == FIX
    with raises(InvalidOperation, declared="team is not the one"):
        own.fetch(Task.key.get(team="Green", task_id="FIX-42"))


def test_unique_values_are_taken_in_any_case(open_backend: OpenBackend) -> None:
    shop = Table("electro-uniques")

    class Account(Entity, table=shop):
        """Someone with an address."""

        account_id: str
        email: Annotated[str, lowered()]
        key = shop.primary.key("ACCOUNT#{account_id}", "ACCOUNT")
        unique_email = unique("email")

    db = open_backend(shop)
    ada = db.repository.write(create(Account(account_id="1", email="Ada@example.com")))
    with pytest.raises(UniqueTaken):
        db.repository.write(create(Account(account_id="2", email="ADA@example.com")))
    shouted = Account(account_id="1", email="ADA@EXAMPLE.COM")
    assert db.repository.write(update(ada, shouted)).email == "ADA@EXAMPLE.COM"
    assert len(db.items()) == 2
    db.repository.write(delete(shouted))
    assert db.items() == []


def test_what_cannot_be_right_does_not_import() -> None:
    shop, apart = Table("electro-refused"), Table("electro-apart")
    by_name = shop.global_index("by_name", partition_key="name", sort_key="SK")

    def hidden() -> None:
        class Hidden(Entity, table=shop):
            """Stored in lower case alone."""

            name: Annotated[str, lowered(), IN_KEY]
            key = shop.primary.key("NAME#{name}", "NAME")

    def natural() -> None:
        class Natural(Entity, table=shop):
            """A key attribute with its case."""

            name: Annotated[str, lowered()]
            key = shop.primary.key("NAME#{name}", "NAME")
            named = by_name.key("{name}", "NAME")

    def mixed() -> None:
        class Low(Entity, table=apart):
            """In lower case."""

            low: Annotated[str, lowered()]
            key = apart.primary.key("X#{low}", "X")

        class Upper(Entity, table=apart):
            """In capitals, and so apart; and any."""

            code: Annotated[str, shaped("[A-Z]+", example="A")]
            key = apart.primary.key("X#{code}", "X")

        class Free(Entity, table=apart):
            """Anything."""

            name: str
            key = apart.primary.key("X#{name}", "X")

    with raises(InvalidEntity, declared="does not tell its value"):
        hidden()
    with raises(UnusableKeyField, declared="is itself the key attribute name"):
        natural()
    with raises(KeyCollision, declared="Low"):
        mixed()


def test_the_format_keeps_its_promises() -> None:
    """All but one text for each value."""
    format_ = lowered()
    assert format_ == Lowered()
    check_format(format_, ["a", "Ab", "aB", "b c", "ß", "ας"])
    assert format_.encode("ΟΔΟΣ Straße İ") == "οδος straße i̇"
    for value in ("Ada", "ΑΣ", "İ", "ǅ"):
        assert format_.decode(format_.encode(value)) == format_.encode(value)
        assert format_.accept(value) == value
    with pytest.raises(ValueError, match="depends on what follows"):
        format_.encode_beginning("ΑΣ")
    with pytest.raises(ValueError, match="has 3 bytes"):
        lowered(max_bytes=2).encode("İ")
    assert text(lower=True).accept("Ada") == "ada"


def test_separators_are_refused_in_any_case() -> None:
    with raises(InvalidKeyValue, reason="separates"):
        Task.key.get(team="a#b", task_id="1").requests(Context())
    with raises(InvalidItem, problems="bytes"):
        Task.key.get(team="a", task_id="x" * 41)


def test_a_condition_of_an_index_does_not_go_by_a_spelling() -> None:
    """A patch by key knows only one of those that are the same key."""
    table = Table("spelled")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    with raises(InvalidEntity, declared="of which several values are one key"):

        class _Door(Entity, table=table):
            """A door that is in the index by its spelling."""

            door_id: Annotated[str, lowered()]
            state: str = "open"
            key = table.primary.key("DOOR#{door_id}", "DOOR")
            by_state = index.key("STATE#{state}", "{door_id}", when=attr("door_id").equals("Ada"))
