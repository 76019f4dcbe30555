"""Reading the audit log. For administrators; nobody changes it."""

from __future__ import annotations

from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import InvalidCursor
from app.routers import private_read_router
from app.v1.audit_access import AskedEntries
from app.v1.audit_schemas import AuditEntryOut, shown
from app.wiring import Stored

router = private_read_router("/v1/audit", "audit")


@router.get("", summary="Who did what", responses=problems(InvalidCursor))
def entries(
    question: AskedEntries, repository: Stored, paging: Paging
) -> Envelope[PageOut[AuditEntryOut]]:
    """What was done to one item, by one person, or on one day, newest first.

    Give `entity` and `id`, or `actor`, or `day`. Lists by person and by day may be a moment late.
    """
    page = repository.fetch(question.page(paging.limit, paging.cursor))
    return ok(PageOut(items=[shown(each) for each in page], next_cursor=page.cursor))
