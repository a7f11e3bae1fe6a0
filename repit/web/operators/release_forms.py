"""What an operator chooses of a release: its period."""

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import InputRequired

from repit.web.forms import RepitForm


class PeriodForm(RepitForm):
    """`period` is `quarter:2026-01-01`: a kind and a first day."""

    period = RadioField(
        _("Période"),
        [InputRequired(_("Choisissez une période dans la liste."))],
        validate_choice=False,
    )

    def wanted(self) -> tuple[str, date] | None:
        """Return the kind and the first day, or None when that is no period at all."""
        kind, _colon, day = str(self.period.data).partition(":")
        try:
            return kind, date.fromisoformat(day)
        except ValueError:
            return None
