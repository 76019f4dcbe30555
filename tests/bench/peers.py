"""boto3 and what stands on botocore, as those who know them use them: a URL to functions by name.

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
    BLOG,
    INDEX,
    MANY,
    OFFSET_TABLE,
    REGION,
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


def plain_model() -> "type[BaseModel]":
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


def dumped(post: "BaseModel") -> dict[str, Any]:
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

    client, model = _client(url), plain_model()
    read, written = TypeDeserializer().deserialize, TypeSerializer().serialize
    posts = [model.model_validate(values(number)) for number in range(3)]

    def load(item: dict[str, Any]) -> "BaseModel":
        return model.model_validate({name: read(value) for name, value in item.items()})

    def dump(post: "BaseModel") -> dict[str, Any]:
        return {name: written(value) for name, value in dumped(post).items()}

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

    posts = [Post(**keys(number), **with_moments(number)) for number in range(3)]
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


def with_moments(number: int) -> dict[str, Any]:
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
