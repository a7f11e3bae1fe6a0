"""What an operator types about the books: the period to read, and the accountant's accounts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import AnyOf, Regexp

from repit.domain.accounting.queries import Books
from repit.domain.accounting.rules import FRAMES, ChartLine, Frame
from repit.domain.periods import Period, PeriodKind, period_of
from repit.domain.programmes.errors import DaysOutOfOrder
from repit.web.fields import DayField, LineField
from repit.web.forms import RepitForm, SearchForm, given, refuse
from repit.web.wording import word

KINDS = {
    # kind of balance in the ledger: its name here, and what it holds
    "bank": (_("Banque"), _("l’argent reçu, moins ce qui est payé ou rendu")),
    "available": (_("Disponible"), _("versé, ni promis ni dépensé")),
    "outstanding": (_("Engagé"), _("chèques émis, pas encore dépensés")),
    "payable": (_("Dû"), _("encaissé, pas encore viré")),
    "transit": (_("En virement"), _("parti, pas encore confirmé par la banque")),
    "owed_back": (_("À reprendre"), _("payé à un prestataire, puis annulé")),
    "family_share": (_("Participations"), _("payées en ligne, avant la garde")),
    "loss": (_("Manque"), _("versement repris après avoir été promis")),
}
FRAME_NAMES = {
    Frame.ASSOCIATION: _("Association"),
    Frame.M57: _("CCAS, commune (M57)"),
}
DIGITS = Regexp(r"^[0-9]{2,20}$", message=_("Écrivez des chiffres seulement, deux au moins."))


class BalanceSearch(SearchForm):
    dispositif = SelectField(_("Dispositif"))
    first_day = DayField(_("Depuis le"), required=False)
    last_day = DayField(_("Jusqu’au"), required=False)

    def is_readable(self) -> bool:
        """Check the days, and say beside each what is wrong with it."""
        if not all([self.first_day.validate(self), self.last_day.validate(self)]):
            return False
        first_day, last_day = self.first_day.data, self.last_day.data
        if first_day and last_day and last_day < first_day:
            refuse(self, "last_day", str(word(DaysOutOfOrder(first_day, last_day))))
            return False
        return True

    def period(self, today: date) -> Period:
        """Return the days asked for; a day left out is of this year, or of the other's."""
        year = period_of(PeriodKind.YEAR, today)
        first_day, last_day = self.first_day.data, self.last_day.data
        if first_day is None:
            before = period_of(PeriodKind.YEAR, last_day) if last_day else year
            first_day = min(year.first_day, before.first_day)
        return Period(first_day, last_day or max(year.last_day, first_day))


class BooksForm(RepitForm):
    frame = HiddenField(_("Plan de comptes"), [AnyOf([frame.value for frame in Frame])])
    identifier = LineField(
        _("SIREN, ou numéro d’entreprise BCE, du porteur"), max_length=20, required=False
    )
    confirmed = BooleanField(_("Notre comptable a relu et validé ces comptes"))

    def chart(self) -> dict[str, ChartLine]:
        """Return the accounts typed, by kind of balance; only after validate()."""
        return {
            kind: ChartLine(given(self[f"number_{kind}"].data), given(self[f"label_{kind}"].data))
            for kind in KINDS
        }


for _kind, (_name, _meaning) in KINDS.items():
    setattr(
        BooksForm, f"number_{_kind}", LineField(_("Compte"), max_length=20, validators=[DIGITS])
    )
    setattr(BooksForm, f"label_{_kind}", LineField(_("Intitulé"), max_length=80))


def shown_in_form(books: Books) -> dict[str, Any]:
    """Return the values the form starts with."""
    return {
        "frame": books.frame.value,
        "identifier": books.identifier,
        "confirmed": books.confirmed_at is not None,
        **_typed(books.chart),
    }


def proposed(frame: Frame) -> dict[str, Any]:
    """Return the accounts we propose in a frame, as the form's values."""
    return _typed(FRAMES[frame])


def _typed(chart: Mapping[Any, ChartLine]) -> dict[str, Any]:
    numbers = {f"number_{kind.value}": line.number for kind, line in chart.items()}
    return numbers | {f"label_{kind.value}": line.label for kind, line in chart.items()}
