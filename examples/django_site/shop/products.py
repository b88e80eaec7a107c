"""What the shop has. A real one would have a model."""

from __future__ import annotations

from typing import NamedTuple


class Product(NamedTuple):
    """Something to buy; `price` in euros."""

    slug: str
    name: str
    price: int
    text: str


PRODUCTS = {
    each.slug: each
    for each in (
        Product("kettle", "Kettle", 39, "Boils a litre in three minutes."),
        Product("teapot", "Teapot", 24, "Holds six cups, and keeps them warm."),
        Product("green-tea", "Green tea", 9, "From Boseong, first harvest."),
    )
}
