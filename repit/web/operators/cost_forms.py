"""What an operator types about staff time and costs, and looks for among them."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField

from repit.domain.costs.queries import CostFilter
from repit.domain.costs.rules import MOST_MONEY, NO_MONEY, NO_TIME, Kind, NewCost
from repit.domain.errors import Refused
from repit.web.durations import HoursField
from repit.web.fields import CentsField, DayField, LineField, listed
from repit.web.forms import SearchForm, SentOnce, chosen, given
from repit.web.words.costs import KINDS

BESIDE = {
    "cost_to_come": "on_day",
    "cost_too_old": "on_day",
    "cost_says_nothing": "amount",
    "cost_below_zero": "amount",
    "cost_too_high": "amount",
    "time_too_long": "worked",
    "time_of_nobody": "worked",
}


class CostSearch(SearchForm):
    q = LineField(_("Note"), max_length=120, required=False)
    programme = SelectField(_("Dispositif"))
    kind = SelectField(_("Nature"), choices=listed([("", _("Toutes")), *KINDS.items()]))
    first_day = DayField(_("Depuis le"), required=False)
    last_day = DayField(_("Jusqu’au"), required=False)

    def wanted(self) -> CostFilter:
        """Return what to keep of the list; a day that is none filters nothing."""
        return CostFilter(
            text=self.q.data,
            programme=chosen(self.programme) or None,
            kind=chosen(self.kind) or None,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
        )


class CostForm(SentOnce):
    programme = SelectField(_("Dispositif"))
    kind = SelectField(_("Nature"), choices=listed(KINDS.items()))
    on_day = DayField(_("Jour"))
    whole_month = BooleanField(_("Pour tout le mois de ce jour"))
    worked = HoursField(_("Temps de l’équipe"), required=False)
    amount = CentsField(_("Montant"), at_least=None, at_most=MOST_MONEY, required=False)
    note = LineField(_("Note"), max_length=300, required=False)

    def ask(self, programmes: Sequence[tuple[str, str]]) -> None:
        """Let one of these programmes (public id, name) be chosen."""
        self.programme.choices = listed(programmes)

    def cost(self, programme_id: int) -> NewCost:
        """Return what was typed; only after validate()."""
        return NewCost(
            nonce=UUID(str(self.nonce.data)),
            programme_id=programme_id,
            kind=Kind(self.kind.data),
            on_day=given(self.on_day.data),
            whole_month=bool(self.whole_month.data),
            minutes=self.worked.data or NO_TIME,
            amount=self.amount.data or NO_MONEY,
            note=self.note.data,
        )


def beside(refusal: Refused) -> str | None:
    """Return the field that a refusal is about, if it is about one."""
    return BESIDE.get(refusal.code)
