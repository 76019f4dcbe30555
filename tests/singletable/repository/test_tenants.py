"""A repository for one tenant sends nothing that leaves the tenant's partitions."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import pytest

from singletable import (
    VERSION,
    Entity,
    Query,
    Repository,
    Table,
    View,
    access_pattern,
    attr,
    batch,
    clear,
    collection,
    create,
    delete,
    put,
    shards,
    snapshot,
    transaction,
    unique,
    update,
    upsert,
)
from singletable.errors import InvalidOperation
from singletable.formats import text
from singletable.inspect import Context, Execute, Operation
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

saas = Table("saas")
gsi1 = saas.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
by_keeper = saas.global_index("GSI2", partition_key="keeper", sort_key="GSI2SK")


class Project(Entity, table=saas):
    """A tenant's project, found by state within the tenant, and by keeper whoever's it is."""

    tenant_id: Annotated[str, text(lower=True)]
    project_id: str
    state: str = "open"
    keeper: str | None = None
    count: int = 0

    key = saas.primary.key("TENANT#{tenant_id}", "PROJECT#{project_id}")
    by_state = gsi1.key(
        "STATE#{tenant_id}#{state}#{shard}", "{project_id}", shards=shards(2, by="project_id")
    )
    of_keeper = by_keeper.key("{keeper}", "PROJECT#{project_id}")


class Task(Entity, table=saas):
    """A project's task, in the tenant's partition."""

    tenant_id: Annotated[str, text(lower=True)]
    task_id: str
    title: str | None = None
    version: Annotated[int, VERSION] = 1

    key = saas.primary.key("TENANT#{tenant_id}", "TASK#{task_id}")
    unique_title = unique("title", within="tenant_id")


class Member(Entity, table=saas):
    """Someone of a tenant, whose address is nobody else's, whichever the tenant."""

    tenant_id: Annotated[str, text(lower=True)]
    email: str
    name: str = ""

    key = saas.primary.key("TENANT#{tenant_id}", "MEMBER#{email}")
    unique_email = unique("email")


class State(View[Project]):
    """A project's state."""

    project_id: str
    state: str


class Plan(Entity, table=saas):
    """What tenants can buy; everybody's."""

    plan_id: str
    price: int = 0
    key = saas.primary.key("PLAN#{plan_id}", "PLAN")


class Note(Entity, table=saas):
    """Has a tenant, but not in its key."""

    note_id: str
    tenant_id: str
    key = saas.primary.key("NOTE#{note_id}", "NOTE")


@access_pattern
def projects_in(tenant_id: str, state: str) -> Query[Project]:
    """Projects of a tenant in one state."""
    return Project.by_state.query(tenant_id=tenant_id, state=state)


def project(tenant_id: str = "acme", **values: Any) -> Project:
    return Project(**{"tenant_id": tenant_id, "project_id": "p", **values})


def task(tenant_id: str = "acme", **values: Any) -> Task:
    return Task(**{"tenant_id": tenant_id, "task_id": "t", **values})


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(saas)


@pytest.fixture
def acme(db: Backend) -> Repository:
    db.repository.write(transaction(create(project()), create(project("other"))))
    db.sent.clear()
    return db.repository.for_tenant(tenant_id="acme")


def run(repository: Repository, operation: Any) -> Any:
    is_read = hasattr(repository, "fetch") and not hasattr(operation, "with_writes")
    return repository.fetch(operation) if is_read else repository.write(operation)


Ask = Callable[[str], Operation[Any]]
WITHIN: dict[str, Ask] = {
    "get": lambda t: Project.key.get(tenant_id=t, project_id="p"),
    "batch get": lambda t: Project.key.get_each(tenant_id=t, project_id=["p", "q"]),
    "snapshot": lambda t: snapshot(Project.key.get(tenant_id=t, project_id="p")),
    "query": lambda t: Project.key.query(tenant_id=t),
    "filtered": lambda t: Project.key.query(tenant_id=t).where(attr("count").equals(0)),
    "first": lambda t: Project.by_state.query(tenant_id=t, state="open").first(),
    "count": lambda t: Project.by_state.query(tenant_id=t, state="open").count(),
    "page of a pattern": lambda t: projects_in(t, "open").page(5),
    "collection": lambda t: collection(Project.key, Task.key).query(tenant_id=t),
    "get of a view": lambda t: Project.key.get(tenant_id=t, project_id="p").only(State),
    "view": lambda t: Project.key.query(tenant_id=t).only(State),
    "hydrated": lambda t: Project.by_state.query(tenant_id=t, state="open").hydrated(),
    "create": lambda t: create(project(t, project_id="new")),
    "create with unique": lambda t: create(task(t, title="x")),
    "put": lambda t: put(project(t)),
    "update": lambda t: update(project(t), project(t, state="done")),
    "upsert": lambda t: upsert(project(t, state="open")),
    "patch": lambda t: Project.key.patch(tenant_id=t, project_id="p").add(count=1),
    "upsert by key": lambda t: Project.key.upsert(tenant_id=t, project_id="p").set(
        state="open", count=3
    ),
    "delete": lambda t: delete(project(t)),
    "delete by key": lambda t: Project.key.delete(tenant_id=t, project_id="p"),
    "transaction": lambda t: transaction(
        create(task(t)), Project.key.check(tenant_id=t, project_id="p")
    ),
    "attached": lambda t: create(task("acme")).with_writes(put(project(t))),
    "batch": lambda t: batch(put(project(t)), delete(project(t, project_id="q"))),
    "clear": lambda t: clear(Project.key.query(tenant_id=t)),
}


@pytest.mark.parametrize("ask", WITHIN.values(), ids=WITHIN)
def test_what_stays_within_the_tenant_is_sent(acme: Repository, ask: Ask) -> None:
    """In whichever spelling the format takes for the same."""
    run(acme, ask("ACME"))


@pytest.mark.parametrize("ask", WITHIN.values(), ids=WITHIN)
def test_what_leaves_the_tenant_is_refused_before_it_is_sent(
    acme: Repository, db: Backend, ask: Ask
) -> None:
    """Every kind of operation, with another tenant's key."""
    with raises(InvalidOperation, declared="tenant_id is not the one"):
        run(acme, ask("other"))
    assert db.sent == []


@pytest.mark.parametrize(
    "operation",
    [
        Project.of_keeper.query(keeper="kim"),
        Project.of_keeper.query(keeper="acme"),
        clear(Project.of_keeper.query(keeper="kim")),
        Project.of_keeper.query(keeper="kim").hydrated(),
        Project.key.scan(because="all"),
        Project.key.scan(because="all").only(State),
        create(Note(note_id="acme", tenant_id="acme")),
        Note.key.get(note_id="acme"),
        create(Member(tenant_id="acme", email="kim@example.com")),
        delete(Member(tenant_id="acme", email="kim@example.com")),
        clear(Member.key.query(tenant_id="acme")),
        Plan.key.get(plan_id="small"),
        put(Plan(plan_id="acme")),
        transaction(create(task()), put(Plan(plan_id="small"))),
        batch(put(project()), put(Plan(plan_id="small"))),
        batch(put(project()), *(put(project("other", project_id=str(n))) for n in range(60))),
        transaction(put(project()), put(project("other"))),
        snapshot(Project.key.get(tenant_id="acme", project_id="p"), Plan.key.get(plan_id="s")),
        Project.key.get_each(tenant_id=["acme", "other"], project_id=["p", "p"]),
    ],
)
def test_what_does_not_show_its_tenant_is_refused(
    acme: Repository, db: Backend, operation: Any
) -> None:
    """Other indexes, scans, values unique for everybody, entities without tenant; whole or not."""
    with raises(InvalidOperation):
        run(acme, operation)
    assert db.sent == []


def test_shared_entities_are_named(db: Backend) -> None:
    """They may be read and checked, not written; others still not."""
    db.repository.write(create(Plan(plan_id="small")))
    repository = db.repository.for_tenant(tenant_id="acme", shared=[Plan])
    repository.write(transaction(Plan.key.check(plan_id="small"), create(project())))
    before = db.items()
    for write in (
        put(Plan(plan_id="small")),
        transaction(delete(Plan(plan_id="small")), create(project(project_id="p2"))),
        batch(put(Plan(plan_id="big"))),
        clear(Plan.key.query(plan_id="small")),
    ):
        with raises(InvalidOperation, declared="Plan is shared: tenants read it"):
            repository.write(write)
    assert db.items() == before
    assert repository.fetch(Plan.key.get(plan_id="small")) == Plan(plan_id="small")
    assert len(repository.fetch(Plan.key.scan(because="there are few"))) == 1
    with raises(InvalidOperation):
        repository.fetch(Note.key.get(note_id="n"))


def test_a_member_is_patched_as_its_unique_address_stays(db: Backend) -> None:
    """A patch writes the item alone."""
    member = db.repository.write(create(Member(tenant_id="acme", email="kim@example.com")))
    patch = Member.key.patch(tenant_id="acme", email=member.email).set(name="Kim")
    acme = db.repository.for_tenant(tenant_id="acme")
    assert acme.write(patch).name == "Kim"


def test_iteration_is_held_to_the_tenant(acme: Repository) -> None:
    """Page by page, also of a clearing."""
    assert [each.tenant_id for each in acme.iterate(Project.key.query(tenant_id="acme"))] == [
        "acme"
    ]
    with raises(InvalidOperation):
        list(acme.iterate(Project.key.query(tenant_id="other")))
    with raises(InvalidOperation):
        list(acme.iterate(clear(Project.key.query(tenant_id="other"))))


def test_what_was_copied_counts_as_it_would_be_written(acme: Repository, db: Backend) -> None:
    """Values that were put in unvalidated, by the format of the key."""
    acme.write(put(project().model_copy(update={"tenant_id": "ACME"})))
    with raises(InvalidOperation):
        acme.write(put(project().model_copy(update={"tenant_id": "other"})))


def test_a_batch_of_nothing_leaves_no_tenant(acme: Repository) -> None:
    acme.write(batch())


def test_the_original_repository_is_not_bound(db: Backend) -> None:
    """And a bound one that is bound once more is bound twice."""
    acme = db.repository.for_tenant(tenant_id="acme")
    db.repository.write(put(project("other")))
    with raises(InvalidOperation):
        acme.for_tenant(tenant_id="other").write(put(project("other")))


def test_no_middleware_answers_what_is_refused(db: Backend) -> None:
    """Such as a cache that was put on afterwards; what one attaches is its own."""
    asked: list[object] = []

    def note(operation: Operation[Any], context: Context, execute: Execute) -> Any:
        asked.append(operation)
        return execute(operation, context)

    get = Project.key.get(tenant_id="other", project_id="p")
    for repository in (
        db.repository.for_tenant(tenant_id="acme").with_middleware(note),
        db.repository.with_middleware(note).for_tenant(tenant_id="acme"),
    ):
        with raises(InvalidOperation):
            repository.fetch(get)
    assert asked == []


def test_the_refusal_names_the_pattern(acme: Repository) -> None:
    """And no tenant."""
    with raises(InvalidOperation, where="test_tenants.projects_in") as caught:
        acme.fetch(projects_in("other", "open"))
    assert "other" not in str(caught.value) and "acme" not in str(caught.value)


class Region(StrEnum):
    EU = "eu"
    US = "us"


regional = Table("regional")


class Site(Entity, table=regional):
    """Of a region and a number."""

    region: Region
    site: str
    key = regional.primary.key("SITE#{region}", "{site}")


def test_a_value_is_of_the_fields_type(open_backend: OpenBackend) -> None:
    """An enumeration by member or text; what can be none is refused."""
    repository = open_backend(regional).repository
    for value in (Region.EU, "eu"):
        repository.for_tenant(region=value).write(put(Site(region=Region.EU, site="a")))
    for value in (Region.US, "moon", 7):
        with raises(InvalidOperation):
            repository.for_tenant(region=value).write(put(Site(region=Region.EU, site="a")))


@pytest.mark.parametrize(
    ("shared", "bound"),
    [((), {}), ((), {"tenant_id": None}), ([Project], {"tenant_id": "a"}), (["Plan"], {"t": 1})],
)
def test_what_binds_nothing_is_refused(db: Backend, shared: Any, bound: Any) -> None:
    """No field, no value, a tenant's own entity for everybody, no entity."""
    with raises(InvalidOperation, where="for_tenant"):
        db.repository.for_tenant(shared=shared, **bound)
