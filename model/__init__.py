"""The data model: one table and its entities, one file each. Imports only the engine."""

from model.audit import AuditEntry
from model.category import ROOT, Category, CategorySlug, CategoryUsage, PublishedCount
from model.daily_view import DailyView
from model.idempotency_record import IdempotencyRecord
from model.ids import (
    AuditId,
    AuditKey,
    CategoryId,
    CategoryKey,
    DailyViewId,
    DailyViewKey,
    EventId,
    EventKey,
    IdempotencyRecordId,
    IdempotencyRecordKey,
    JobId,
    JobKey,
    MediaId,
    MediaKey,
    PostId,
    PostKey,
    PreviewId,
    PreviewKey,
    SessionId,
    SessionKey,
    Slug,
    SlugKey,
    UserId,
    UserKey,
)
from model.job import Job, JobKind, JobStatus
from model.job_line import JobLine, LineOutcome, LineProblem
from model.media import ContentType, Media, MediaStatus
from model.outbox import OutboxEvent
from model.post import Body, ListedPost, Post, PostStatus, Summary, Tags, Title
from model.post_slug import PostSlug
from model.preview import Preview
from model.registration import Registration
from model.revision import Revision
from model.session import Session
from model.table import blog
from model.tag import Tag, TaggedPost
from model.user import Email, Role, User
from model.view_count import ViewCount

__all__ = [
    "ROOT",
    "AuditEntry",
    "AuditId",
    "AuditKey",
    "Body",
    "Category",
    "CategoryId",
    "CategoryKey",
    "CategorySlug",
    "CategoryUsage",
    "ContentType",
    "Email",
    "Job",
    "JobId",
    "JobKey",
    "JobKind",
    "JobLine",
    "JobStatus",
    "LineProblem",
    "ListedPost",
    "EventId",
    "EventKey",
    "IdempotencyRecord",
    "Media",
    "MediaId",
    "MediaKey",
    "MediaStatus",
    "LineOutcome",
    "OutboxEvent",
    "Post",
    "PostId",
    "PostKey",
    "PostSlug",
    "PostStatus",
    "Preview",
    "PreviewId",
    "PreviewKey",
    "Registration",
    "PublishedCount",
    "IdempotencyRecordId",
    "IdempotencyRecordKey",
    "Revision",
    "Role",
    "Session",
    "SessionId",
    "SessionKey",
    "Slug",
    "SlugKey",
    "Summary",
    "Tag",
    "TaggedPost",
    "Tags",
    "Title",
    "User",
    "UserId",
    "UserKey",
    "ViewCount",
    "DailyView",
    "DailyViewId",
    "DailyViewKey",
    "blog",
]
