"""What a parent writes about a child, and about who may collect it."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField

from repit.domain.care.sheet_queries import SheetView
from repit.domain.care.sheets import CONSENTS, NewPerson, Sheet
from repit.domain.households import rules
from repit.domain.households.rules import NewChild
from repit.web.fields import DayField, LineField, TextField, listed
from repit.web.forms import RepitForm, given
from repit.web.stored import PHONE

LONGEST_HELP = 500
STANDINGS = (
    ("may", _("Peut venir chercher mon enfant")),
    ("never", _("Ne doit jamais le prendre")),
)


class NewChildForm(RepitForm):
    first_name = LineField(_("Prénom"), max_length=80)
    born_on = DayField(_("Date de naissance"))

    def child(self) -> NewChild:
        """Return what was typed; only after validate()."""
        name = rules.words(given(self.first_name.data))
        return NewChild(name, given(self.born_on.data))


class SheetForm(RepitForm):
    walking_since = DayField(_("Marche depuis le"), required=False)
    helps = TextField(_("Ce qui l’aide"), max_length=LONGEST_HELP, required=False)
    first_aid = BooleanField(_("J’accepte les premiers secours"))
    photos = BooleanField(_("J’accepte les photos"))

    def sheet(self) -> Sheet:
        """Return what was typed; only after validate()."""
        return Sheet(
            walking_since=self.walking_since.data,
            helps=self.helps.data,
            consents=frozenset(kind for kind in CONSENTS if self[kind].data),
        )


def sheet_of(sheet: SheetView) -> dict[str, Any]:
    """Return what the form shows before anything is typed."""
    given_ones = {kind: sheet.consented_on(kind) is not None for kind in CONSENTS}
    return {"walking_since": sheet.walking_since, "helps": sheet.helps, **given_ones}


class PersonForm(RepitForm):
    standing = RadioField(_("Cette personne…"), choices=listed(STANDINGS))
    name = LineField(_("Prénom et nom"), max_length=120)
    relation = LineField(_("Lien avec l’enfant"), max_length=80, required=False)
    phone = LineField(_("Téléphone"), max_length=30, required=False, validators=[PHONE])

    def person(self) -> NewPerson:
        """Return what was typed; only after validate()."""
        return NewPerson(
            name=rules.words(given(self.name.data)),
            standing=str(self.standing.data),
            relation=self.relation.data,
            phone=self.phone.data,
        )
