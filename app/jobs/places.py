"""Where the objects of jobs are. Names are random: nothing that a client says is part of one.

What is written anew has a name of its own, so that two who write do not meet. The bucket's
lifecycle removes all of it.
"""

from __future__ import annotations

import secrets

from model import Job

NDJSON = "application/x-ndjson"


def new_name() -> str:
    return secrets.token_hex(20)


def arriving(job: Job) -> str:
    """The key of the presigned upload, which stays good for a while after it was used."""
    return f"pending/{job.object_name}"


def fresh(job: Job) -> str:
    """A key that nothing else has."""
    return f"jobs/{job.object_name}/{secrets.token_hex(8)}"
