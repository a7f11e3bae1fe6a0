"""What a provider types: a code, then what the vouchers pay for."""

from uuid import UUID

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, IntegerField, RadioField
from wtforms.validators import NumberRange, Optional, ValidationError

from repit.domain import ids
from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.providers.standing import TariffFacts
from repit.domain.redemptions.rules import MINUTES_AN_HOUR, Service
from repit.web import categories
from repit.web.fields import CentsField, CodeField, DayField, listed
from repit.web.forms import RepitForm, given

LONGEST_HOURS = 72
MOST_SESSIONS = 50
MOST_VOUCHERS = 50
HIGHEST_SHARE_CENTS = 100_000


class ReadForm(RepitForm):
    """One code, typed, scanned or read from a photo."""

    typed = CodeField(lazy_gettext("Code du chèque"), required=False)


class TakeForm(RepitForm):
    """What was delivered, and how many vouchers pay for it."""

    redemption_id = HiddenField()
    category = RadioField(
        lazy_gettext("Pour quelle prestation ?"), choices=listed(categories.choices())
    )
    take = IntegerField(
        lazy_gettext("Nombre de chèques à encaisser"),
        validators=[Optional(), NumberRange(min=1, max=MOST_VOUCHERS)],
    )
    service_on = DayField(lazy_gettext("Jour de la prestation"))
    hours = IntegerField(
        lazy_gettext("Heures"), validators=[Optional(), NumberRange(min=0, max=LONGEST_HOURS)]
    )
    minutes = IntegerField(
        lazy_gettext("Minutes"),
        validators=[Optional(), NumberRange(min=0, max=MINUTES_AN_HOUR - 1)],
    )
    sessions = IntegerField(
        lazy_gettext("Nombre de séances"),
        validators=[Optional(), NumberRange(min=1, max=MOST_SESSIONS)],
    )
    family_share = CentsField(
        lazy_gettext("Participation de la famille"), at_most=HIGHEST_SHARE_CENTS, required=False
    )

    def validate_redemption_id(self, field: HiddenField) -> None:
        """The page made it; whoever changed it starts again."""
        if as_uuid(field.data) is None:
            field.data = str(ids.redemption_id())
            raise ValidationError(gettext("Envoyez encore une fois."))

    def whole_minutes(self) -> int | None:
        """Return how long it lasted, None when nothing was typed."""
        total = (self.hours.data or 0) * MINUTES_AN_HOUR + (self.minutes.data or 0)
        return total or None

    def service(self, tariff: TariffFacts | None) -> Service | None:
        """Return what was delivered in the unit of the tariff; None when it was not said.

        Without a tariff either unit will do: the desk says what stands against it.
        """
        minutes, sessions = self.whole_minutes(), self.sessions.data
        if tariff is not None and tariff.per_hour:
            sessions = None
        elif tariff is not None or minutes is None:
            minutes = None
        else:
            sessions = None
        if minutes is None and sessions is None:
            return None
        return Service(
            category=Category(self.category.data),
            service_on=given(self.service_on.data),
            minutes=minutes,
            sessions=sessions,
            family_share=self.family_share.data or Cents(0),
        )


def as_uuid(text: str | None) -> UUID | None:
    """Return the id in a text, None when it is not one."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
