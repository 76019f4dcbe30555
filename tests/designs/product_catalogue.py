"""A catalogue of products by brand and by category; each list of names is one partition.

The indexes project what a list of products shows. Brand and category stand in their keys,
and after them `P#`: no value contains the delimiter, so a query for category 1 ends there and does
not find category 10, as the published `begins_with("C#1")` does."""

from __future__ import annotations

from typing import NewType

from pydantic import Field

from singletable import Entity, Query, Table, View, access_pattern, include
from singletable.patterns import creates, gets, queries

catalogue = Table("ProductCatalog", type_attribute=None)
primary = catalogue.primary
listed = include("type", "name", "description", "stockLevel", "productId")
gsi1 = catalogue.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK", projection=listed)
gsi2 = catalogue.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK", projection=listed)

BrandId = NewType("BrandId", str)
CategoryId = NewType("CategoryId", str)
ProductId = NewType("ProductId", str)


class Brand(Entity, table=catalogue):
    """A brand."""

    brand_id: BrandId = Field(serialization_alias="brandId")
    name: str

    key = primary.key("BRANDS", "B#{brand_id}")


class Category(Entity, table=catalogue):
    """A category."""

    category_id: CategoryId = Field(serialization_alias="categoryId")
    name: str

    key = primary.key("CATEGORIES", "C#{category_id}")


class Product(Entity, table=catalogue):
    """A product of a brand in a category."""

    product_id: ProductId = Field(serialization_alias="productId")
    brand_id: BrandId = Field(serialization_alias="brandId")
    category_id: CategoryId = Field(serialization_alias="categoryId")
    kind: str = Field(serialization_alias="type")
    name: str
    description: str | None = None
    stock_level: int = Field(serialization_alias="stockLevel")

    key = primary.key("P#{product_id}", "METADATA")
    by_brand = gsi1.key("B#{brand_id}", "C#{category_id}P#{product_id}")
    by_category = gsi2.key("C#{category_id}", "B#{brand_id}P#{product_id}")


class Listed(View[Product]):
    """What a list of products shows; brand and category are read from the keys."""

    product_id: ProductId
    brand_id: BrandId
    category_id: CategoryId
    kind: str
    name: str
    description: str | None
    stock_level: int


brands = queries(Brand.key, "All brands.")
categories = queries(Category.key, "All categories.")
product = gets(Product.key, "A product.")


@access_pattern
def of_brand(brand_id: BrandId) -> Query[Listed]:
    """The products of a brand."""
    return Product.by_brand.query(brand_id=brand_id).only(Listed)


@access_pattern
def of_brand_in(brand_id: BrandId, category_id: CategoryId) -> Query[Listed]:
    """The products of a brand in a category, and in no other one whose number begins so."""
    return Product.by_brand.query(brand_id=brand_id, category_id=category_id).only(Listed)


@access_pattern
def of_category(category_id: CategoryId) -> Query[Listed]:
    """The products of a category."""
    return Product.by_category.query(category_id=category_id).only(Listed)


add = creates(Product, "A new product.")
