"""Users, whom they follow, what they post and see, as it was published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from singletable import collection
from singletable.errors import TransactionCancelled
from tests.conftest import OpenBackend, without_moto
from tests.designs import social_network as design
from tests.designs.corpus import load_design
from tests.designs.proofs import Asked, check_answers, check_published, put_again, raw
from tests.designs.social_network import Follower, Following, PostId, TimelineEntry, UserId

PUBLISHED = "10-social-network"
MO, BO, FIRST = UserId("mo"), UserId("bo"), PostId("0001")
COUNTS = {"follower#": {"N": "2"}, "following#": {"N": "1"}, "post#": {"N": "2"}}
SOON = {"N": "1800000000"}

ITEMS = [
    raw(PK="u#mo", SK='"info"', name="Mo", content="I am Mo.", imageUrl="s3://b/mo"),
    raw(PK="u#mo", SK='"count"', **COUNTS),
    raw(PK="u#mo#follower", SK="u#bo"),
    raw(PK="u#mo#follower", SK="u#al"),
    raw(PK="u#mo#following", SK="u#bo"),
    raw(PK="u#mo#post", SK="p#0001", content="Hi.", imageUrl="s3://b/1", timestamp="1700000000"),
    raw(PK="u#mo#post", SK="p#0002", content="Ho.", imageUrl="s3://b/2", timestamp="1700000600"),
    raw(PK="p#0001#likelist", SK="u#bo"),
    raw(PK="p#0001#likelist", SK="u#al"),
    raw(PK="p#0001#likecount", SK='"count"', etc="2"),
    raw(PK="u#mo#timeline", SK="p#0009#u#bo", ttl=SOON),
    raw(PK="u#mo#timeline", SK="p#0003#u#al", ttl=SOON),
    raw(PK="u#moe", SK='"count"', **COUNTS),
    raw(PK="u#moe#follower", SK="u#mo"),
]
ALL = collection(
    design.UserInfo.key,
    design.UserCount.key,
    design.Follower.key,
    design.Following.key,
    design.Post.key,
    design.Like.key,
    design.LikeCount.key,
    design.TimelineEntry.key,
).scan(because="the test reads all")


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    def of(partition: str, operation: object) -> Asked:
        return Asked(operation, ("PK", "SK"), partition)

    asked = {
        "getUserInfoByUserID": of("u#mo", design.user(MO)),
        "getFollowerListByUserID": of("u#mo#follower", design.followers(user_id=MO)),
        "getFollowingListByUserID": of("u#mo#following", design.following(user_id=MO)),
        "getPostListByUserID": of("u#mo#post", design.posts(user_id=MO)),
        "getUserLikesByPostID": of("p#0001#likelist", design.likes(post_id=FIRST)),
        "getLikeCountByPostID": of("p#0001#likecount", design.like_count(post_id=FIRST)),
        "getTimelineByUserID": of("u#mo#timeline", design.timeline(user_id=MO)),
    }
    check_answers(open_backend(design.network), ITEMS, asked)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    user, post = UserId("12345"), PostId("12345")
    asked = {
        "getUserInfoByUserID": design.user(user),
        "getFollowerListByUserID": design.followers(user_id=user),
        "getFollowingListByUserID": design.following(user_id=user),
        "getPostListByUserID": design.posts(user_id=user),
        "getUserLikesByPostID": design.likes(post_id=post),
        "getLikeCountByPostID": design.like_count(post_id=post),
        "getTimelineByUserID": design.timeline(user_id=user),
    }
    check_published(open_backend(design.network), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    assert put_again(open_backend(design.network), load_design(PUBLISHED).items, ALL) == {}


@without_moto
def test_one_who_follows_is_counted_once(open_backend: OpenBackend) -> None:
    backend = open_backend(design.network)
    backend.put(PK="u#mo", SK='"count"', **COUNTS)
    backend.put(PK="u#bo", SK='"count"', **COUNTS)
    edges = Follower(user_id=MO, follower_id=BO), Following(user_id=BO, following_id=MO)
    backend.repository.write(design.follow(*edges))
    with pytest.raises(TransactionCancelled):
        backend.repository.write(design.follow(*edges))
    (followed,) = backend.repository.fetch(design.user(MO)).of(design.UserCount)
    (follows,) = backend.repository.fetch(design.user(BO)).of(design.UserCount)
    assert (followed.followers, follows.following) == (3, 2)


@without_moto
def test_a_post_is_delivered_to_all_followers(open_backend: OpenBackend) -> None:
    backend = open_backend(design.network)
    until = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(days=1)
    entries = [
        TimelineEntry(user_id=UserId(f"u{number}"), post_id=FIRST, author_id=MO, ttl=until)
        for number in range(30)
    ]
    backend.repository.write(design.deliver(entries))
    assert len(backend.items()) == 30
    (entry,) = backend.repository.fetch(design.timeline(user_id=UserId("u29")))
    assert entry == entries[29]
