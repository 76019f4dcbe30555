"""Which settings of metrics and time-outs cannot work together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.settings.problems import Problem

if TYPE_CHECKING:
    from app.settings.fields import Settings


def broken_observing_rules(settings: Settings) -> Iterator[Problem]:
    if settings.metrics_namespace.startswith("AWS/"):
        yield Problem(
            ("METRICS_NAMESPACE",),
            "namespaces that begin with AWS/ are Amazon's",
            "Name your own, such as the stack's",
        )
    attempt = settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds
    if settings.request_seconds <= attempt:
        yield Problem(
            ("REQUEST_SECONDS", "AWS_CONNECT_TIMEOUT_SECONDS", "AWS_READ_TIMEOUT_SECONDS"),
            "a request may take no longer than one attempt at AWS, so none would be sent",
            "Set the first to more than the other two together",
        )
