"""The tables of what a programme did besides vouchers: waiting, cancelling, referring."""

from flask_babel import gettext as _

from repit.domain.referrals.rules import Kind
from repit.web import formats
from repit.web.operators.board_reading import Reading
from repit.web.operators.board_sheets import Column, Row, Sheet, columns_of
from repit.web.words import indicator_parts
from repit.web.words.referrals import KINDS

OUTCOMES = ("served", "left", "still")


def activity_sheets(reading: Reading) -> dict[str, Sheet]:
    """Return every such table by its key, those with nothing to say left out."""
    made = (_waiting(reading), _cancelled(reading), _referrals(reading), _providers(reading))
    return {sheet.key: sheet for sheet in made if sheet.rows}


def _waiting(reading: Reading) -> Sheet:
    found = reading.activity.waiting
    rows = [Row(indicator_parts.begun("outcome", one), (found.get(one, 0),)) for one in OUTCOMES]
    return Sheet(
        key="attente",
        title=_("Liste d’attente"),
        head=indicator_parts.dimension("outcome"),
        columns=columns_of("waiting_parties"),
        rows=tuple(rows) if any(found.values()) else (),
    )


def _cancelled(reading: Reading) -> Sheet:
    return Sheet(
        key="seances-annulees",
        title=_("Séances annulées"),
        head=_("Jour"),
        columns=(
            Column(_("Atelier"), ""),
            Column(indicator_parts.dimension("motive"), ""),
        ),
        rows=tuple(
            Row(formats.day(day), (workshop, motive))
            for day, workshop, motive in reading.activity.cancelled_sessions
        ),
    )


def _referrals(reading: Reading) -> Sheet:
    rows = [
        Row(str(KINDS[Kind(kind)]), figures)
        for kind, figures in sorted(reading.activity.referrals.items())
    ]
    return Sheet(
        key="orientations",
        title=_("Orientations"),
        head=indicator_parts.dimension("kind"),
        columns=(
            Column(_("Notées"), "referrals_noted"),
            Column(_("Suite connue"), "referrals_ended"),
            Column(_("Ont abouti"), "referrals_worked"),
        ),
        rows=tuple(rows),
    )


def _providers(reading: Reading) -> Sheet:
    """Of some people or one category alone nobody counts them: then there is no table."""
    minutes = {} if reading.wanted.about_people else reading.activity.minutes_by_provider
    found = sorted(minutes.items(), key=lambda one: (-one[1], one[0]))
    return Sheet(
        key="prestataires",
        title=_("Heures de répit par prestataire"),
        head=indicator_parts.dimension("provider"),
        columns=columns_of("respite_minutes"),
        rows=tuple(Row(name, (taken,)) for name, taken in found),
        data=True,
    )
