"""Generated designs of any size: six patterns an entity."""

from __future__ import annotations

HEAD = '''"""A design of {patterns} patterns."""
from __future__ import annotations
from datetime import datetime
from typing import Annotated
from pydantic import AwareDatetime, Field
from singletable import (
    VERSION, Create, Delete, Entity, Get, Patch, Query, Table, access_pattern, create
)
from singletable.formats import slug

table = Table("grown")
gsi1 = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = table.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
'''
ENTITY = '''

class E{n}(Entity, table=table):
    """Entity {n}."""

    item_id: Annotated[str, slug()]
    owner_id: Annotated[str, slug()]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: str = ""
    tags: list[str] = Field(default_factory=list[str])
    count: int = 0
    state: Annotated[str, slug()] = "new"
    at: AwareDatetime
    version: Annotated[int, VERSION] = 1

    key = table.primary.key("E{n}#{{item_id}}", "E{n}")
    by_owner = gsi1.key("OWNER-OF-E{n}#{{owner_id}}", "{{at}}#{{item_id}}")
    by_state = gsi2.key("STATE-OF-E{n}#{{state}}", "{{at}}#{{item_id}}")
'''
PATTERN = '''

@access_pattern
def {name}_{n}_{k}({arguments}) -> {answer}:
    """Entity {n}, question {k}."""
    return {body}
'''
KINDS = (
    ("read", "item_id: str", "Get[E{n}]", "E{n}.key.get(item_id=item_id)"),
    (
        "owned",
        "owner_id: str",
        "Query[E{n}]",
        "E{n}.by_owner.query(owner_id=owner_id).newest_first()",
    ),
    (
        "since",
        "state: str, since: datetime",
        "Query[E{n}]",
        "E{n}.by_state.query(state=state).at_least(at=since)",
    ),
    ("write", "item: E{n}", "Create[E{n}]", "create(item)"),
    (
        "rename",
        "item_id: str, title: str",
        "Patch[E{n}]",
        "E{n}.key.patch(item_id=item_id).ignoring_version().set(title=title)",
    ),
    ("drop", "item_id: str", "Delete[E{n}]", "E{n}.key.delete(item_id=item_id).ignoring_version()"),
)


def design(patterns: int, entities_first: bool) -> str:
    """Its source; each entity stands before its patterns, or all entities before all patterns."""
    entities = max(1, patterns // len(KINDS))
    parts, later = [HEAD.format(patterns=patterns)], list[str]()
    for n in range(entities):
        parts.append(ENTITY.format(n=n))
        count = patterns // entities + (n < patterns % entities)
        made = [_pattern(n, k) for k in range(count)]
        (later if entities_first else parts).extend(made)
    return "".join([*parts, *later])


def _pattern(n: int, k: int) -> str:
    name, *rest = KINDS[k % len(KINDS)]
    arguments, answer, body = (each.format(n=n) for each in rest)
    return PATTERN.format(name=name, n=n, k=k, arguments=arguments, answer=answer, body=body)
