"""Transports over connections of their own: they sign, send and retry without an SDK.

Modules of this room are loaded when the first such transport is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import Unpack

if TYPE_CHECKING:
    from singletable.transport.lean.blocking import LeanTransport
    from singletable.transport.lean.settings import LeanOptions
    from singletable.transport.lean.tasks import AsyncLeanTransport


def lean_transport(**options: Unpack[LeanOptions]) -> LeanTransport:
    """Makes a transport that takes a fraction of the time of boto3's, which it does not load.

    Region, endpoint and credentials are found as boto3 finds them, unless they are given
    (`LeanOptions`). botocore is loaded where the environment does not say them: for profiles, and
    the credentials of a container, an instance or a login. Retries are those of botocore's
    standard mode. Use it as a context, or close it. After a fork the child opens connections of
    its own. `InvalidOperation` for what cannot be, or is missing.
    """
    from singletable.transport.lean.blocking import LeanTransport  # noqa: PLC0415
    from singletable.transport.lean.settings import to_settings  # noqa: PLC0415

    return LeanTransport(to_settings(options, "lean_transport"))


def async_lean_transport(**options: Unpack[LeanOptions]) -> AsyncLeanTransport:
    """Makes the asynchronous one, without threads: `async with async_lean_transport() as send`.

    It may serve several event loops, each with connections of its own. Where the task that awaits
    a request is cancelled, a write may have been carried out.
    """
    from singletable.transport.lean.settings import to_settings  # noqa: PLC0415
    from singletable.transport.lean.tasks import AsyncLeanTransport  # noqa: PLC0415

    return AsyncLeanTransport(to_settings(options, "async_lean_transport"))
