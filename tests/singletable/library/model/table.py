"""The library's table and its indexes."""

from singletable import Table, include

library = Table("library")
gsi1 = library.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
WHOLE_BOOK = (
    "title",
    "author",
    "entity",
    "book_id",
    "genre",
    "copies",
    "lent",
    "tags",
    "released_on",
    "added_at",
)
gsi2 = library.global_index(
    "GSI2", partition_key="GSI2PK", sort_key="GSI2SK", projection=include(*WHOLE_BOOK)
)
