"""Log lines as JSON, one object a line, each with the request it belongs to."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from app.core.context import current_request_id, current_trace

OURS = ("app", "access_patterns", "model", "singletable")


class JsonFormatter(logging.Formatter):
    """`extra={"facts": {...}}` adds fields of its own to a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "requestId": current_request_id() or None,
            **_trace_fields(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def _trace_fields() -> dict[str, str | None]:
    trace = current_trace()
    if trace is None:
        return {"traceId": None}
    by_xray = {"xrayTraceId": trace.xray_id} if trace.xray_id else {}
    return {"traceId": trace.trace_id, "spanId": trace.span_id, **by_xray}


def configure_logging(level: str) -> None:
    """`level` is for our own code: below WARNING, others print headers and bodies."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    # The server's and the adapter's own lines would repeat ours, query strings included.
    server = logging.getLogger("uvicorn.access")
    server.handlers.clear()
    server.propagate = False
    logging.getLogger("mangum.http").setLevel(logging.WARNING)
