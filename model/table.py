"""The table: a primary key and three global secondary indexes, shared by all entities."""

from singletable import Deployment, Table

blog = Table("singletable_blog", deployment=Deployment(stream="NEW_AND_OLD_IMAGES"))
primary = blog.primary
gsi1 = blog.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = blog.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
gsi3 = blog.global_index("GSI3", partition_key="GSI3PK", sort_key="GSI3SK")
