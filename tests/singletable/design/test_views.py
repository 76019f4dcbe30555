"""What is documented, allowed and shown of views and of hydrated queries."""

from __future__ import annotations

from typing import Annotated

import pytest

from singletable import (
    KEYS_ONLY,
    BatchGet,
    Entity,
    Get,
    Query,
    Table,
    View,
    access_pattern,
    collection,
    include,
    shards,
)
from singletable.check import is_request_allowed
from singletable.design import compile_design
from singletable.design.ir import PRIMARY, Hydration, Pattern, Read, from_json, to_json
from singletable.design.ir import View as ReadView
from singletable.emit.docs.patterns import pattern_section
from singletable.emit.docs.words import cost_words, operation_words, view_words
from singletable.emit.golden import golden
from singletable.emit.iam.permissions import key_pattern
from singletable.emit.iam.policy import statements
from singletable.formats import integer, slug
from singletable.inspect import Count

fleet = Table("fleet")
by_port = fleet.global_index("PORT", partition_key="PPK", sort_key="PSK", projection=KEYS_ONLY)
by_flag = fleet.global_index(
    "FLAG", partition_key="FPK", sort_key="FSK", projection=include("entity", "name", "crew")
)


class Ship(Entity, table=fleet):
    """A ship."""

    ship_id: Annotated[str, slug()]
    port: Annotated[str, slug()]
    flag: Annotated[str, slug()] = "none"
    name: str
    crew: Annotated[int, integer(0, 999)] = 0

    key = fleet.primary.key("SHIP#{ship_id}", "SHIP")
    in_port = by_port.key("PORT#{port}#{shard}", "{ship_id}", shards=shards(2, by="ship_id"))
    of_flag = by_flag.key("FLAG#{flag}", "SHIP#{ship_id}")


class Boat(Entity, table=fleet):
    """A boat."""

    boat_id: Annotated[str, slug()]
    flag: Annotated[str, slug()] = "none"
    key = fleet.primary.key("BOAT#{boat_id}", "BOAT")
    of_flag = by_flag.key("FLAG#{flag}", "BOAT#{boat_id}")


class Moored(View[Ship]):
    """Which ship, where."""

    ship_id: str
    port: str


class Called(View[Ship]):
    """What a ship is called."""

    name: str


@access_pattern
def moored(port: str) -> Query[Moored]:
    """The ships in a port."""
    return Ship.in_port.query(port=port).only(Moored)


@access_pattern
def called(flag: str) -> Query[Called]:
    """The names of the ships of a flag."""
    return Ship.of_flag.query(flag=flag).only(Called)


@access_pattern
def name(ship_id: str) -> Get[Called]:
    """The name of a ship."""
    return Ship.key.get(ship_id=ship_id).only(Called)


@access_pattern
def names(ship_ids: list[str]) -> BatchGet[Called]:
    """The names of ships."""
    return Ship.key.get_each(ship_id=ship_ids).only(Called)


@access_pattern
def ships(port: str) -> Query[Ship]:
    """The ships in a port, whole."""
    return Ship.in_port.query(port=port).hydrated()


@access_pattern
def names_in_port(port: str) -> Query[Called]:
    """What the ships in a port are called."""
    return Ship.in_port.query(port=port).only(Called).hydrated().consistent()


@access_pattern
def afloat(flag: str) -> Query[Ship | Boat]:
    """All under a flag."""
    return collection(Ship.of_flag, Boat.of_flag).query(flag=flag).hydrated()


@access_pattern
def where(moored: Moored) -> Get[Ship]:
    """The ship of a view."""
    return Ship.key.get(ship_id=moored.ship_id)


@access_pattern
def how_many(port: str) -> Count:
    """How many ships are in a port."""
    return Ship.in_port.query(port=port).hydrated().count()


DESIGN = compile_design([fleet])
PATTERNS = {each.name.partition(".")[2]: each for each in DESIGN.patterns}


def read(name: str) -> Read:
    (found,) = PATTERNS[name].operation.reads
    return found


def test_a_view_is_data() -> None:
    """Its fields, and the attributes that are asked for where there are others."""
    assert read("moored").view == ReadView("Moored", ("ship_id", "port"))
    asked = ("FPK", "FSK", "PK", "SK", "entity", "name")
    assert read("called").view == ReadView("Called", ("name",), asked)
    assert read("name").view == ReadView("Called", ("name",), ("PK", "SK", "entity", "name"))
    assert read("names").view == read("names_in_port").view == read("name").view
    assert (read("ships").view, read("ships").hydration) == (None, Hydration())
    assert read("names_in_port").hydration == Hydration(consistent=True)
    assert (read("how_many").view, read("how_many").hydration) == (None, None)
    assert from_json(to_json(DESIGN)) == DESIGN


COSTS = {
    "moored": ["read units go by what PORT holds of an item"],
    "called": [
        "read units go by what FLAG holds of an item",
        "6 of its attributes are transferred",
    ],
    "name": ["read units go by the whole item", "4 of its attributes are transferred"],
    "ships": ["one read of the table more for each item, by BatchGetItem"],
    "names_in_port": [
        "one consistent read of the table more for each item, by BatchGetItem",
        "4 of its attributes are transferred",
    ],
    "how_many": [],
}


@pytest.mark.parametrize(("name", "words"), COSTS.items(), ids=COSTS)
def test_the_documents_say_what_it_costs(name: str, words: list[str]) -> None:
    """A projection saves transfer; read units are saved by an index that holds less."""
    assert list(cost_words(read(name))) == words


def test_the_documents_name_view_and_fields() -> None:
    """Beside the kind of the operation, and what it answers."""
    view = read("moored").view
    assert view is not None
    assert view_words(view) == "Moored: ship_id, port"
    assert operation_words(PATTERNS["moored"].operation) == "Query"
    assert operation_words(PATTERNS["ships"].operation) == "Query, hydrated"
    assert PATTERNS["moored"].returns == "Page[Moored]"
    lines = [line for block in pattern_section(DESIGN) for line in block.split("\n")]
    assert "- **View:** `Moored: ship_id, port`" in lines
    assert "- **Cost:** read units go by what PORT holds of an item" in lines
    assert "- **Operation:** Query, hydrated on `PORT`, by `Ship.in_port`" in lines


def needs(pattern: Pattern) -> set[tuple[str, str, str]]:
    return {(each.action, each.index, key_pattern(each.key)) for each in pattern.needs}


def test_a_view_needs_what_the_read_does() -> None:
    """Nothing of the table where an index answers it."""
    assert needs(PATTERNS["moored"]) == {("Query", "PORT", "PORT#*#*")}
    assert needs(PATTERNS["name"]) == {("GetItem", PRIMARY, "SHIP#*")}
    assert needs(PATTERNS["how_many"]) == {("Query", "PORT", "PORT#*#*")}


def test_a_hydrated_query_needs_the_items_of_its_entities() -> None:
    """Those that the index may have, by their primary keys."""
    batch = ("BatchGetItem", PRIMARY, "SHIP#*")
    assert needs(PATTERNS["ships"]) == {("Query", "PORT", "PORT#*#*"), batch}
    assert needs(PATTERNS["afloat"]) == {
        ("Query", "FLAG", "FLAG#*"),
        batch,
        ("BatchGetItem", PRIMARY, "BOAT#*"),
    }


@pytest.mark.parametrize(("ship", "is_allowed"), [("SHIP#a", True), ("BOAT#a", False)])
def test_a_policy_allows_the_batch_of_these_entities_alone(ship: str, *, is_allowed: bool) -> None:
    """And the query."""
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/fleet"
    made = statements({"fleet": arn}, [PATTERNS["ships"]])
    keys = [{"PK": {"S": ship}, "SK": {"S": "SHIP"}}]
    asked = {"RequestItems": {"fleet": {"Keys": keys}}}
    table = DESIGN.tables[0]
    assert is_request_allowed(made, "BatchGetItem", asked, table, arn) is is_allowed
    for request in golden(DESIGN)[PATTERNS["ships"].name]:
        operation, parameters = request["operation"], request["parameters"]
        assert is_request_allowed(made, operation, parameters, table, arn)


def test_a_view_is_an_argument() -> None:
    """Its example is that of the entity, as far as it goes."""
    example = PATTERNS["where"].example
    assert example is not None
    assert example.arguments == {"moored": {"ship_id": "ship-id", "port": "port"}}
    get = where(Moored(ship_id="a", port="b"))
    assert get.identity == {"ship_id": "a"}


def test_a_golden_request_has_the_projection() -> None:
    """By placeholders, since many names are reserved words."""
    (request,) = golden(DESIGN)[PATTERNS["name"].name]
    assert request["parameters"] == {
        "TableName": "fleet",
        "Key": {"PK": {"S": "SHIP#ship-id"}, "SK": {"S": "SHIP"}},
        "ProjectionExpression": "#PK, #SK, #entity, #name",
        "ExpressionAttributeNames": {
            "#PK": "PK",
            "#SK": "SK",
            "#entity": "entity",
            "#name": "name",
        },
    }
