"""Vector indexes: what a search finds, in which order, and what of vectors is refused unsent.

Neither moto nor DynamoDB Local knows them: they are tested in memory, by both drivers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from singletable import batch, put, transaction, update
from singletable.errors import (
    IndexMissing,
    InvalidItem,
    InvalidOperation,
    InvalidStoredItem,
    ServiceUnavailable,
)
from singletable.inspect import Context, Observed, Retry, load_item
from singletable.vectors import Matches
from tests.backends import Backend, run
from tests.conftest import OpenBackend
from tests.singletable import articles as asked
from tests.singletable.articles import Article, Question, Title, articles
from tests.singletable.raises import raises

pytestmark = pytest.mark.parametrize("open_backend", ["memory", "async"], indirect=True)


@pytest.fixture
def backend(open_backend: OpenBackend) -> Backend:
    return open_backend(articles)


def article(article_id: str, *vector: float, tenant: str = "acme", **fields: Any) -> Article:
    return Article(
        article_id=article_id,
        tenant_id=tenant,
        title=article_id.title(),
        embedding=vector or None,
        **fields,
    )


def save(backend: Backend, *kept: Article | Question) -> None:
    for each in kept:
        backend.repository.write(put(each))


def found(matches: Matches[Article]) -> list[str]:
    return [each.article_id for each in matches.items]


def test_the_nearest_come_first_with_their_scores(backend: Backend) -> None:
    """Those of the tenant; what has no vector, or is not published, is not in the index."""
    save(
        backend,
        article("east", 2, 0, 0),
        article("north-east", 1, 1, 0),
        article("west", -1, 0, 0),
        article("elsewhere", 1, 0, 0, tenant="other"),
        article("unknown"),
        article("draft", 1, 0, 0, status="draft"),
    )
    matches = backend.repository.fetch(asked.similar("acme", (1, 0, 0)))
    assert found(matches) == ["east", "north-east", "west"]
    assert matches.scores == pytest.approx((0, 1 - 0.5**0.5, 2))
    assert next((each.title, score) for each, score in matches) == ("East", 0)
    assert len(matches) == 3


def test_a_search_answers_as_many_as_are_asked_for(backend: Backend) -> None:
    """Ten unless the pattern, or who calls it, says another number."""
    save(backend, *(article(f"a{at:02}", 1, at / 100, 0, lang="en") for at in range(12)))
    fetch = backend.repository.fetch
    assert found(fetch(asked.similar("acme", (1, 0, 0)))) == [f"a{at:02}" for at in range(10)]
    assert len(fetch(asked.similar("acme", (1, 0, 0)).nearest(12))) == 12
    assert found(fetch(asked.similar_in("acme", "en", (1, 0, 0)))) == ["a00", "a01"]
    for count in (0, 101, True, 1.0):
        with raises(InvalidOperation, allowed="1 to 100"):
            asked.similar("acme", (1, 0, 0)).nearest(count)  # type: ignore[arg-type]


def test_filters_leave_out_what_has_another_value_or_none(backend: Backend) -> None:
    """By equality alone, which is what the index knows."""
    save(
        backend,
        article("english", 1, 0, 0, lang="en"),
        article("german", 1, 0, 0, lang="de"),
        article("unsaid", 1, 0, 0),
    )
    assert found(backend.repository.fetch(asked.similar_in("acme", "de", (1, 0, 0)))) == ["german"]


def test_entities_of_one_index_are_told_apart(backend: Backend) -> None:
    """By the type attribute, which is a filter of every vector index."""
    save(backend, article("one", 1, 0, 0))
    save(backend, Question(question_id="two", tenant_id="acme", embedding=(1, 0, 0)))
    fetch = backend.repository.fetch
    assert found(fetch(asked.similar("acme", (1, 0, 0)))) == ["one"]
    (question,) = fetch(asked.questions("acme", (1, 0, 0))).items
    assert question.question_id == "two"


def test_views_and_whole_items_of_an_index_that_holds_a_part(backend: Backend) -> None:
    """A view is read from the index, and whole items from the table, in the same order."""
    save(backend, article("near", 1, 0, 0), article("far", 5, 0, 0), article("nearer", 2, 0, 0))
    titles = backend.repository.fetch(asked.titles((2, 0, 0)))
    assert titles.items[0] == Title(article_id="nearer", title="Nearer")
    assert titles.scores == (0, 1, 3)
    whole = backend.repository.fetch(asked.whole((2, 0, 0)).nearest(2))
    assert [(each.article_id, each.embedding) for each in whole.items] == [
        ("nearer", (2.0, 0.0, 0.0)),
        ("near", (1.0, 0.0, 0.0)),
    ]
    with raises(InvalidOperation, declared="does not hold article_id, tenant_id, status, lang"):
        run(backend.repository, Article.by_length.search((1, 0, 0)))


def test_what_is_gone_from_the_table_is_reported_as_missing(backend: Backend) -> None:
    """The index follows the table, and may still have it."""
    save(backend, article("kept", 1, 0, 0), article("gone", 2, 0, 0))
    send = backend.transport

    def behind(operation: str, parameters: Any) -> Any:
        answer: Any = send(operation, parameters)
        if operation == "SearchVectors":
            send("DeleteItem", {"TableName": backend.name, "Key": key})
        return answer

    key = Article.key.get(article_id="gone").requests(Context())[0].parameters["Key"]
    backend.transport = behind
    matches = backend.another().fetch(asked.whole((1, 0, 0)))
    assert (found(matches), matches.scores) == (["kept"], (0,))
    assert matches.missing == ("ARTICLE#gone / ARTICLE",)


def test_what_cannot_be_read_is_an_error_or_reported(backend: Backend) -> None:
    """As of queries."""
    save(backend, article("good", 1, 0, 0), article("bad", 2, 0, 0))
    item = backend.raw(PK="ARTICLE#bad", SK="ARTICLE") or {}
    backend.client.put_item(TableName=backend.name, Item=item | {"title": {"N": "1"}})
    with raises(InvalidStoredItem, problems="title"):
        backend.repository.fetch(asked.similar("acme", (1, 0, 0)))
    matches = backend.repository.fetch(asked.similar("acme", (1, 0, 0)).tolerating_unreadable())
    assert found(matches) == ["good"]
    assert [each.key for each in matches.unreadable] == ["ARTICLE#bad / ARTICLE"]


WRONG = {
    "dimensions": ((1, 0), "has 2 dimensions, and its index 3"),
    "text": ((1, 0, "0"), "an element of str, which is no number"),
    "a flag": ((1, 0, True), "an element of bool, which is no number"),
    "no number": ((1, 0, float("nan")), "not finite"),
    "too great": ((1, 0, 1e39), "not finite"),
    "zeros": ((0, 0, 0), "no direction"),
    "no list": ("100", "is str, not a list or tuple of numbers"),
}


@pytest.mark.parametrize(("vector", "why"), WRONG.values(), ids=WRONG)
def test_a_wrong_vector_is_refused_before_anything_is_sent(
    backend: Backend, vector: Any, why: str
) -> None:
    """Whatever constructs it, whichever verb writes it, whatever searches for it."""
    saved = article("one", 1, 0, 0)
    wrong = saved.model_copy(update={"embedding": vector})
    with pytest.raises(ValidationError, match=why):
        article("one", 1, 0, 0).model_validate({**saved.model_dump(), "embedding": vector})
    operations: list[Callable[[], Any]] = [
        lambda: asked.save(wrong),
        lambda: put(wrong),
        lambda: update(saved, wrong),
        lambda: transaction(put(wrong)),
        lambda: batch(put(wrong)),
        lambda: Article.key.patch(article_id="one").set(embedding=vector),
        lambda: Article.key.upsert(article_id="one").set(embedding=vector),
        lambda: asked.similar("acme", vector),
        lambda: asked.titles(vector),
    ]
    for make in operations:
        with raises(InvalidItem, problems=why):
            run(backend.repository, make())
    assert backend.sent == []


def test_a_vector_is_kept_in_32_bits_with_the_digits_that_tell_it(backend: Backend) -> None:
    """So that what the index has of it, in whichever digits, is what was constructed."""
    saved = article("one", 0.1, 1 / 3, 0.10000000149011612)
    assert saved.embedding == (0.1, 0.33333334, 0.1)
    save(backend, saved)
    (read,) = backend.repository.fetch(asked.similar("acme", (1, 0, 0))).items
    assert read == saved == backend.repository.fetch(Article.key.get(article_id="one"))
    renamed = backend.repository.write(update(read, read.model_copy(update={"title": "New"})))
    assert backend.sent[-1].request.parameters["UpdateExpression"] == "SET #title = :title"
    assert renamed.title == "New"


def test_a_vector_leaves_the_index_with_its_item_its_condition_or_itself(backend: Backend) -> None:
    """By any verb."""
    save(backend, *(article(name, 1, 0, 0) for name in ("kept", "deleted", "hidden", "cleared")))
    write = backend.repository.write
    write(Article.key.delete(article_id="deleted"))
    write(Article.key.patch(article_id="hidden").set(status="draft"))
    write(Article.key.patch(article_id="cleared").set(embedding=None))
    assert found(backend.repository.fetch(asked.similar("acme", (1, 0, 0)))) == ["kept"]


def test_a_tenant_searches_its_partition_alone(backend: Backend) -> None:
    """What has no tenant in the partition key of its index is refused."""
    save(backend, article("own", 1, 0, 0), article("other", 1, 0, 0, tenant="other"))
    own = backend.repository.for_tenant(tenant_id="acme")
    assert found(own.fetch(asked.similar("acme", (1, 0, 0)))) == ["own"]
    with raises(InvalidOperation, declared="not the one that the repository is for"):
        own.fetch(asked.similar("other", (1, 0, 0)))
    with raises(InvalidOperation, declared="Article.by_length has no tenant_id"):
        own.fetch(asked.whole((1, 0, 0)))


def test_observers_are_told_of_bytes_and_of_no_units(backend: Backend) -> None:
    """A search is paid for by the bytes of the vectors that it compares."""
    save(backend, article("one", 1, 0, 0), article("two", 1, 0, 0))
    told: list[Observed] = []
    metered = backend.another(observe=told.append, count_capacity=True)
    metered.fetch(asked.similar("acme", (1, 0, 0)))
    ((operation, items, capacity, size),) = [
        (each.operation, each.items, each.capacity, each.vector_bytes) for each in told
    ]
    assert (operation, items, capacity, size) == ("Search", 2, (), 1024)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"SearchResults": {}},
        {"SearchResults": [{"Score": 1.0}]},
        {"SearchResults": [{"Item": {}, "Score": "1"}]},
    ],
)
def test_an_answer_of_another_form_is_none(backend: Backend, answer: Any) -> None:
    """No items would be taken for none that are near."""
    backend.transport = lambda *_: answer
    with raises(ServiceUnavailable, detail="SearchVectors"):
        backend.another(retry=Retry(attempts=1)).fetch(asked.similar("acme", (1, 0, 0)))


def test_a_table_without_the_index_says_so(backend: Backend) -> None:
    """One that was deployed without it."""
    names = [("PK", "HASH"), ("SK", "RANGE")]
    backend.name = "without-index"
    backend.client.create_table(
        TableName=backend.name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _ in names],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in names],
    )
    with pytest.raises(IndexMissing):
        backend.another().fetch(asked.similar("acme", (1, 0, 0)))


def test_items_that_do_not_fit_are_named(backend: Backend) -> None:
    """Another program may store a list of anything, where no index has it yet."""
    save(backend, article("one", 1, 0, 0))
    item = backend.raw(PK="ARTICLE#one", SK="ARTICLE") or {}
    for stored, why in (({"S": "1"}, "found 'S'"), ({"L": [{"S": "1"}]}, "a list of numbers")):
        with raises(InvalidStoredItem, problems=why):
            load_item(Article, {**item, "embedding": stored})
    with raises(InvalidStoredItem, problems="has 1 dimensions, and its index 3"):
        load_item(Article, {**item, "embedding": {"L": [{"N": "1"}]}})
