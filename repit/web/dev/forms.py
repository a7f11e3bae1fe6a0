from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FileField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange

from repit.web.fields import (
    CentsField,
    CodeField,
    DayField,
    EmailField,
    LineField,
    TextField,
    listed,
)
from repit.web.forms import RepitForm, SearchForm


class StyleForm(RepitForm):
    """One field of each kind, to be looked at and tried."""

    name = LineField(_("Nom"), max_length=80)
    email = EmailField(_("Adresse e-mail"), required=False)
    code = CodeField(_("Code du chèque"))
    amount = CentsField(_("Participation familiale"), at_least=100, at_most=2_000)
    day = DayField(_("Jour de la garde"))
    children = IntegerField(_("Nombre d’enfants"), [InputRequired(), NumberRange(1, 9)])
    town = SelectField(
        _("Commune"), choices=listed([("", "—"), ("59350", "Lille"), ("59599", "Tourcoing")])
    )
    category = RadioField(
        _("Type d’aide"),
        choices=listed(
            [("babysitting", _("Garde d’enfants")), ("home_help", _("Aide à domicile"))]
        ),
    )
    agreed = BooleanField(_("Le parent est d’accord"), [InputRequired()])
    file = FileField(_("Fichier des parents"))
    motive = TextField(_("Motif"), max_length=300)


class StyleSearch(SearchForm):
    q = LineField(_("Nom, téléphone ou code"), required=False)
    state = SelectField(
        _("État"),
        choices=listed([("", _("Tous")), ("active", _("Valable")), ("late", _("Bientôt fini"))]),
    )
