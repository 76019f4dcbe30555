"""ULIDs in paths: `{job_id:ulid}` takes no word of another path, such as `exports`."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class UlidConvertor(Convertor[str]):
    """Their length and letters; whether it is one, the parameter's type says."""

    regex = "[0-9A-Za-z]{26}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("ulid", UlidConvertor())


JOB = "/{job_id:ulid}"
