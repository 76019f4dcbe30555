"""The generated parts of docs/events.md: kinds of events and what leaves an entry, as declared."""

from __future__ import annotations

import json
from collections.abc import Iterator

from access_patterns import blog
from app.services.audit import NOT_AUDITED, is_audited
from app.services.events.kinds import KINDS, Event
from singletable import inspect
from singletable.emit.docs.markdown import block, code, page, table


def event_tables() -> dict[str, str]:
    """Markdown by the name of its place in the page."""
    return {"kinds": _kinds(), "schemas": page(_schemas()), "audited": _audited()}


def _kinds() -> str:
    rows = [(code(each.kind), str(each.number), _meaning(each)) for each in KINDS.values()]
    return table(("`type`", "`dataversion`", "Happens when"), rows)


def _schemas() -> Iterator[str]:
    for kind in KINDS.values():
        yield f"### {kind.kind}, version {kind.number}"
        schema = json.dumps(kind.model_json_schema(by_alias=True), indent=2, ensure_ascii=False)
        yield block(schema, "json")


def _meaning(kind: type[Event]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _audited() -> str:
    writes = [
        name for name, each in inspect.patterns(blog).items() if inspect.writes(each.operation)
    ]
    audited = ", ".join(code(name) for name in writes if is_audited(name))
    rows = [(code(name), reason) for name, reason in NOT_AUDITED.items()]
    return page([f"Noted: {audited}.", table(("Not noted", "Because"), rows)])
