"""Access patterns of posts: reads, and the writes of the workflow from draft to archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from model import (
    Category,
    CategoryId,
    CategoryUsage,
    DailyView,
    ListedPost,
    Post,
    PostId,
    PostSlug,
    PostStatus,
    Revision,
    Slug,
    UserId,
    ViewCount,
)
from singletable import (
    BatchGet,
    Create,
    Delete,
    Get,
    Label,
    Patch,
    Put,
    Query,
    Transaction,
    Update,
    access_pattern,
    attr,
    put,
    transaction,
    update,
)
from singletable import create as create_item
from singletable import delete as delete_item
from singletable.volumes import volume

SLUG_TAKEN = Label("slug-taken", "the slug is taken")
NO_CATEGORY = Label("no-category", "the category does not exist")
NOT_A_DRAFT = Label("not-a-draft", "only a draft can be submitted")
NOT_REVIEWED = Label("not-reviewed", "only a reviewed post is published")
ALREADY_DRAFT = Label("already-draft", "it is a draft already")
NOT_ARCHIVABLE = Label("not-archivable", "only a draft or a published post can be archived")
ALREADY_COUNTED = Label("already-counted", "the visitor was counted that day")


def _increment_post_count(category_id: CategoryId) -> Patch[CategoryUsage]:
    usage = CategoryUsage.key.patch(category_id=category_id).add(posts=1)
    return usage.label(NO_CATEGORY)


def _update_with_revision(before: Post, after: Post, revision: Revision) -> Transaction[Post]:
    own = update(before, after)
    return transaction(own, create_item(revision)).returning(own)


def _put_slug(post: Post) -> Put[PostSlug]:
    slug = put(PostSlug(slug=post.slug, post_id=post.post_id))
    return slug.when(attr("post_id").equals(post.post_id)).label(SLUG_TAKEN)


@volume(rate=40, peak=200)
@access_pattern
def by_id(post_id: PostId) -> Get[Post]:
    """A post by its id."""
    return Post.key.get(post_id=post_id)


@access_pattern
def each(post_ids: Sequence[PostId]) -> BatchGet[Post]:
    """Several posts at once with their bodies, such as those of a page of an export."""
    return Post.key.get_each(post_id=post_ids)


@volume(rate=40, peak=200)
@access_pattern
def by_slug(slug: Slug) -> Get[PostSlug]:
    """The post id of a slug, current or former."""
    return PostSlug.key.get(slug=slug)


@volume(rate=20, peak=100, returned=20)
@access_pattern
def published() -> Query[ListedPost]:
    """Published posts of the whole site by time of publication: the feed.

    One partition, so that a page is one request: its readers are many only where there is a
    cache, and its writers are editors.
    """
    return Post.by_status.query(status=PostStatus.PUBLISHED).only(ListedPost)


@volume(rate=10, peak=50, returned=20)
@access_pattern
def published_in_category(category_id: CategoryId) -> Query[ListedPost]:
    """Published posts of one category by time of publication."""
    key = Post.by_category.query(category_id=category_id, status=PostStatus.PUBLISHED)
    return key.only(ListedPost)


@access_pattern
def published_in_category_since(category_id: CategoryId, since: datetime) -> Query[ListedPost]:
    """Posts of one category published at or after a given time."""
    key = Post.by_category.query(category_id=category_id, status=PostStatus.PUBLISHED)
    return key.at_least(status_since=since).only(ListedPost)


@access_pattern
def in_category(category_id: CategoryId) -> Query[ListedPost]:
    """Posts of one category in every status, grouped by status."""
    return Post.by_category.query(category_id=category_id).only(ListedPost)


@volume(rate=5, peak=25, returned=20)
@access_pattern
def published_by_author(author_id: UserId) -> Query[ListedPost]:
    """Published posts of one author by time of publication."""
    key = Post.by_author.query(author_id=author_id, status=PostStatus.PUBLISHED)
    return key.only(ListedPost)


@access_pattern
def by_author_in_status(author_id: UserId, status: PostStatus) -> Query[ListedPost]:
    """Posts of one author in one status, such as drafts, by time of their last status change."""
    return Post.by_author.query(author_id=author_id, status=status).only(ListedPost)


@access_pattern
def published_with_title(beginning: str) -> Query[ListedPost]:
    """Published posts whose title begins with a text, whatever its letter case, by title."""
    return Post.by_title.query().begins_with(title=beginning).only(ListedPost)


@access_pattern
def in_status(status: PostStatus) -> Query[ListedPost]:
    """Posts in one status, oldest in that status first: an editor's queue."""
    return Post.by_status.query(status=status).only(ListedPost)


@access_pattern
def in_status_since(status: PostStatus, since: datetime) -> Query[ListedPost]:
    """Posts that entered a status at or after a given time, oldest in that status first."""
    return Post.by_status.query(status=status).at_least(status_since=since).only(ListedPost)


@access_pattern
def due(now: datetime) -> Query[Post]:
    """Posts whose scheduled publication is due, the longest due first."""
    return Post.scheduled.query().at_most(publish_at=now)


@access_pattern
def revisions(post_id: PostId) -> Query[Revision]:
    """Revisions (earlier texts) of a post, newest first."""
    return Revision.key.query(post_id=post_id).newest_first()


@access_pattern
def revision(post_id: PostId, number: int) -> Get[Revision]:
    """One revision of a post by its number."""
    return Revision.key.get(post_id=post_id, number=number)


@access_pattern
def views(post_id: PostId) -> Query[ViewCount]:
    """View counters of a post; their sum is the number of views."""
    return ViewCount.key.query(post_id=post_id)


@access_pattern
def views_of_each(post_ids: Sequence[PostId], slots: Sequence[int]) -> BatchGet[ViewCount]:
    """View counters of several posts at once: one of each post and the slot in its place."""
    return ViewCount.key.get_each(post_id=post_ids, slot=slots)


@volume(rate=0.01, peak=0.1)
@access_pattern
def create(post: Post) -> Transaction[Post]:
    """Creates a post, reserves its slug and counts it in its category."""
    own = create_item(post)
    return transaction(
        own,
        create_item(PostSlug(slug=post.slug, post_id=post.post_id)).label(SLUG_TAKEN),
        _increment_post_count(post.category_id),
    ).returning(own)


@access_pattern
def import_post(post: Post) -> Create[Post]:
    """Creates an imported post with its original timestamps and version.

    Runs in the transaction that reserves the post's slugs.
    """
    return create_item(post).preserving_stamps()


@access_pattern
def reserve_slug(slug: Slug, post_id: PostId) -> Create[PostSlug]:
    """Reserves a slug, current or former, of an imported post."""
    return create_item(PostSlug(slug=slug, post_id=post_id)).label(SLUG_TAKEN)


@access_pattern
def count_in_category(category_id: CategoryId) -> Patch[CategoryUsage]:
    """Counts an imported post in its category, which must exist."""
    return _increment_post_count(category_id)


@volume(rate=0.05, peak=0.5, changed=["title", "body"])
@access_pattern
def edit(before: Post, after: Post, revision: Revision) -> Transaction[Post]:
    """Updates a post's text and stores the previous text as a revision."""
    return _update_with_revision(before, after, revision)


@access_pattern
def move(before: Post, after: Post, revision: Revision) -> Transaction[Post]:
    """Updates a post's text and category, stores a revision and updates both categories' counts."""
    return _update_with_revision(before, after, revision).add(
        CategoryUsage.key.patch(category_id=before.category_id).add(posts=-1),
        _increment_post_count(after.category_id),
    )


@access_pattern
def show_media(before: Post, after: Post) -> Transaction[Post]:
    """Changes which pictures a post shows, in the transaction that checks those that are added."""
    own = update(before, after)
    return transaction(own).returning(own)


@access_pattern
def refile(before: Post, after: Post) -> Transaction[Post]:
    """Moves a post to the category that its own is merged into; its text stays."""
    own = update(before, after)
    return transaction(
        own,
        CategoryUsage.key.patch(category_id=before.category_id).add(posts=-1),
        _increment_post_count(after.category_id),
    ).returning(own)


@access_pattern
def restore(before: Post, after: Post, revision: Revision) -> Transaction[Post]:
    """Restores the text of a revision and stores the replaced text as a new revision."""
    return _update_with_revision(before, after, revision)


@access_pattern
def submit(draft: Post, now: datetime) -> Update[Post]:
    """Submits a draft for review."""
    changed = {"status": PostStatus.IN_REVIEW, "status_since": now}
    return update(draft, draft.model_copy(update=changed)).when(
        attr("status").equals(PostStatus.DRAFT), label=NOT_A_DRAFT
    )


@access_pattern
def publish(reviewed: Post, now: datetime) -> Transaction[Post]:
    """Publishes a post that is in review; its category must exist."""
    changed = {
        "status": PostStatus.PUBLISHED,
        "status_since": now,
        "published_at": now,
        "publish_at": None,
        "is_listed": True,
    }
    own = update(reviewed, reviewed.model_copy(update=changed)).when(
        attr("status").equals(PostStatus.IN_REVIEW), label=NOT_REVIEWED
    )
    category = Category.key.check(category_id=reviewed.category_id).label(NO_CATEGORY)
    return transaction(own, category).returning(own)


@access_pattern
def schedule(reviewed: Post, publish_at: datetime) -> Update[Post]:
    """Plans the publication of a post that is in review; the worker publishes it then."""
    return update(reviewed, reviewed.model_copy(update={"publish_at": publish_at})).when(
        attr("status").equals(PostStatus.IN_REVIEW), label=NOT_REVIEWED
    )


@access_pattern
def unschedule(post: Post) -> Update[Post]:
    """Drops the planned publication of a post that is in review."""
    return update(post, post.model_copy(update={"publish_at": None})).when(
        attr("status").equals(PostStatus.IN_REVIEW), label=NOT_REVIEWED
    )


@access_pattern
def unpublish(post: Post, now: datetime) -> Update[Post]:
    """Turns a post in review, published or archived back into a draft."""
    changed = {
        "status": PostStatus.DRAFT,
        "status_since": now,
        "published_at": None,
        "publish_at": None,
        "is_listed": False,
    }
    return update(post, post.model_copy(update=changed)).when(
        attr("status").differs_from(PostStatus.DRAFT), label=ALREADY_DRAFT
    )


@access_pattern
def archive(post: Post, now: datetime) -> Update[Post]:
    """Archives a draft or a published post."""
    changed = {"status": PostStatus.ARCHIVED, "status_since": now, "is_listed": False}
    return update(post, post.model_copy(update=changed)).when(
        attr("status").is_in(PostStatus.DRAFT, PostStatus.PUBLISHED),
        label=NOT_ARCHIVABLE,
    )


@access_pattern
def change_slug(before: Post, after: Post) -> Transaction[Post]:
    """Changes a post's slug; the former slug stays reserved for the post."""
    own = update(before, after)
    return transaction(own, _put_slug(after)).returning(own)


@access_pattern
def delete(post: Post) -> Transaction[None]:
    """Deletes a post, releases its slug and decrements its category's post count."""
    return transaction(
        delete_item(post, must_exist=True),
        PostSlug.key.delete(slug=post.slug).when(attr("post_id").equals(post.post_id)),
        CategoryUsage.key.patch(category_id=post.category_id).add(posts=-1),
    )


@access_pattern
def release_slug(slug: Slug, post_id: PostId) -> Delete:
    """Releases a former slug of a post that is being deleted."""
    return PostSlug.key.delete(slug=slug).when(attr("post_id").equals(post_id))


@access_pattern
def delete_revision(post_id: PostId, number: int) -> Delete:
    """Deletes a revision of a deleted post."""
    return Revision.key.delete(post_id=post_id, number=number)


@access_pattern
def delete_view_count(post_id: PostId, slot: int) -> Delete:
    """Deletes one view counter of a deleted post."""
    return ViewCount.key.delete(post_id=post_id, slot=slot)


@volume(rate=40, peak=200)
@access_pattern
def count_view(view: DailyView, post_id: PostId, slot: int) -> Transaction[None]:
    """Counts a view in one of a post's counters, at most once a day for each visitor."""
    counter = ViewCount.key.upsert(post_id=post_id, slot=slot).add(views=1)
    return transaction(create_item(view).label(ALREADY_COUNTED), counter)
