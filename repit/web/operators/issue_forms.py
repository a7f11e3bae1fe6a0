"""What an operator chooses to issue vouchers, and whom they look for among those who wait."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Length

from repit.web.fields import DayField, LineField, listed
from repit.web.forms import RepitForm, SearchForm


class ChooseForm(SearchForm):
    """Which programme and period to look at; changes nothing."""

    programme = SelectField(_("Dispositif"))
    when = SelectField(
        _("Période"),
        choices=listed([("now", _("En cours")), ("next", _("Prochaine"))]),
    )


class PreviewSearch(SearchForm):
    programme = HiddenField()
    day = DayField(_("Période"), required=False)
    q = LineField(_("Nom, numéro, commune"), max_length=120, required=False)
    show = SelectField(
        _("Montrer"),
        choices=listed(
            [
                ("", _("Tout le monde")),
                ("now", _("Reçoivent des chèques")),
                ("wait", _("Attendent")),
            ]
        ),
    )


class StartForm(RepitForm):
    """Start an issue run. `once` is new on each page: the same page sent twice is one run."""

    programme = HiddenField(validators=[InputRequired()])
    day = DayField(_("Période"))
    once = HiddenField(validators=[InputRequired(), Length(max=40)])


class WaitingSearch(SearchForm):
    q = LineField(_("Nom, numéro, commune"), max_length=120, required=False)
    programme = SelectField(_("Dispositif"))
