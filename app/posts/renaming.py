"""Another slug for a post: former ones keep leading to it."""

from __future__ import annotations

from datetime import datetime

from access_patterns import posts
from app.events import about_posts
from app.events.outbox import telling
from app.posts.errors import TooManyFormerSlugs
from model import Post, Slug
from model.post import MAX_FORMER_SLUGS
from singletable import Repository


def rename(repository: Repository, before: Post, slug: Slug, now: datetime) -> Post:
    """A former slug of the post may be taken up again; nobody else's may."""
    if slug == before.slug:
        return before
    former = [each for each in before.former_slugs if each != slug]
    former.append(before.slug)
    if len(former) > MAX_FORMER_SLUGS:
        raise TooManyFormerSlugs(most=MAX_FORMER_SLUGS)
    after = before.model_copy(update={"slug": slug, "former_slugs": former})
    event = about_posts.changed(before, after, now)
    return repository.write(telling(posts.change_slug(before, after), event))
