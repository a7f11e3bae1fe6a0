"""What somebody types about a referral: the same form for who leads a session and the operator."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField

from repit.domain.errors import Refused
from repit.domain.referrals.rules import Kind, NewReferral, Outcome
from repit.web.fields import DayField, LineField, TextField, listed
from repit.web.forms import RepitForm, SentOnce, given
from repit.web.words.referrals import KINDS, OUTCOMES

LONGEST_ORGANISATION = 120
ANSWERS = [(outcome, words) for outcome, (words, _tone, _icon) in OUTCOMES.items()]
BESIDE = {"referral_to_come": "on_day", "referral_too_old": "on_day"}


class ReferralForm(SentOnce):
    """`programme` is asked where the page does not say it; its choices are (public id, name)."""

    programme = SelectField(_("Dispositif"))
    kind = RadioField(_("Vers quoi ?"), choices=listed(KINDS.items()))
    organisation = LineField(_("Vers qui ?"), max_length=LONGEST_ORGANISATION)
    on_day = DayField(_("Quel jour ?"))
    for_household = BooleanField(_("Pour une famille"), default=True)
    outcome = RadioField(_("Et ensuite ?"), choices=listed(ANSWERS), default=Outcome.NOT_KNOWN)

    def ask(self, programmes: Sequence[tuple[str, str]]) -> None:
        """Let one of these programmes be chosen; with one alone there is nothing to ask."""
        self.programme.choices = listed(programmes)
        if len(programmes) == 1:
            self.programme.data = programmes[0][0]

    def referral(self, programme_id: int, session_id: int | None) -> NewReferral:
        """Return what was typed; only after validate()."""
        return NewReferral(
            nonce=UUID(str(self.nonce.data)),
            programme_id=programme_id,
            session_id=session_id,
            kind=Kind(self.kind.data),
            organisation=given(self.organisation.data),
            on_day=given(self.on_day.data),
            for_household=bool(self.for_household.data),
            outcome=Outcome(self.outcome.data),
        )


class OutcomeForm(RepitForm):
    """One tap: what became of it."""

    outcome = RadioField(_("Et ensuite ?"), choices=listed(ANSWERS))


class AnnulForm(RepitForm):
    motive = TextField(_("Motif"), max_length=500)


def beside(refusal: Refused) -> str | None:
    """Return the field that a refusal is about, if it is about one."""
    return BESIDE.get(refusal.code)
