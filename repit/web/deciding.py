"""Say what becomes of a session under its minimum: for who leads it and for the operator."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField

from repit.domain import clock
from repit.domain.bookings import changes
from repit.web.access import actor
from repit.web.acting import made
from repit.web.fields import TextField, listed
from repit.web.forms import RepitForm, given

DECISIONS = {
    "run": _("A lieu"),
    "postpone": _("Reportée"),
    "cancel": _("Annulée"),
}


class DecideForm(RepitForm):
    decision = RadioField(_("Que devient cette séance ?"), choices=listed(DECISIONS.items()))
    why = TextField(_("Motif"), max_length=500)


def decided(form: DecideForm, session_id: int) -> bool:
    """Note the decision and what follows from it; if refused, the form says why."""
    return made(
        form,
        lambda db: changes.decide(
            db,
            session_id,
            form.decision.data,
            motive=given(form.why.data),
            actor=actor(),
            now=clock.now(),
        ),
        beside="decision",
    )


def said(form: DecideForm) -> str:
    """Return what was decided, to the one who did."""
    words = {
        "run": gettext("C’est décidé : la séance a lieu."),
        "postpone": gettext("C’est noté. Donnez maintenant la nouvelle date."),
        "cancel": gettext("La séance est annulée. Chaque parent est prévenu une fois."),
    }
    return words.get(form.decision.data or "", "")
