"""Once a year an hour comes twice: asking which of the two is meant, and only then."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from repit.web.fields import listed

FOLDS = {"first": 0, "second": 1}
ANSWERS = (
    ("", _("À choisir")),
    ("first", _("La première, à l’heure d’été")),
    ("second", _("La seconde, à l’heure d’hiver")),
)


def which() -> Any:
    """Return the field; pages show it when it was refused, or answered."""
    return SelectField(
        _("Laquelle des deux heures"), choices=listed(ANSWERS), default="", validate_choice=False
    )


def fold_in(field: Any) -> int | None:
    """Return what was answered: 0 for the first, 1 for the second, None for nothing."""
    return FOLDS.get(field.data or "")


def shown(fold: int | None) -> str:
    """Return the answer that a form starts with."""
    return next((key for key, value in FOLDS.items() if value == fold), "")
