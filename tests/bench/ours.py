"""What is measured of singletable: one design and one repository, over each transport."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from singletable import (
    AsyncRepository,
    Create,
    Entity,
    Put,
    Repository,
    Table,
    Transaction,
    create,
    put,
    transaction,
)
from singletable.transport import (
    AsyncTransport,
    Transport,
    async_lean_transport,
    boto3_transport,
    in_threads,
    lean_transport,
)
from tests.bench.items import BLOG, INDEX, MANY, REGION, TABLE, values

table = Table(TABLE, type_attribute="__entity__")
by_author = table.global_index(INDEX, partition_key="GSI1PK", sort_key="GSI1SK")


class Post(Entity, table=table, name="post"):
    """A post of a blog."""

    post_id: str
    blog_id: str
    author_id: str
    title: str
    slug: str
    body: str
    tags: list[str]
    likes: int
    rating: float
    published: bool
    created_at: datetime
    updated_at: datetime

    key = table.primary.key("BLOG#{blog_id}", "POST#{post_id}")
    by_author = by_author.key("AUTHOR#{author_id}", "POST#{created_at}")


POSTS = [Post.model_validate(values(number)) for number in range(3)]
IDS: Sequence[str] = [f"post-{number:06d}" for number in range(MANY)]


def one_put() -> Put[Post]:
    return put(POSTS[1])


def one_create() -> Create[Post]:
    return create(POSTS[1])


def three_puts() -> Transaction[Any]:
    return transaction(*(put(post) for post in POSTS))


def operations(send: Transport) -> dict[str, Callable[[], Any]]:
    repository = Repository(send, table)
    fetch, write = repository.fetch, repository.write
    return {
        "get": lambda: fetch(Post.key.get(blog_id=BLOG, post_id=IDS[1])),
        "put": lambda: write(one_put()),
        "create": lambda: write(one_create()),
        "query": lambda: fetch(Post.key.query(blog_id=BLOG)).items,
        "transact": lambda: write(three_puts()),
        "batch": lambda: fetch(Post.key.get_each(blog_id=BLOG, post_id=IDS)),
    }


def async_operations(send: AsyncTransport) -> dict[str, Callable[[], Any]]:
    repository = AsyncRepository(send, table)
    fetch, write = repository.fetch, repository.write

    async def query() -> Any:
        return (await fetch(Post.key.query(blog_id=BLOG))).items

    return {
        "get": lambda: fetch(Post.key.get(blog_id=BLOG, post_id=IDS[1])),
        "put": lambda: write(one_put()),
        "create": lambda: write(one_create()),
        "query": query,
        "transact": lambda: write(three_puts()),
        "batch": lambda: fetch(Post.key.get_each(blog_id=BLOG, post_id=IDS)),
    }


def boto3_client(url: str) -> Any:
    import boto3

    return boto3.client("dynamodb", endpoint_url=url, region_name=REGION)


def over_boto3(url: str) -> dict[str, Callable[[], Any]]:
    return operations(boto3_transport(boto3_client(url)))


def over_lean(url: str) -> dict[str, Callable[[], Any]]:
    return operations(lean_transport(region=REGION, endpoint_url=url))


async def over_threads(url: str) -> dict[str, Callable[[], Any]]:
    return async_operations(in_threads(boto3_transport(boto3_client(url))))


async def over_async_lean(url: str) -> dict[str, Callable[[], Any]]:
    return async_operations(async_lean_transport(region=REGION, endpoint_url=url))
