"""The words and the picture of each category, and of the unit its price counts."""

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from repit.domain.categories import Category, from_bits

NAMES: dict[Category, LazyString] = {
    Category.BABYSITTING: lazy_gettext("Garde d’enfants"),
    Category.HOME_HELP: lazy_gettext("Aide à domicile"),
    Category.WELL_BEING: lazy_gettext("Bien-être"),
    Category.WORKSHOP_CHILDCARE: lazy_gettext("Garde pendant un atelier"),
}
ICONS: dict[Category, str] = {
    Category.BABYSITTING: "baby-carriage",
    Category.HOME_HELP: "home-heart",
    Category.WELL_BEING: "flower",
    Category.WORKSHOP_CHILDCARE: "users",
}


def register(app: Flask) -> None:
    """Give templates the filters `category`, `category_icon` and `category_names` (of bits)."""
    app.add_template_filter(name, "category")
    app.add_template_filter(icon, "category_icon")
    app.add_template_filter(names, "category_names")


def name(category: Category | str) -> str:
    """Return « Garde d’enfants »."""
    return str(NAMES[Category(category)])


def names(bits: int) -> str:
    """Return « Garde d’enfants, Bien-être » for a stored set."""
    return ", ".join(name(category) for category in from_bits(bits))


def icon(category: Category | str) -> str:
    """Return the id of its picture in `static/img/icons.svg`."""
    return ICONS[Category(category)]


def choices() -> list[tuple[str, Any]]:
    """Return every category for a field with choices, in the published order."""
    return [(category.value, NAMES[category]) for category in Category]
