"""Settings of what is measured, and of the time that a request may take."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from pydantic_settings import BaseSettings

from app.settings.about import About

MetricsForm = Literal["off", "emf"]
Namespace = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z./_#:-]{1,255}$")]


def _metrics(data: dict[str, Any]) -> MetricsForm:
    return "emf" if data.get("aws_lambda_function_name") else "off"


class ObservingSettings(BaseSettings):
    """The part of `Settings` that watches."""

    metrics: Annotated[
        MetricsForm,
        About(
            "`emf`: metrics as log lines that CloudWatch understands; `off`: none.",
            default="`off`, on Lambda `emf`",
        ),
    ] = Field(default_factory=_metrics)
    metrics_namespace: Annotated[
        Namespace, About("The CloudWatch namespace of the metrics, one for each deployment.")
    ] = "fm-web"
    request_seconds: Annotated[
        float,
        About(
            "Seconds that a request may take: nothing is sent to AWS whose answer could come"
            " later. On Lambda, the time that the invocation has left if that is less."
        ),
        Field(ge=1, le=900),
    ] = 28.0
