"""What there is: one table, and an entity per file. Knows the declaration language only."""

from model.category import ROOT, Category, CategoryUsage
from model.ids import CategoryId, PostId, SessionId, Slug, UserId
from model.post import Post, PostStatus
from model.post_slug import PostSlug
from model.revision import Revision
from model.session import Session
from model.table import blog
from model.user import Email, Role, User
from model.view_count import ViewCount

__all__ = [
    "ROOT",
    "Category",
    "CategoryId",
    "CategoryUsage",
    "Email",
    "Post",
    "PostId",
    "PostSlug",
    "PostStatus",
    "Revision",
    "Role",
    "Session",
    "SessionId",
    "Slug",
    "User",
    "UserId",
    "ViewCount",
    "blog",
]
