"""Tags name every place that is read and written, and say so before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from access_patterns import audit, blog, posts
from app.adapters.read_cache import LIFETIMES, PUBLIC, tags_of_read, tags_of_write
from model import Category, CategoryUsage, DailyView, DailyViewId, Post, PostStatus
from singletable import attr, create, delete, inspect, put, transaction, update
from singletable.design.arguments import example_arguments
from singletable.inspect import Context, Request
from singletable.inspect import IndexPlace as Tag
from tests.app.adapters.cache.harness import NEWS, NOW, a_category, a_post
from tests.singletable.shop import Coupon, Product, product

CONTEXT = Context(None, NOW)
ANYWHERE: tuple[str, ...] = ()
READS = sorted(LIFETIMES)
READS_OF_DYNAMODB = {"BatchGetItem", "GetItem", "Query"}
LAMP = product()


def example(name: str) -> Any:
    pattern = inspect.patterns(blog)[name]
    return pattern.function(**example_arguments(pattern))


def place_of(request: Request) -> tuple[str, ...]:
    """The partition that a query asks, or the key of a get."""
    parameters = request.parameters
    if request.operation == "GetItem":
        return tuple(value["S"] for value in parameters["Key"].values())
    partition = parameters["KeyConditionExpression"].partition(" AND ")[0].partition(" = ")[2]
    return (parameters["ExpressionAttributeValues"][partition]["S"],)


@pytest.mark.parametrize("name", READS)
def test_a_read_has_a_tag_for_each_request(name: str) -> None:
    """The index and the partition, or the item, that each of its requests asks."""
    operation = example(name)
    tags = {(tag.index, tag.values) for tag in tags_of_read(operation)}
    requests = operation.requests(CONTEXT)
    asked = {(each.parameters.get("IndexName", "primary"), place_of(each)) for each in requests}
    assert asked <= tags
    assert {place for _, place in tags - asked} <= {ANYWHERE}


def test_a_sharded_read_has_a_tag_for_each_shard() -> None:
    """What appears in any of them drops the page."""
    places = {tag.values for tag in tags_of_read(audit.on_day(NOW.date()))}
    day = NOW.date().isoformat()
    assert {(f"AUDITED#{day}#{shard}",) for shard in range(4)} <= places


def written_places(request: Request) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys and index partitions that a write names, but not those of unique items."""
    alone = {request.operation.removesuffix("Item"): request.parameters}
    for action in request.parameters.get("TransactItems", [alone]):
        ((kind, parameters),) = action.items()
        key = parameters.get("Item") or parameters["Key"]
        if kind == "ConditionCheck" or key["SK"] == {"S": "UNIQUE"}:
            continue
        yield "primary", (key["PK"]["S"], key["SK"]["S"])
        for name, value in {**key, **assigned(parameters)}.items():
            if name.startswith(("GSI", "LIST")) and name.endswith("PK"):
                yield name.removesuffix("PK"), (value["S"],)


def assigned(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What an update expression sets."""
    pairs = re.findall(r"(#\w+) = (:\w+)", parameters.get("UpdateExpression", ""))
    names = parameters.get("ExpressionAttributeNames", {})
    values = parameters.get("ExpressionAttributeValues", {})
    return {names[name]: values[value] for name, value in pairs}


@pytest.mark.parametrize("name", sorted(set(inspect.patterns(blog)) - set(LIFETIMES)))
def test_a_write_drops_every_place_that_its_requests_name(name: str) -> None:
    """Keys and index partitions of each item that it writes; what only reads drops nothing."""
    operation = example(name)
    tags = {(tag.index, tag.values) for tag in tags_of_write(operation, CONTEXT)}
    for request in operation.requests(CONTEXT):
        if request.operation in READS_OF_DYNAMODB:
            assert tags == set()
        else:
            places = set(written_places(request))
            assert {each for each in places - tags if (each[0], ANYWHERE) not in tags} == set()


def test_an_update_drops_where_the_item_was_and_where_it_is() -> None:
    """Publishing takes a post out of one status's list and puts it into another's."""
    draft = a_post(status=PostStatus.IN_REVIEW)
    places = {tag.values for tag in tags_of_write(posts.publish(draft, NOW), CONTEXT)}
    assert {
        place[0].split("#")[1] for place in places if place and place[0].startswith("POSTS#")
    } == {
        "in-review",
        "published",
    }


def test_an_edit_drops_lists_whose_keys_it_does_not_touch() -> None:
    """A title stands in every list that the post stands in."""
    post = a_post(status=PostStatus.PUBLISHED)
    edited = update(post, post.model_copy(update={"title": "Other"}))
    indexes = {tag.index for tag in tags_of_write(edited, CONTEXT) if tag.entity == "Post"}
    assert indexes == {"primary", "LIST1", "LIST2", "LIST3", "LIST4"}


def test_views_drop_nothing_that_is_read_of_the_post() -> None:
    """They share its partition, but neither its key nor its entity."""
    post = a_post()
    read = set(tags_of_read(posts.by_id(post.post_id)))
    seen = DailyView(daily_view_id=DailyViewId("a"), expires_at=NOW)
    assert not read & tags_of_write(posts.count_view(seen, post.post_id, 1), CONTEXT)


def test_a_check_drops_nothing() -> None:
    """It writes nothing."""
    check = Category.key.check(category_id=NEWS).when(attr("name").equals("x"))
    assert tags_of_write(check, CONTEXT) == frozenset()


CERTAIN = [
    create(a_post()),
    update(a_category(), a_category()),
    delete(a_post(), must_exist=True),
    CategoryUsage.key.patch(category_id=NEWS).add(posts=1),
    posts.delete_view_count(a_post().post_id, 1),
]
UNCERTAIN = [
    Post.key.delete(post_id=a_post().post_id).ignoring_version(),
    delete(a_post(), must_exist=True).ignoring_version(),
    put(a_post()),
    Post.key.patch(post_id=a_post().post_id).set(title="Other").ignoring_version(),
    put(LAMP),
    update(LAMP, LAMP.model_copy(update={"name": "Light"})),
    delete(LAMP),
    Product.key.delete(product_id="lamp"),
    transaction(create(a_post()), put(LAMP)),
]


@pytest.mark.parametrize("write", UNCERTAIN)
def test_who_cannot_know_former_keys_drops_whole_indexes(write: Any) -> None:
    """Unversioned entities, writes by key alone, puts over what they have not seen."""
    tags = tags_of_write(write, CONTEXT)
    wholes = {(tag.entity, tag.index) for tag in tags if tag.values == ANYWHERE}
    schema = inspect.writes(write)[-1].schema
    assert wholes == {(schema.name, key.index.label) for key in schema.secondary}


@pytest.mark.parametrize("write", CERTAIN)
def test_who_knows_former_keys_drops_no_more_than_them(write: Any) -> None:
    """A creation had none, a versioned state is checked, some entities stand in no index."""
    assert not [tag for tag in tags_of_write(write, CONTEXT) if tag.values == ANYWHERE]


def test_a_whole_index_is_a_tag_of_every_page_of_it() -> None:
    """So that whoever drops all of it reaches all of them."""
    category = Tag("Post", "LIST2", ANYWHERE)
    assert category in tags_of_read(posts.published_in_category(NEWS))


def test_every_entity_of_a_shared_answer_has_a_rule() -> None:
    """No pattern is shared whose items could not be told to be public."""
    for name in LIFETIMES:
        operation = inspect.patterns(blog)[name].operation
        assert set(inspect.entities(operation)) <= set(PUBLIC)
    assert Coupon not in PUBLIC
