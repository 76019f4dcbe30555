"""A social network: partitions with suffixes, counters, and a timeline that is written to each
follower. The sort keys of what a user has once are literals with quotation marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NewType

from pydantic import Field

from singletable import (
    IN_KEY,
    TTL,
    Batch,
    Entity,
    Query,
    Table,
    Transaction,
    access_pattern,
    batch,
    collection,
    create,
    put,
    transaction,
)
from singletable.formats import epoch, printed
from singletable.patterns import gets, queries

UserId = NewType("UserId", str)
PostId = NewType("PostId", str)
UserInKey = Annotated[UserId, IN_KEY]
PostInKey = Annotated[PostId, IN_KEY]

network = Table("SNS", type_attribute=None)
primary = network.primary


class UserInfo(Entity, table=network):
    """What a user says of themselves."""

    user_id: UserInKey
    name: str
    content: str
    image_url: str = Field(serialization_alias="imageUrl")
    etc: str | None = None

    key = primary.key("u#{user_id}", '"info"')


class UserCount(Entity, table=network):
    """How many follow a user, are followed by them, and were posted by them."""

    user_id: UserInKey
    followers: int = Field(0, serialization_alias="follower#")
    following: int = Field(0, serialization_alias="following#")
    posts: int = Field(0, serialization_alias="post#")

    key = primary.key("u#{user_id}", '"count"')


class Follower(Entity, table=network):
    """Who follows a user: the edge from the user."""

    user_id: UserInKey = Field(examples=["followed"])
    follower_id: UserInKey

    key = primary.key("u#{user_id}#follower", "u#{follower_id}")


class Following(Entity, table=network):
    """Whom a user follows: the edge back."""

    user_id: UserInKey = Field(examples=["following"])
    following_id: UserInKey

    key = primary.key("u#{user_id}#following", "u#{following_id}")


class Post(Entity, table=network):
    """What a user has posted."""

    user_id: UserInKey
    post_id: PostInKey
    content: str
    image_url: str = Field(serialization_alias="imageUrl")
    at: Annotated[datetime, epoch("seconds", text=True)] = Field(serialization_alias="timestamp")

    key = primary.key("u#{user_id}#post", "p#{post_id}")


class Like(Entity, table=network):
    """Who likes a post."""

    post_id: PostInKey
    user_id: UserInKey

    key = primary.key("p#{post_id}#likelist", "u#{user_id}")


class LikeCount(Entity, table=network):
    """How many like a post, as text."""

    post_id: PostInKey
    likes: Annotated[int, printed(text=True)] = Field(serialization_alias="etc")

    key = primary.key("p#{post_id}#likecount", '"count"')


class TimelineEntry(Entity, table=network):
    """A post of one whom a user follows, until it expires."""

    user_id: UserInKey
    post_id: PostInKey
    author_id: UserInKey
    ttl: Annotated[datetime, TTL]

    key = primary.key("u#{user_id}#timeline", "p#{post_id}#u#{author_id}")


followers = queries(Follower.key, "Who follows a user.")
following = queries(Following.key, "Whom a user follows.")
posts = queries(Post.key, "What a user has posted.")
likes = queries(Like.key, "Who likes a post.")
like_count = gets(LikeCount.key, "How many like a post.")
timeline = queries(TimelineEntry.key, "What those have posted whom a user follows.")


@access_pattern
def user(user_id: UserId) -> Query[UserInfo | UserCount]:
    """What a user says of themselves, and their numbers."""
    return collection(UserInfo.key, UserCount.key).query(user_id=user_id)


@access_pattern
def follow(follower: Follower, following: Following) -> Transaction[None]:
    """Writes both edges, and counts them, once."""
    followed = UserCount.key.patch(user_id=follower.user_id).add(followers=1)
    follows = UserCount.key.patch(user_id=following.user_id).add(following=1)
    return transaction(create(follower), create(following), followed, follows)


@access_pattern
def deliver(entries: Sequence[TimelineEntry]) -> Batch:
    """Writes a post into the timelines of all followers."""
    return batch(*map(put, entries))
