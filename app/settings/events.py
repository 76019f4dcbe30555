"""Settings of the audit log, and of events for others."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic_settings import BaseSettings

from app.settings.about import About, Url

TopicArn = Annotated[
    str,
    StringConstraints(pattern=r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[0-9A-Za-z_-]+(\.fifo)?)?$"),
]


class EventSettings(BaseSettings):
    """The part of `Settings` that says what is noted, and who is told."""

    audit_days: Annotated[
        int,
        About("Days after which an entry of the audit log is deleted; 0: never."),
        Field(ge=0, le=36_500),
    ] = 400
    events_topic_arn: Annotated[
        TopicArn,
        About(
            "The SNS topic that the relay sends events to; without one it does not start. The API"
            " writes them into its outbox in any case.",
            default="none",
        ),
    ] = ""
    sns_endpoint: Annotated[
        Url,
        About(
            "SNS's URL, for a local SNS; empty: AWS.",
            required="with `EVENTS_TOPIC_ARN` if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""
