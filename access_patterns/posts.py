"""Questions about posts, and the writes of their life: from draft to archive."""

from __future__ import annotations

from datetime import datetime

from model import (
    Category,
    CategoryId,
    CategoryUsage,
    Post,
    PostId,
    PostSlug,
    PostStatus,
    Revision,
    Slug,
    UserId,
    ViewCount,
    Viewing,
)
from singletable import (
    Create,
    Delete,
    Get,
    Patch,
    Put,
    Query,
    Transaction,
    Update,
    access_pattern,
    attr,
    create,
    put,
    remove,
    transaction,
    update,
)

SLUG_TAKEN = "the slug is taken"
NO_CATEGORY = "the category does not exist"
COUNTED_BEFORE = "the visitor was counted that day"


def _filed_under(category_id: CategoryId) -> Patch[CategoryUsage]:
    usage = CategoryUsage.key.patch(category_id=category_id).add(posts=1)
    return usage.otherwise(NO_CATEGORY)


def _replacing(before: Post, after: Post, former: Revision) -> Transaction[Post]:
    own = update(before, after)
    return transaction(own, create(former)).answering(own)


def _slug_of(post: Post) -> Put[PostSlug]:
    slug = put(PostSlug(slug=post.slug, post_id=post.post_id))
    return slug.when(attr("post_id").equals(post.post_id)).otherwise(SLUG_TAKEN)


@access_pattern
def by_id(post_id: PostId) -> Get[Post]:
    """A post."""
    return Post.key.get(post_id=post_id)


@access_pattern
def by_slug(slug: Slug) -> Get[PostSlug]:
    """Which post a slug leads to, be it the present slug or a former one."""
    return PostSlug.key.get(slug=slug)


@access_pattern
def published() -> Query[Post]:
    """The feed: published posts of the whole site, newest first.

    Spread over shards, so that no single partition bears all readers; one cursor goes over all.
    """
    return Post.by_status.query(status=PostStatus.PUBLISHED).newest_first()


@access_pattern
def published_in_category(category_id: CategoryId) -> Query[Post]:
    """Published posts of one category, newest first."""
    key = Post.by_category.query(category_id=category_id, status=PostStatus.PUBLISHED)
    return key.newest_first()


@access_pattern
def published_in_category_since(category_id: CategoryId, since: datetime) -> Query[Post]:
    """Posts of one category published at a moment or later, newest first."""
    key = Post.by_category.query(category_id=category_id, status=PostStatus.PUBLISHED)
    return key.at_least(status_since=since).newest_first()


@access_pattern
def by_author(author_id: UserId) -> Query[Post]:
    """Everything one author wrote, in whatever state, newest first."""
    return Post.by_author.query(author_id=author_id).newest_first()


@access_pattern
def published_by_author(author_id: UserId) -> Query[Post]:
    """What readers may see of one author, newest first.

    Filtered after reading: an author's drafts are few beside what is published.
    """
    key = Post.by_author.query(author_id=author_id).newest_first()
    return key.where(attr("status").equals(PostStatus.PUBLISHED))


@access_pattern
def in_status(status: PostStatus) -> Query[Post]:
    """An editor's queue: posts in one status, the longest waiting first."""
    return Post.by_status.query(status=status)


@access_pattern
def in_status_since(status: PostStatus, since: datetime) -> Query[Post]:
    """Posts that came into a status at a moment or later, the longest waiting first."""
    return Post.by_status.query(status=status).at_least(status_since=since)


@access_pattern
def revisions(post_id: PostId) -> Query[Revision]:
    """Former texts of a post, newest first."""
    return Revision.key.query(post_id=post_id).newest_first()


@access_pattern
def revision(post_id: PostId, number: int) -> Get[Revision]:
    """One former text of a post."""
    return Revision.key.get(post_id=post_id, number=number)


@access_pattern
def views(post_id: PostId) -> Query[ViewCount]:
    """The counters of a post's views, to be added up."""
    return ViewCount.key.query(post_id=post_id)


@access_pattern
def write(post: Post) -> Transaction[Post]:
    """Creates a post, takes its slug and counts it in its category."""
    own = create(post)
    return transaction(
        own,
        create(PostSlug(slug=post.slug, post_id=post.post_id)).otherwise(SLUG_TAKEN),
        _filed_under(post.category_id),
    ).answering(own)


@access_pattern
def bring_in(post: Post) -> Create[Post]:
    """Creates a post as it was elsewhere: within the transaction that takes its slugs."""
    return create(post).as_given()


@access_pattern
def take_slug(slug: Slug, post_id: PostId) -> Create[PostSlug]:
    """Takes a slug, present or former, of a post that is brought in."""
    return create(PostSlug(slug=slug, post_id=post_id)).otherwise(SLUG_TAKEN)


@access_pattern
def file_under(category_id: CategoryId) -> Patch[CategoryUsage]:
    """Counts a post that is brought in, in a category that exists."""
    return _filed_under(category_id)


@access_pattern
def edit(before: Post, after: Post, former: Revision) -> Transaction[Post]:
    """Changes a post's text and keeps the former one as a revision."""
    return _replacing(before, after, former)


@access_pattern
def refile(before: Post, after: Post, former: Revision) -> Transaction[Post]:
    """Changes a post's text and category: both categories count anew."""
    return _replacing(before, after, former).also(
        CategoryUsage.key.patch(category_id=before.category_id).add(posts=-1),
        _filed_under(after.category_id),
    )


@access_pattern
def restore(before: Post, after: Post, former: Revision) -> Transaction[Post]:
    """Gives a post the text of a revision again, and keeps the present text as another."""
    return _replacing(before, after, former)


@access_pattern
def submit(draft: Post, now: datetime) -> Update[Post]:
    """Hands a draft over for review."""
    changed = {"status": PostStatus.IN_REVIEW, "status_since": now}
    return update(draft, draft.model_copy(update=changed)).when(
        attr("status").equals(PostStatus.DRAFT), otherwise="only a draft can be submitted"
    )


@access_pattern
def publish(reviewed: Post, now: datetime) -> Transaction[Post]:
    """Publishes a post that was reviewed, in a category that exists."""
    changed = {"status": PostStatus.PUBLISHED, "status_since": now, "published_at": now}
    own = update(reviewed, reviewed.model_copy(update=changed)).when(
        attr("status").equals(PostStatus.IN_REVIEW), otherwise="only a reviewed post is published"
    )
    category = Category.key.check(category_id=reviewed.category_id).otherwise(NO_CATEGORY)
    return transaction(own, category).answering(own)


@access_pattern
def unpublish(post: Post, now: datetime) -> Update[Post]:
    """Makes a post a draft again: out of review, out of publication or out of the archive."""
    changed = {"status": PostStatus.DRAFT, "status_since": now, "published_at": None}
    return update(post, post.model_copy(update=changed)).when(
        attr("status").differs_from(PostStatus.DRAFT), otherwise="it is a draft already"
    )


@access_pattern
def archive(post: Post, now: datetime) -> Update[Post]:
    """Puts a draft or a published post away."""
    changed = {"status": PostStatus.ARCHIVED, "status_since": now}
    return update(post, post.model_copy(update=changed)).when(
        attr("status").is_in(PostStatus.DRAFT, PostStatus.PUBLISHED),
        otherwise="only a draft or a published post can be archived",
    )


@access_pattern
def change_slug(before: Post, after: Post) -> Transaction[Post]:
    """Gives a post another slug. The former one keeps leading to it, and may be taken up again."""
    own = update(before, after)
    return transaction(own, _slug_of(after)).answering(own)


@access_pattern
def delete(post: Post) -> Transaction[None]:
    """Deletes a post, frees its slug and counts its category anew."""
    return transaction(
        remove(post),
        PostSlug.key.delete(slug=post.slug).when(attr("post_id").equals(post.post_id)),
        CategoryUsage.key.patch(category_id=post.category_id).add(posts=-1),
    )


@access_pattern
def free_slug(slug: Slug, post_id: PostId) -> Delete:
    """Frees a former slug of a post that goes."""
    return PostSlug.key.delete(slug=slug).when(attr("post_id").equals(post_id))


@access_pattern
def drop_revision(post_id: PostId, number: int) -> Delete:
    """Deletes a revision of a post that is gone."""
    return Revision.key.delete(post_id=post_id, number=number)


@access_pattern
def drop_views(post_id: PostId, slot: int) -> Delete:
    """Deletes a view counter of a post that is gone."""
    return ViewCount.key.delete(post_id=post_id, slot=slot)


@access_pattern
def count_view(viewing: Viewing, post_id: PostId, slot: int) -> Transaction[None]:
    """Counts one view, in any of the post's counters, unless the visitor was counted that day."""
    counter = ViewCount.key.upsert(post_id=post_id, slot=slot).add(views=1)
    return transaction(create(viewing).otherwise(COUNTED_BEFORE), counter)
