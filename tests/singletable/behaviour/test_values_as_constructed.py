"""What was constructed is stored and read; what validators would change again is refused."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Annotated, Any, Self

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    HttpUrl,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic_core import core_schema

from singletable import (
    TTL,
    UPDATED,
    VERSION,
    Entity,
    Table,
    attr,
    create,
    delete,
    put,
    transaction,
    update,
    upsert,
)
from singletable.errors.request import InvalidItem, InvalidStoredItem, UnstorableValue
from tests.backends import START
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import CONTEXT, keyed, make

Small = Annotated[str, StringConstraints(to_lower=True)]


def one_more(value: int) -> int:
    return value + 1


def up_to_ten(value: int) -> int:
    return min(value + 1, 10)


def wrapped(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return handler(value) + 1


@dataclass(frozen=True)
class Add:
    """A validator that is an object, and one that is its method."""

    summand: int

    def __call__(self, value: int) -> int:
        return value + self.summand

    def method(self, value: int) -> int:
        return value + self.summand


class Inner(BaseModel):
    count: Annotated[int, AfterValidator(one_more)]


class Sly(BaseModel):
    count: Annotated[int, AfterValidator(one_more)]

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Hashed(str):
    """Text that Pydantic makes of text."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls(f"h({value})")
        )


class LookingWithin(BaseModel):
    low: int
    high: int

    @field_validator("high")
    @classmethod
    def above(cls, value: int, info: ValidationInfo) -> int:
        return max(value, info.data["low"])


class Bounded(BaseModel):
    count: Annotated[int, Field(ge=0)]


@dataclass
class Trimmed:
    text: str

    def __post_init__(self) -> None:
        self.text = self.text.removeprefix("x")


CHANGING: dict[str, tuple[Any, Any]] = {
    "after": (Annotated[int, AfterValidator(one_more)], 1),
    "before": (Annotated[int, BeforeValidator(one_more)], 1),
    "plain": (Annotated[int, PlainValidator(one_more)], 1),
    "wrap": (Annotated[int, WrapValidator(wrapped)], 1),
    "partial": (Annotated[int, AfterValidator(partial(pow, 2))], 3),
    "an object": (Annotated[int, AfterValidator(Add(2))], 1),
    "a method": (Annotated[int, AfterValidator(Add(2).method)], 1),
    "in a list": (list[Annotated[int, AfterValidator(one_more)]], [1]),
    "in an optional": (Annotated[int, AfterValidator(one_more)] | None, 1),
    "in a dict": (dict[str, Annotated[int, AfterValidator(one_more)]], {"a": 1}),
    "of keys": (dict[Annotated[str, AfterValidator("x".__add__)], int], {"a": 1}),
    "in a set": (set[Annotated[int, AfterValidator(one_more)]], {1}),
    "one that comes to rest": (Annotated[int, AfterValidator(up_to_ten)], 8),
    "unescaped": (Annotated[str, AfterValidator(html.unescape)], "&amp;amp;"),
    "shortened": (Annotated[str, AfterValidator(lambda v: v.removeprefix("x"))], "xxa"),
    "in a model": (Inner, {"count": 1}),
    "in a list of models": (list[Inner], [{"count": 1}]),
    "in a dataclass": (Trimmed, {"text": "xxa"}),
    "in a model that equals everything": (Sly, {"count": 1}),
    "a class below text": (Hashed, "a"),
    "an address that grows": (HttpUrl, "http://a.b/" + "é" * 500),
}
RESTLESS = CHANGING.keys() - {"one that comes to rest", "unescaped", "shortened", "in a dataclass"}
"""Of the others, what a partial update is given becomes after one step what they keep."""


@pytest.mark.parametrize("name", CHANGING)
def test_a_value_that_validators_change_again_is_not_written(name: str) -> None:
    """By no verb: another value would be stored, or read."""
    annotation, given = CHANGING[name]
    entity = keyed("T#{id}", id=str, value=annotation)
    made = entity(id="a", value=given)
    writes: list[Callable[[], Any]] = [
        lambda: create(made),
        lambda: put(made),
        lambda: update(made, made),
        lambda: upsert(made),
        lambda: entity.key.patch(id="a").set(value=given),
        lambda: entity.key.patch(id="a").set_if_absent(value=given),
        lambda: entity.key.upsert(id="a").set(value=given),
    ]
    for write in writes if name in RESTLESS else writes[:4]:
        with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("value")):
            write().requests(CONTEXT)


def test_what_a_copy_was_given_has_to_come_to_rest() -> None:
    """Changed once it is valid; changed once more it would be another when it is read."""
    entity = keyed("T#{id}", id=str, value=Annotated[int, AfterValidator(up_to_ten)])
    settled = entity(id="a", value=10)
    create(settled.model_copy(update={"value": 9})).requests(CONTEXT)
    for value in (1, 8):
        with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("value")):
            create(settled.model_copy(update={"value": value})).requests(CONTEXT)


def test_a_value_that_equals_its_result_is_validated_by_its_kind() -> None:
    """1.0 equals 1, and a validator may treat them differently."""
    counting = BeforeValidator(lambda value: value + 1 if type(value) is int else value)
    entity = keyed("T#{id}", id=str, value=Annotated[int, counting])
    with pytest.raises(InvalidItem):
        entity.key.patch(id="a").set(value=1.0)


def test_a_field_that_was_set_past_the_model_is_not_written() -> None:
    """Not even where it could be made valid: it is not what was constructed."""
    book = shelf()
    for value in ("9", 0, None):
        made = book(book_id="1")
        object.__setattr__(made, "pages", value)
        with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("pages")):
            create(made).requests(CONTEXT)


def test_an_entity_as_stored_knows_which_fields_were_given(open_moto: OpenBackend) -> None:
    """An upsert of it leaves the others to what is stored."""
    book = shelf()
    stored = open_moto(book.key.schema.table).repository.write(create(book(book_id="1")))
    assert stored.model_fields_set == {"book_id"}


def test_a_model_validator_that_answers_something_else_is_refused() -> None:
    """It is no entity that could be stored."""
    table = Table("odd")

    class Odd(Entity, table=table):
        """A thing."""

        name: str
        key = table.primary.key("ODD#{name}", "ODD")

        @model_validator(mode="wrap")
        @classmethod
        def nothing(cls, data: Any, handler: Any) -> Any:
            return handler(data) if data.get("name") == "a" else None

    made = Odd(name="a").model_copy(update={"name": "b"})
    with pytest.raises(InvalidItem):
        create(made).requests(CONTEXT)


def test_a_default_that_is_validated_beside_others_is_not_judged_alone() -> None:
    """They may change what it is."""
    table = Table("odd")

    class Odd(Entity, table=table):
        """A thing."""

        low: int
        high: int = 5
        key = table.primary.key("ODD", "ODD")

        @field_validator("high")
        @classmethod
        def above(cls, value: int, info: ValidationInfo) -> int:
            return max(value, info.data["low"])

    [request] = create(Odd(low=1)).requests(CONTEXT)
    assert request.parameters["Item"]["high"] == {"N": "5"}


MODES = ["after", "before", "plain", "wrap"]


@pytest.mark.parametrize("mode", MODES)
def test_a_field_validator_that_changes_its_result_is_noticed_in_every_mode(mode: Any) -> None:
    """Also for keys and in conditions, where another item would be meant."""
    table = Table("odd")

    class Odd(Entity, table=table):
        """A thing with a hash."""

        name: str
        key = table.primary.key("ODD#{name}", "ODD")

        if mode == "wrap":

            @field_validator("name", mode="wrap")
            @classmethod
            def hashed(cls, value: Any, handler: Any) -> str:
                return f"h({handler(value)})"
        else:

            @field_validator("name", mode=mode)
            @classmethod
            def hashed_(cls, value: Any) -> str:
                return f"h({value})"

    made = Odd(name="x")
    for ask in (
        lambda: create(made).requests(CONTEXT),
        lambda: delete(made).requests(CONTEXT),
        lambda: Odd.key.get(name=made.name),
        lambda: Odd.key.query(name="x"),
        lambda: Odd.key.delete(name="x"),
        lambda: Odd.key.query(name="x").where(attr("name").equals("y")),
    ):
        with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("name")):
            ask()


def test_a_model_validator_that_changes_its_result_is_noticed() -> None:
    """Also beside a version and stamps, which the engine sets in a copy."""
    table = Table("odd")

    class Odd(Entity, table=table):
        """A thing that is unescaped as a whole."""

        name: str
        updated_at: Annotated[datetime | None, UPDATED] = None
        version: Annotated[int, VERSION] = 1
        key = table.primary.key("ODD", "ODD")

        @model_validator(mode="after")
        def unescaped(self) -> Self:
            object.__setattr__(self, "name", html.unescape(self.name))
            return self

    made = Odd(name="&amp;amp;")
    with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("name")):
        create(made).requests(CONTEXT)
    create(Odd(name="&amp;")).requests(CONTEXT)


def test_a_default_factory_is_stored_as_what_the_entity_holds() -> None:
    """Its result, which Pydantic does not validate, is refused if it would be another."""
    entity = keyed("T#{id}", id=str, name=Annotated[Small, Field(default_factory=lambda: "Kim")])
    with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("name")):
        create(entity(id="a")).requests(CONTEXT)
    settled = keyed(
        "T#{id}",
        id=str,
        name=Annotated[Small, Field(default_factory=lambda: "Kim", validate_default=True)],
        label=Annotated[str, Field(default_factory=lambda known: known["id"] * 2)],
    )
    [request] = create(settled(id="a")).requests(CONTEXT)
    assert request.parameters["Item"]["name"] == {"S": "kim"}
    assert request.parameters["Item"]["label"] == {"S": "aa"}


def shelf() -> Any:
    table = Table("shelf")

    class Book(Entity, table=table):
        """A book."""

        book_id: str
        title: Small = "a"
        pages: Annotated[int, Field(ge=1)] = 1
        inner: Bounded = Bounded(count=0)

        key = table.primary.key("BOOK#{book_id}", "BOOK")

        @cached_property
        def shout(self) -> str:
            return self.title.upper()

    return Book


def test_what_a_copy_was_given_is_validated_when_it_is_written(open_backend: OpenBackend) -> None:
    """As Pydantic does not: changed to what the model says, or refused; the other fields stay."""
    book = shelf()
    repository = open_backend(book.key.schema.table).repository
    first = repository.write(create(book(book_id="1").model_copy(update={"title": "EMMA"})))
    assert first.title == "emma"
    second = first.model_copy(update={"title": "DUNE", "pages": "9"})
    again = second.model_copy(update={"inner": {"count": 3}}).model_copy()
    stored = repository.write(update(first, again))
    assert (stored.title, stored.pages, stored.inner.count) == ("dune", 9, 3)
    assert repository.fetch(book.key.get(book_id="1")) == stored
    built = book.model_construct(book_id="2", title="EVE", pages="3", inner={"count": 1})
    assert repository.write(put(built)) == book(
        book_id="2", title="eve", pages=3, inner={"count": 1}
    )


@pytest.mark.parametrize(
    "given",
    [{"pages": 0}, {"pages": "many"}, {"inner": Bounded.model_construct(count=-1)}, {"titel": "x"}],
    ids=str,
)
def test_what_a_copy_was_given_and_the_model_refuses_is_not_written(given: dict[str, Any]) -> None:
    """Values out of bounds, objects that nobody validated, names that are no field."""
    book = shelf()
    first = book(book_id="1")
    for write in (create, put, lambda after: update(first, after)):
        with pytest.raises((InvalidItem, UnstorableValue)):
            write(first.model_copy(update=given)).requests(CONTEXT)
        built = book.model_construct(**{**vars(first), **given})
        if vars(built) != vars(first):  # Pydantic drops unknown names here
            with pytest.raises((InvalidItem, UnstorableValue)):
                write(built).requests(CONTEXT)


def test_an_object_that_was_changed_inside_is_validated() -> None:
    """A nested model is not frozen, and Pydantic passes its instances unseen."""
    book = shelf()
    made = book(book_id="1", inner=Bounded(count=1))
    made.inner.count = -1
    for write in (create(made), put(made), update(made, made)):
        with pytest.raises(InvalidItem, check=lambda error: "inner.count" in error.problems):
            write.requests(CONTEXT)
    with pytest.raises(InvalidItem, check=lambda error: "count" in error.problems):
        book.key.patch(book_id="1").set(inner=made.inner)
    made.inner.count = "x"
    with pytest.raises(UnstorableValue, check=lambda error: error.where.endswith("inner.count")):
        create(made).requests(CONTEXT)


def test_a_cached_property_that_was_looked_at_is_not_written(open_backend: OpenBackend) -> None:
    """It is no field; the entity is written by every verb as if it had not been looked at."""
    book = shelf()
    repository = open_backend(book.key.schema.table).repository
    made = book(book_id="1")
    assert made.shout == "A"
    stored = repository.write(create(made))
    assert (stored.shout, made.model_copy().shout) == ("A", "A")
    after = stored.model_copy(update={"title": "b"})
    changed = repository.write(update(stored, after))
    repository.write(transaction(put(changed), delete(book(book_id="2"))))
    assert repository.fetch(book.key.get(book_id="1")).shout == "B"


def test_a_field_that_follows_from_others_follows_in_a_copy(open_backend: OpenBackend) -> None:
    """A model validator that keeps its own results may change what a copy was not given."""
    table = Table("posts")

    class Post(Entity, table=table):
        """A post whose slug is made of its title."""

        post_id: str
        title: str
        slug: str = ""
        key = table.primary.key("POST#{post_id}", "POST")

        @model_validator(mode="after")
        def made_of_title(self) -> Self:
            object.__setattr__(self, "slug", self.title.lower())
            return self

    repository = open_backend(table).repository
    first = repository.write(create(Post(post_id="1", title="One")))
    second = repository.write(update(first, first.model_copy(update={"title": "Two"})))
    assert (first.slug, second.slug) == ("one", "two")


def raising(error: BaseException) -> Any:
    def validator(value: Any) -> Any:
        if value == "bad":
            raise error
        return value

    return validator


class Textless(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


ERRORS = [
    KeyError("x"),
    TypeError("x"),
    AttributeError("x"),
    RecursionError("x"),
    ZeroDivisionError("x"),
    StopIteration("x"),
    AssertionError("x"),
    Textless(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_a_validator_raises_is_an_error_of_the_engine_that_names_the_field(
    open_moto: OpenBackend, error: Exception
) -> None:
    """Before sending an InvalidItem, of a stored item an InvalidStoredItem."""
    marked = Annotated[str, AfterValidator(raising(error))]
    table = Table("odd")
    fields = {"id": marked, "value": marked, "key": table.primary.key("T#{id}", "T")}
    entity = make(table, fields)
    db = open_moto(table)
    good = db.repository.write(create(entity(id="a", value="b")))
    bad = good.model_copy(update={"value": "bad"})

    def names_it(error: InvalidItem | InvalidStoredItem) -> bool:
        return error.problems.startswith("value")

    for write in (create(bad), put(bad), update(good, bad), update(bad, good), delete(bad)):
        with pytest.raises(InvalidItem, check=names_it):
            db.repository.write(write)
    for build in (
        lambda: upsert(bad),
        lambda: entity.key.patch(id="a").set(value="bad"),
        lambda: entity.key.query(id="a").where(attr("value").equals("bad")),
    ):
        with pytest.raises(InvalidItem, check=names_it):
            build().requests(CONTEXT)
    with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("id")):
        entity.key.get(id="bad")
    item = {"PK": "T#a", "SK": "T", "entity": "Thing", "id": "a", "value": "bad"}
    wire = {name: {"S": text} for name, text in item.items()}
    db.client.put_item(TableName=db.name, Item=wire)
    for read in (entity.key.get(id="a"), entity.key.query(id="a")):
        with pytest.raises(InvalidStoredItem, check=names_it):
            db.repository.fetch(read)


class Touchy(BaseModel):
    x: int

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not comparable")

    __hash__ = None  # type: ignore[assignment]


def test_a_class_that_cannot_be_compared_is_written(open_moto: OpenBackend) -> None:
    """What is stored is compared, not the objects."""
    table = Table("odd")
    fields = {"id": str, "value": Touchy, "key": table.primary.key("T#{id}", "T")}
    entity = make(table, fields)
    repository = open_moto(table).repository
    first = repository.write(create(entity(id="a", value=Touchy(x=1))))
    after = first.model_copy(update={"value": Touchy(x=2)})
    assert repository.write(update(first, after)).value.x == 2


def test_an_upgrade_or_a_factory_that_fails_is_an_invalid_stored_item(
    open_moto: OpenBackend,
) -> None:
    """One that answers nothing, one that raises, and a default that cannot be made."""
    table = Table("odd")

    def fail() -> int:
        raise LookupError("no default")

    fields = {"id": str, "n": Annotated[int, Field(default_factory=fail)]}
    key = {"key": table.primary.key("T#{id}", "T")}
    made = make(table, fields | key, "A")
    upgraded = [
        make(
            table,
            {"id": str, "key": table.primary.key(f"{n}#{{id}}", "T")},
            n,
            upgrade=by,
            reaches=["none"],
        )
        for n, by in {"B": lambda item: None, "C": lambda item: item["none"]}.items()
    ]
    db = open_moto(table)
    for entity, start in zip([made, *upgraded], "TBC", strict=True):
        name = entity.key.schema.name
        item = {"PK": f"{start}#a", "SK": "T", "entity": name, "id": "a"}
        wire = {label: {"S": text} for label, text in item.items()}
        db.client.put_item(TableName=db.name, Item=wire)
        with pytest.raises(InvalidStoredItem):
            db.repository.fetch(entity.key.get(id="a"))
    with pytest.raises(InvalidItem, check=lambda error: error.problems.startswith("n")):
        db.repository.write(made.key.upsert(id="b"))


def test_an_entity_that_lacks_a_field_is_refused_by_every_verb() -> None:
    """It was constructed without validation; the field is named."""
    book = shelf()
    whole = book(book_id="1")
    lacking = book.model_construct(title="a")
    del vars(whole)["pages"]
    for entity, field in ((lacking, "book_id"), (whole, "pages")):
        for write in (create, put, upsert, delete, lambda it: update(book(book_id="1"), it)):
            with pytest.raises(InvalidItem) as refused:
                write(entity).requests(CONTEXT)
            assert refused.value.problems.startswith(field)


def set_up(self: Any, **values: Any) -> None:
    Entity.__init__(self, **values)


def with_info(value: int, info: ValidationInfo) -> int:
    return value


def wrapped_with_info(value: Any, handler: Any, info: ValidationInfo) -> Any:
    return handler(value)


class Looking:
    def __call__(self, value: int, info: ValidationInfo) -> int:
        return value

    def method(self, value: int, info: ValidationInfo) -> int:
        return value


LOOKING: dict[str, Any] = {
    "after": Annotated[int, AfterValidator(with_info)],
    "before": Annotated[int, BeforeValidator(with_info)],
    "plain": Annotated[int, PlainValidator(with_info)],
    "wrap": Annotated[int, WrapValidator(wrapped_with_info)],
    "a lambda": Annotated[int, AfterValidator(lambda v, info: (info.data, v)[1])],
    "an object": Annotated[int, AfterValidator(Looking())],
    "a method": Annotated[int, AfterValidator(Looking().method)],
    "nested marks": Annotated[Annotated[int, AfterValidator(with_info)], Field(ge=0)],
    "in an optional": Annotated[int, AfterValidator(with_info)] | None,
    "in a list": list[Annotated[int, AfterValidator(with_info)]],
    "in a dict of lists": dict[str, list[Annotated[int, WrapValidator(wrapped_with_info)]]],
    "of the keys of a dict": dict[Annotated[str, AfterValidator(with_info)], int],
}
ALONE: dict[str, Any] = {
    "no info": Annotated[int, AfterValidator(abs)],
    "a default argument": Annotated[int, AfterValidator(lambda v, info=None: v)],
    "a bound argument": Annotated[int, AfterValidator(partial(with_info, info=None))],
    "wrapping alone": Annotated[int, WrapValidator(lambda v, handler: handler(v))],
    "its own model": Inner,
    "a model that looks around in itself": list[LookingWithin],
}


@pytest.mark.parametrize("name", [*LOOKING, *ALONE])
def test_validators_in_annotations_that_look_at_other_fields_refuse_partial_changes(
    name: str,
) -> None:
    """As those of the class do, at any depth; those that see their own value alone do not."""
    entity = keyed("T#{id}", id=str, value={**LOOKING, **ALONE}[name])
    assert entity.key.schema.whole_model_checks == (name in LOOKING)


@pytest.mark.parametrize("hook", ["model_post_init", "__init__", None])
def test_code_that_sees_the_whole_object_refuses_partial_changes(hook: str | None) -> None:
    """A hook after validation, a constructor of one's own; not private attributes alone."""
    table = Table("odd")
    hooks: dict[str | None, Any] = {
        "model_post_init": lambda self, context: None,
        "__init__": set_up,
        None: cached_property(lambda self: 1),
    }
    fields = {"id": str, "_cache": int, "key": table.primary.key("T#{id}", "T")}
    entity = make(table, fields, "Odd", defaults={hook or "cached": hooks[hook]})
    assert entity.key.schema.whole_model_checks == (hook is not None)


def test_moments_that_the_engine_sets_may_be_cut_by_their_validators(
    open_backend: OpenBackend,
) -> None:
    """The moment of the request is no value that was constructed."""
    table = Table("notes")

    class Note(Entity, table=table):
        """A note, whose moments are whole seconds."""

        note_id: str
        updated_at: Annotated[datetime | None, UPDATED, AfterValidator(whole_seconds)] = None
        version: Annotated[int, VERSION] = 1
        expires_at: Annotated[datetime | None, TTL] = None

        key = table.primary.key("NOTE#{note_id}", "NOTE")

    db = open_backend(table)
    first = db.repository.write(create(Note(note_id="1")))
    assert first.updated_at == START.replace(microsecond=0) != START
    later = first.model_copy(update={"expires_at": START})
    assert db.repository.write(update(first, later)).expires_at == START.replace(microsecond=0)


def whole_seconds(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(microsecond=0)
