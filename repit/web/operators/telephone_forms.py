"""What an operator fills in for a parent on the telephone."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from repit.domain.bookings.naming import Nameable
from repit.domain.bookings.placing import Asked
from repit.web.booking_form import BookingForm
from repit.web.fields import TextField
from repit.web.forms import RepitForm, refuse

LONGEST_MOTIVE = 300


class TelephoneForm(BookingForm):
    """A parent's own form, and what only the staff may do: take somebody above the maximum."""

    forced = BooleanField(_("Prendre ce parent au-delà du maximum ou des conditions"))
    motive = TextField(_("Pourquoi"), max_length=LONGEST_MOTIVE, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Going past the rules needs its motive: it stays in the history."""
        valid = super().validate(extra_validators)
        if self.forced.data and not self.motive.data:
            refuse(self, "motive", gettext("Écrivez pourquoi ce parent passe avant la règle."))
            return False
        return valid

    def asked(self, named: Nameable, parent_id: int) -> Asked:
        """Return the request as it was made on the telephone."""
        forced = bool(self.forced.data)
        motive = self.motive.data if forced else None
        asked = super().asked(named, parent_id)
        return replace(asked, origin="phone", forced=forced, motive=motive)


class GiveBackForm(RepitForm):
    """`waive`: the service gives it all back, even when it is late by the published policy."""

    waive = BooleanField(_("Rendre tous les chèques, même s’il est tard"))
