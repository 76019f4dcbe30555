"""A design with vector indexes: articles and questions of tenants, compared by what they mean."""

from __future__ import annotations

from pydantic import Field

from singletable import (
    Create,
    Entity,
    Search,
    Table,
    View,
    access_pattern,
    attr,
    create,
    include,
)
from singletable.vectors import Vector

articles = Table("articles")
nearby = articles.vector_index(
    "Nearby", "embedding", dimensions=3, partition_key="NearbyPK", filters=("status", "lang")
)
by_length = articles.vector_index(
    "ByLength",
    "embedding",
    dimensions=3,
    distance="euclidean",
    projection=include("title"),
)


class Article(Entity, table=articles):
    """An article of a tenant; found by what it means once it is published."""

    article_id: str
    tenant_id: str
    title: str
    status: str = "published"
    lang: str | None = None
    embedding: Vector | None = None

    key = articles.primary.key("ARTICLE#{article_id}", "ARTICLE")
    near = nearby.key("TENANT#{tenant_id}", when=attr("status").equals("published"))
    by_length = by_length.key()


class Question(Entity, table=articles):
    """A question of a tenant, in the same index."""

    question_id: str
    tenant_id: str
    embedding: Vector = Field(examples=[(0.6, 0.0, 0.8)])

    key = articles.primary.key("QUESTION#{question_id}", "QUESTION")
    near = nearby.key("TENANT#{tenant_id}")
    by_length = by_length.key()


class Title(View[Article]):
    """What a list of articles shows."""

    article_id: str
    title: str


@access_pattern
def save(article: Article) -> Create[Article]:
    """A new article."""
    return create(article)


@access_pattern
def similar(tenant_id: str, vector: Vector) -> Search[Article]:
    """A tenant's articles that mean something like this."""
    return Article.near.search(vector, tenant_id=tenant_id)


@access_pattern
def similar_in(tenant_id: str, lang: str, vector: Vector) -> Search[Article]:
    """The same in one language."""
    return Article.near.search(vector, tenant_id=tenant_id, lang=lang).nearest(2)


@access_pattern
def titles(vector: Vector) -> Search[Title]:
    """Titles of all tenants, without their texts."""
    return Article.by_length.search(vector).only(Title).nearest(3)


@access_pattern
def whole(vector: Vector) -> Search[Article]:
    """Articles of all tenants, from the table."""
    return Article.by_length.search(vector).hydrated()


@access_pattern
def questions(tenant_id: str, vector: Vector) -> Search[Question]:
    """A tenant's questions that mean something like this."""
    return Question.near.search(vector, tenant_id=tenant_id)


@access_pattern
def similar_to(question: Question) -> Search[Article]:
    """A tenant's articles that may answer a question."""
    return Article.near.search(question.embedding, tenant_id=question.tenant_id)
