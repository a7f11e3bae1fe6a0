"""What an operator looks for among referrals."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from repit.domain.referrals.queries import ANNULLED, ReferralFilter
from repit.web.fields import DayField, LineField, listed
from repit.web.forms import SearchForm, chosen
from repit.web.referral_form import ANSWERS
from repit.web.words.referrals import KINDS


class ReferralSearch(SearchForm):
    q = LineField(_("Vers qui"), max_length=120, required=False)
    programme = SelectField(_("Dispositif"))
    kind = SelectField(_("Vers quoi"), choices=listed([("", _("Tout")), *KINDS.items()]))
    outcome = SelectField(
        _("Suite"), choices=listed([("", _("Toutes")), *ANSWERS, (ANNULLED, _("Annulées"))])
    )
    first_day = DayField(_("Depuis le"), required=False)
    last_day = DayField(_("Jusqu’au"), required=False)

    def wanted(self) -> ReferralFilter:
        """Return what to keep of the list; a day that is none filters nothing."""
        return ReferralFilter(
            text=self.q.data,
            programme=chosen(self.programme) or None,
            kind=chosen(self.kind) or None,
            outcome=chosen(self.outcome) or None,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
        )
