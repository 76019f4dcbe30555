"""The table: a primary key, indexes of whole items, and indexes of what lists of posts show."""

from singletable import Deployment, Table, include

blog = Table("singletable_blog", deployment=Deployment(stream="NEW_AND_OLD_IMAGES"))
primary = blog.primary
gsi1 = blog.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = blog.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
gsi3 = blog.global_index("GSI3", partition_key="GSI3PK", sort_key="GSI3SK")

LISTED = include(
    "entity",
    "post_id",
    "author_id",
    "category_id",
    "slug",
    "title",
    "summary",
    "tags",
    "cover_media_id",
    "status",
    "status_since",
    "published_at",
    "publish_at",
    "created_at",
    "updated_at",
    "version",
)
"""Everything but the body: an index reads, and bills, the whole of what it holds."""

list1 = blog.global_index("LIST1", partition_key="LIST1PK", sort_key="LIST1SK", projection=LISTED)
list2 = blog.global_index("LIST2", partition_key="LIST2PK", sort_key="LIST2SK", projection=LISTED)
list3 = blog.global_index("LIST3", partition_key="LIST3PK", sort_key="LIST3SK", projection=LISTED)
list4 = blog.global_index("LIST4", partition_key="LIST4PK", sort_key="LIST4SK", projection=LISTED)
