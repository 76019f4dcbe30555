"""Libraries with an HTTP client of their own, two of them in Rust; as in `peers`."""

from datetime import datetime
from typing import TYPE_CHECKING

from tests.bench.items import ACCESS_KEY, BLOG, MANY, REGION, SECRET_KEY, TABLE, keys, values
from tests.bench.peers import PARTITION, SORT, Operations, dumped, plain_model, with_moments

if TYPE_CHECKING:
    from pydantic import BaseModel


def pydynox(url: str) -> Operations:
    from pydynox import DynamoDBClient, Model, ModelConfig, SyncTransaction
    from pydynox.attributes import (
        BooleanAttribute,
        DatetimeAttribute,
        ListAttribute,
        NumberAttribute,
        StringAttribute,
    )

    client = DynamoDBClient(
        region=REGION, access_key=ACCESS_KEY, secret_key=SECRET_KEY, endpoint_url=url
    )

    class Post(Model):
        model_config = ModelConfig(table=TABLE, client=client)
        PK = StringAttribute(partition_key=True, template="BLOG#{blog_id}")
        SK = StringAttribute(sort_key=True, template="POST#{post_id}")
        GSI1PK = StringAttribute(template="AUTHOR#{author_id}")
        GSI1SK = StringAttribute()
        entity = StringAttribute(alias="__entity__", default="post")
        post_id = StringAttribute()
        blog_id = StringAttribute()
        author_id = StringAttribute()
        title = StringAttribute()
        slug = StringAttribute()
        body = StringAttribute()
        tags = ListAttribute()
        likes = NumberAttribute()
        rating = NumberAttribute()
        published = BooleanAttribute()
        created_at = DatetimeAttribute()
        updated_at = DatetimeAttribute()

    posts = [Post(GSI1SK=keys(n)["GSI1SK"], **with_moments(n)) for n in range(3)]
    wanted = [{"PK": keys(n)["PK"], "SK": keys(n)["SK"]} for n in range(MANY)]
    absent = Post.PK.not_exists()

    def transact() -> None:
        with SyncTransaction(client) as writing:
            for post in posts:
                writing.put(TABLE, post.to_dict())

    return {
        "get": lambda: Post.sync_get(PK=PARTITION, SK=SORT),
        "put": lambda: posts[1].sync_save(full_replace=True),
        "create": lambda: posts[1].sync_save(full_replace=True, condition=absent),
        "query": lambda: list(Post.sync_query(partition_key=PARTITION)),
        "transact": transact,
        "batch": lambda: Post.sync_batch_get(wanted),
    }


async def aiodynamo(url: str) -> Operations:
    """Over aiohttp, with a pydantic model."""
    import aiohttp
    from aiodynamo.client import Client
    from aiodynamo.credentials import Key, StaticCredentials
    from aiodynamo.expressions import F, HashKey
    from aiodynamo.http.aiohttp import AIOHTTP
    from aiodynamo.models import BatchGetRequest
    from aiodynamo.operations import Put
    from yarl import URL

    http = AIOHTTP(aiohttp.ClientSession())
    client = Client(http, StaticCredentials(Key(ACCESS_KEY, SECRET_KEY)), REGION, URL(url + "/"))
    table, model = client.table(TABLE), plain_model()
    load = model.model_validate
    posts = [load(values(number)) for number in range(3)]
    key = {"PK": PARTITION, "SK": SORT}
    absent = F("PK").does_not_exist()

    async def get() -> "BaseModel":
        return load(await table.get_item(key))

    async def query() -> "list[BaseModel]":
        return [load(item) async for item in table.query(HashKey("PK", PARTITION))]

    async def transact() -> None:
        await client.transact_write_items([Put(TABLE, dumped(post)) for post in posts])

    async def batch() -> "list[BaseModel]":
        wanted = [{"PK": keys(n)["PK"], "SK": keys(n)["SK"]} for n in range(MANY)]
        found = await client.batch_get({TABLE: BatchGetRequest(keys=wanted)})
        return [load(item) for item in found.items[TABLE]]

    return {
        "get": get,
        "put": lambda: table.put_item(dumped(posts[1])),
        "create": lambda: table.put_item(dumped(posts[1]), condition=absent),
        "query": query,
        "transact": transact,
        "batch": batch,
    }


async def dynamoxy(url: str) -> Operations:
    from dynamoxy import Attr, Client, Credentials, Model, field, partition_key, sort_key

    class Post(Model, table=TABLE):
        PK: Attr[str] = partition_key(template="BLOG#{blog_id}")
        SK: Attr[str] = sort_key(template="POST#{post_id}")
        GSI1PK: Attr[str] = field(template="AUTHOR#{author_id}")
        GSI1SK: Attr[str] = field(template="POST#{created_at}")
        post_id: Attr[str]
        blog_id: Attr[str]
        author_id: Attr[str]
        title: Attr[str]
        slug: Attr[str]
        body: Attr[str]
        tags: Attr[list[str]]
        likes: Attr[int]
        rating: Attr[float]
        published: Attr[bool]
        created_at: Attr[datetime]
        updated_at: Attr[datetime]

    known = Credentials(ACCESS_KEY, SECRET_KEY)
    client = Client(region=REGION, endpoint_url=url, credentials=known)
    posts = [Post(**with_moments(number)) for number in range(3)]
    repository = client.repository(Post)
    wanted = [(keys(n)["PK"], keys(n)["SK"]) for n in range(MANY)]

    async def transact() -> None:
        async with client.transaction() as writing:
            for post in posts:
                writing.put(post)

    return {
        "get": lambda: repository.get(blog_id=BLOG, post_id="post-000001"),
        "put": lambda: repository.put(posts[1]),
        "create": lambda: repository.create(posts[1]),
        "query": lambda: repository.query(blog_id=BLOG).all(),
        "transact": transact,
        "batch": lambda: repository.batch_get(wanted),
    }
