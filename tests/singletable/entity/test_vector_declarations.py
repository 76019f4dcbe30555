"""What of vector indexes, their entities and their patterns does not import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from singletable import (
    Entity,
    Search,
    Table,
    View,
    access_pattern,
    collection,
    number,
    put,
)
from singletable.errors import (
    ContradictoryPattern,
    InvalidEntity,
    InvalidOperation,
    InvalidPattern,
    InvalidTemplate,
    UnplannedOperation,
)
from singletable.inspect import Context, answers_one, must_be_fresh, places_read, places_written
from singletable.vectors import Vector
from tests.singletable import articles as asked
from tests.singletable.articles import Article, Question
from tests.singletable.raises import raises


def test_a_vector_of_an_index_is_declared_as_one() -> None:
    """What has another type would be refused by every write, or be in no index."""
    table = Table("refused")
    meanings = table.vector_index("Near", "v", dimensions=3, filters=("status", number("year")))

    with raises(InvalidEntity, declared="v is list[float], and the vector of an index"):

        class Listed(Entity, table=table):
            """A list."""

            item_id: str
            v: list[float]
            key = table.primary.key("A#{item_id}", "A")

    with raises(InvalidEntity, declared="no field is stored as v"):

        class Bare(Entity, table=table):
            """No vector."""

            item_id: str
            key = table.primary.key("A#{item_id}", "A")
            near = meanings.key()

    with raises(InvalidEntity, declared="its items are in index Near, by v, without a key"):

        class Stray(Entity, table=table):
            """In the index by accident."""

            item_id: str
            v: Vector | None = None
            key = table.primary.key("A#{item_id}", "A")

    with raises(InvalidEntity, declared="year is stored as S in year, a filter of Near"):

        class Texts(Entity, table=table):
            """A filter of another type."""

            item_id: str
            year: str
            key = table.primary.key("A#{item_id}", "A")


def test_templates_are_those_of_the_index() -> None:
    """One for the partition key, or the field of its name."""
    table = Table("refused")
    wholes = table.vector_index("Whole", "v", dimensions=3)
    tenants = table.vector_index("ByTenant", "v", dimensions=3, partition_key="tenant")
    with raises(InvalidTemplate, declared="1 template for the partition key"):
        wholes.key("TENANT")
    with raises(InvalidTemplate, declared="when=5"):
        tenants.key("{tenant}", when=5)  # type: ignore[arg-type]

    class Found(Entity, table=table):
        """Of a tenant."""

        item_id: str
        tenant: str
        v: Vector
        key = table.primary.key("A#{item_id}", "A")
        whole = wholes.key()
        by_tenant = tenants.key()

    search = Found.by_tenant.search((1, 0, 0), tenant="acme")
    assert search.conditions() == {"tenant": {"S": "acme"}, "entity": {"S": "Found"}}


def pattern(ask: Callable[..., Any], returns: object, **parameters: object) -> None:
    """Declares a pattern of these parameters."""
    ask.__annotations__ = {**parameters, "return": returns}
    ask.__doc__, ask.__name__ = "A question.", "ask"
    access_pattern(ask)


def test_patterns_that_contradict_the_index_do_not_import() -> None:
    """A value of the partition key, filters that it has, a vector of its dimensions."""
    whole = Search[Article]
    near = Article.near.search
    with raises(ContradictoryPattern, declared="search without tenant_id"):
        pattern(lambda vector: near(vector).nearest(3), whole, vector=Vector)
    with raises(ContradictoryPattern, declared="search by title"):
        pattern(lambda v, t: near(v, tenant_id=t, title=t), whole, v=Vector, t=str)
    with raises(ContradictoryPattern, declared="has 2 dimensions, and its index 3"):
        pattern(lambda t: near((1, 0), tenant_id=t), whole, t=str)
    with raises(ContradictoryPattern, declared="argument {v} is list"):
        pattern(lambda v, t: near(v, tenant_id=t), whole, v=list[str], t=str)
    with raises(ContradictoryPattern, declared="argument {v} is tuple"):
        pattern(lambda v, t: near(v, tenant_id=t), whole, v=tuple[str, ...], t=str)
    with raises(ContradictoryPattern, declared="lang=None"):
        pattern(lambda v, t: near(v, tenant_id=t, lang=None), whole, v=Vector, t=str)
    with raises(ContradictoryPattern, declared="nearest({k})"):
        pattern(lambda v, t, k: near(v, tenant_id=t).nearest(k), whole, v=Vector, t=str, k=int)
    with raises(ContradictoryPattern, declared="does not hold article_id, tenant_id"):
        pattern(lambda v: Article.by_length.search(v).nearest(3), whole, v=Vector)
    with raises(InvalidPattern, declared="Search"):
        pattern(lambda v, t: near(v, tenant_id=t), Article, v=Vector, t=str)


planned = Table("planned")
planned_meanings = planned.vector_index("Meanings", "v", dimensions=1)


class Planned(Entity, table=planned):
    """Of a table of its own, whose patterns no other test compiles."""

    item_id: str
    v: Vector
    key = planned.primary.key("A#{item_id}", "A")
    near = planned_meanings.key()


def test_a_pattern_asks_what_was_planned() -> None:
    """Its filters and its number are its shape; vectors are not."""

    def some(tenant_id: str, lang: str, vector: Vector) -> Search[Article]:
        """Sometimes in one language."""
        equals = {} if lang == "any" else {"lang": lang}
        return Article.near.search(vector, tenant_id=tenant_id, **equals)

    with raises(InvalidPattern, declared="is not known while"):
        access_pattern(some)
    counts = iter((3, 4))

    @access_pattern
    def odd(vector: Vector) -> Search[Planned]:
        """Another number each time."""
        return Planned.near.search(vector).nearest(next(counts))

    with raises(UnplannedOperation, declared="most is 4"):
        odd((1,))


def test_an_entity_with_an_upgrade_is_told_by_its_partition_alone() -> None:
    """Older items may have another type: beside other entities they could not be told apart."""
    table = Table("upgraded")
    meanings = table.vector_index("Near", "v", dimensions=3, partition_key="NearPK")

    class Old(Entity, table=table, renamed={"name": "title"}, upgrade=dict, reaches=["price"]):
        """Once of another form."""

        item_id: str
        title: str
        v: Vector
        key = table.primary.key("OLD#{item_id}", "OLD")
        near = meanings.key("OLD")

    (request,) = Old.near.search((1, 0, 0)).requests(Context())
    assert request.parameters["SearchConditionExpression"] == "#NearPK = :NearPK"
    asked_for = request.parameters["ProjectionExpression"].split(", ")
    assert {"#title", "#name", "#price", "#v"} <= {*asked_for}

    class New(Entity, table=table):
        """Another."""

        item_id: str
        kind: str
        v: Vector
        key = table.primary.key("NEW#{item_id}", "NEW")
        near = meanings.key("{kind}")

    with raises(InvalidOperation, declared="items of New (New.near) may be in the same"):
        Old.near.search((1, 0, 0)).requests(Context())
    assert New.near.search((1, 0, 0), kind="OLD").conditions()["entity"] == {"S": "New"}


def test_views_may_have_the_vector_and_other_reads_are_of_other_keys() -> None:
    """A view's field is the entity's, whose index says the dimensions."""

    class Meaning(View[Article]):
        """What it means."""

        article_id: str
        embedding: Vector | None

    (request,) = Article.by_length.search((1, 0, 0)).only(Meaning).requests(Context())
    assert "#embedding" in request.parameters["ProjectionExpression"]
    near: Any = Article.near
    assert not hasattr(near, "query")
    with raises(InvalidOperation, allowed="the keys of two to eight entities"):
        collection(near, Question.near)  # type: ignore[type-var]


def test_caches_never_answer_a_search_and_know_what_it_reads() -> None:
    """A write of the partition drops what was read of it."""
    search = asked.similar("acme", (1, 0, 0))
    assert must_be_fresh(search)
    assert not answers_one(search)
    saved = Article(article_id="one", tenant_id="acme", title="One", embedding=(1, 0, 0))
    assert set(places_read(search)) <= places_written(put(saved), Context())


def test_json_schemas_say_the_dimensions() -> None:
    """Those of the index."""
    known = Article.model_json_schema()["properties"]["embedding"]["anyOf"][0]
    assert (known["type"], known["minItems"], known["maxItems"]) == ("array", 3, 3)
