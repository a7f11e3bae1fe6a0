"""« Vit avec… »: from a number or a name somebody typed to a household, asking when unsure."""

from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from wtforms import Form, RadioField

from repit.domain.households import queries
from repit.domain.households.queries import ParentName
from repit.web.fields import listed
from repit.web.forms import refuse

UNKNOWN = lazy_gettext("Aucune fiche ne correspond. Vérifiez le numéro ou le nom.")
SEVERAL = lazy_gettext("Plusieurs fiches correspondent : choisissez.")


def chosen_household(db: Session, form: Form, *, but: str = "") -> int | None:
    """Return the household meant, or None when the field is empty.

    When several parents match, the form offers them and holds the question as an error.
    `but`: the public id of a parent who is not meant.
    """
    typed, pick = form["household"], cast(RadioField, form["household_pick"])
    if not typed.data:
        return None
    found = [one for one in queries.look_up(db, typed.data) if one.public_id != but]
    pick.choices = listed((one.public_id, shown(one)) for one in found)
    picked = next((one for one in found if one.public_id == pick.data), None)
    if picked is not None:
        return picked.household_id
    if len({one.household_id for one in found}) == 1:
        return found[0].household_id
    refuse(form, "household", str(SEVERAL if found else UNKNOWN))
    return None


def shown(parent: ParentName) -> str:
    """Return « Amina Benali · P-000012 · Lens »."""
    return _(
        "%(name)s · %(number)s · %(town)s",
        name=parent.name,
        number=parent.number,
        town=parent.town,
    )
