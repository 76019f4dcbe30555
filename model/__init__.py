"""What there is: one table, and an entity per file. Knows the declaration language only."""

from model.audit import AuditEntry
from model.category import ROOT, Category, CategoryUsage
from model.idempotency_record import IdempotencyRecord
from model.ids import (
    AuditId,
    AuditKey,
    CategoryId,
    CategoryKey,
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
    ViewingId,
    ViewingKey,
)
from model.job import Job, JobKind, JobStatus
from model.job_line import JobLine, LineProblem, Outcome
from model.media import ContentType, Media, MediaStatus
from model.outbox import OutboxEvent
from model.post import Body, Post, PostStatus, Summary, Tags, Title
from model.post_slug import PostSlug
from model.preview import Preview
from model.registration import Registration
from model.revision import Revision
from model.session import Session
from model.table import blog
from model.user import Email, Role, User
from model.view_count import ViewCount
from model.viewing import Viewing

__all__ = [
    "ROOT",
    "AuditEntry",
    "AuditId",
    "AuditKey",
    "Body",
    "Category",
    "CategoryId",
    "CategoryKey",
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
    "EventId",
    "EventKey",
    "IdempotencyRecord",
    "Media",
    "MediaId",
    "MediaKey",
    "MediaStatus",
    "Outcome",
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
    "Tags",
    "Title",
    "User",
    "UserId",
    "UserKey",
    "ViewCount",
    "Viewing",
    "ViewingId",
    "ViewingKey",
    "blog",
]
