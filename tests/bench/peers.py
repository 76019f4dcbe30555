"""Other libraries, each as those who know it would use it: a URL to functions by operation.

All of them read into typed objects with moments as `datetime`, but boto3 alone, which is the
measure of the others. An asynchronous one makes its functions in the loop that it is measured in.
A library is imported where it is used, so that a process loads what it measures and no more. Some
look for the types of fields at run time, so annotations are no mere texts here.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.bench.items import (
    ACCESS_KEY,
    BLOG,
    INDEX,
    MANY,
    OFFSET_TABLE,
    REGION,
    SECRET_KEY,
    TABLE,
    keys,
    stored,
    values,
    wire,
    wire_key,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

Operations = dict[str, Callable[[], Any]]
PARTITION = keys(1)["PK"]
SORT = keys(1)["SK"]
ABSENT = "attribute_not_exists(PK)"
QUERY = {
    "TableName": TABLE,
    "KeyConditionExpression": "#p = :p",
    "ExpressionAttributeNames": {"#p": "PK"},
    "ExpressionAttributeValues": {":p": {"S": PARTITION}},
}


def _client(url: str) -> Any:
    import boto3

    return boto3.client("dynamodb", endpoint_url=url, region_name=REGION)


def boto3_raw(url: str) -> Operations:
    """DynamoDB's JSON in and out."""
    client = _client(url)
    key, item = wire_key(1), wire(stored(1))
    many = {TABLE: {"Keys": [wire_key(number) for number in range(MANY)]}}
    three = [{"Put": {"TableName": TABLE, "Item": wire(stored(n))}} for n in range(3)]
    return {
        "get": lambda: client.get_item(TableName=TABLE, Key=key)["Item"],
        "put": lambda: client.put_item(TableName=TABLE, Item=item),
        "create": lambda: client.put_item(TableName=TABLE, Item=item, ConditionExpression=ABSENT),
        "query": lambda: client.query(**QUERY)["Items"],
        "transact": lambda: client.transact_write_items(TransactItems=three),
        "batch": lambda: client.batch_get_item(RequestItems=many)["Responses"][TABLE],
    }


def _plain_model() -> "type[BaseModel]":
    from pydantic import BaseModel

    class Post(BaseModel):
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

    return Post


def _dumped(post: "BaseModel") -> dict[str, Any]:
    """What is stored of it, written by hand; boto3 takes no floats."""
    found = post.model_dump(mode="json")
    found = {n: Decimal(str(v)) if type(v) is float else v for n, v in found.items()}
    return found | {
        "PK": f"BLOG#{found['blog_id']}",
        "SK": f"POST#{found['post_id']}",
        "GSI1PK": f"AUTHOR#{found['author_id']}",
        "GSI1SK": f"POST#{found['created_at']}",
        "__entity__": "post",
    }


def boto3_pydantic(url: str) -> Operations:
    """With boto3's own TypeSerializer and TypeDeserializer, and a pydantic model."""
    from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

    client, model = _client(url), _plain_model()
    read, written = TypeDeserializer().deserialize, TypeSerializer().serialize
    posts = [model.model_validate(values(number)) for number in range(3)]

    def load(item: dict[str, Any]) -> "BaseModel":
        return model.model_validate({name: read(value) for name, value in item.items()})

    def dump(post: "BaseModel") -> dict[str, Any]:
        return {name: written(value) for name, value in _dumped(post).items()}

    def key(number: int) -> dict[str, Any]:
        return {name: written(keys(number)[name]) for name in ("PK", "SK")}

    def write(**more: str) -> Any:
        return client.put_item(TableName=TABLE, Item=dump(posts[1]), **more)

    def transact() -> Any:
        puts = [{"Put": {"TableName": TABLE, "Item": dump(post)}} for post in posts]
        return client.transact_write_items(TransactItems=puts)

    def batch() -> "list[BaseModel]":
        wanted = {TABLE: {"Keys": [key(number) for number in range(MANY)]}}
        found = client.batch_get_item(RequestItems=wanted)
        return [load(item) for item in found["Responses"][TABLE]]

    return {
        "get": lambda: load(client.get_item(TableName=TABLE, Key=key(1))["Item"]),
        "put": write,
        "create": lambda: write(ConditionExpression=ABSENT),
        "query": lambda: [load(item) for item in client.query(**QUERY)["Items"]],
        "transact": transact,
        "batch": batch,
    }


def pynamodb(url: str) -> Operations:
    from pynamodb.attributes import (
        BooleanAttribute,
        ListAttribute,
        NumberAttribute,
        UnicodeAttribute,
        UTCDateTimeAttribute,
    )
    from pynamodb.connection import Connection
    from pynamodb.models import Model
    from pynamodb.transactions import TransactWrite

    class Post(Model):
        class Meta:
            table_name = OFFSET_TABLE
            region = REGION
            host = url

        PK = UnicodeAttribute(hash_key=True)
        SK = UnicodeAttribute(range_key=True)
        GSI1PK = UnicodeAttribute(null=True)
        GSI1SK = UnicodeAttribute(null=True)
        entity = UnicodeAttribute(attr_name="__entity__", default="post")
        post_id = UnicodeAttribute()
        blog_id = UnicodeAttribute()
        author_id = UnicodeAttribute()
        title = UnicodeAttribute()
        slug = UnicodeAttribute()
        body = UnicodeAttribute()
        tags = ListAttribute(of=UnicodeAttribute)
        likes = NumberAttribute()
        rating = NumberAttribute()
        published = BooleanAttribute()
        created_at = UTCDateTimeAttribute()
        updated_at = UTCDateTimeAttribute()

    posts = [Post(**keys(number), **_with_moments(number)) for number in range(3)]
    connection = Connection(region=REGION, host=url)

    def transact() -> None:
        with TransactWrite(connection=connection) as writing:
            for post in posts:
                writing.save(post)

    def batch() -> list[Post]:
        wanted = [(keys(number)["PK"], keys(number)["SK"]) for number in range(MANY)]
        return list(Post.batch_get(wanted))

    return {
        "get": lambda: Post.get(PARTITION, SORT),
        "put": posts[1].save,
        "create": lambda: posts[1].save(condition=Post.PK.does_not_exist()),
        "query": lambda: list(Post.query(PARTITION)),
        "transact": transact,
        "batch": batch,
    }


def _with_moments(number: int) -> dict[str, Any]:
    found = values(number)
    for name in ("created_at", "updated_at"):
        found[name] = datetime.fromisoformat(found[name])
    return found


def pydynantic(url: str) -> Operations:
    from pydynantic import Entity, Table, attr_not_exists, key, transaction

    index = {"pk": "GSI1PK", "sk": "GSI1SK"}
    table = Table(name=TABLE, pk="PK", sk="SK", indexes={INDEX: index}, client=_client(url))

    class Post(Entity, table=table, name="post"):
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

        class Meta:
            primary = key(pk="BLOG#{blog_id}", sk="POST#{post_id}")
            by_author = key(index=INDEX, pk="AUTHOR#{author_id}", sk="POST#{created_at}")

    posts = [Post.model_validate(values(number)) for number in range(3)]

    def transact() -> None:
        with transaction(table) as writing:
            for post in posts:
                writing.put(post)

    def batch() -> list[Post]:
        ids = [f"post-{number:06d}" for number in range(MANY)]
        return Post.batch_get([{"blog_id": BLOG, "post_id": each} for each in ids])

    return {
        "get": lambda: Post.get(blog_id=BLOG, post_id="post-000001"),
        "put": lambda: Post.put(posts[1]),
        "create": lambda: Post.put(posts[1], condition=attr_not_exists("PK")),
        "query": lambda: Post.query.primary(blog_id=BLOG).all(),
        "transact": transact,
        "batch": batch,
    }


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

    posts = [Post(GSI1SK=keys(n)["GSI1SK"], **_with_moments(n)) for n in range(3)]
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
    table, model = client.table(TABLE), _plain_model()
    load = model.model_validate
    posts = [load(values(number)) for number in range(3)]
    key = {"PK": PARTITION, "SK": SORT}
    absent = F("PK").does_not_exist()

    async def get() -> "BaseModel":
        return load(await table.get_item(key))

    async def query() -> "list[BaseModel]":
        return [load(item) async for item in table.query(HashKey("PK", PARTITION))]

    async def transact() -> None:
        await client.transact_write_items([Put(TABLE, _dumped(post)) for post in posts])

    async def batch() -> "list[BaseModel]":
        wanted = [{"PK": keys(n)["PK"], "SK": keys(n)["SK"]} for n in range(MANY)]
        found = await client.batch_get({TABLE: BatchGetRequest(keys=wanted)})
        return [load(item) for item in found.items[TABLE]]

    return {
        "get": get,
        "put": lambda: table.put_item(_dumped(posts[1])),
        "create": lambda: table.put_item(_dumped(posts[1]), condition=absent),
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
    posts = [Post(**_with_moments(number)) for number in range(3)]
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
