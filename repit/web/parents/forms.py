"""What a parent chooses: how many vouchers, or where to look."""

from flask_babel import lazy_gettext
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from repit.web import categories
from repit.web.fields import LineField, listed
from repit.web.forms import RepitForm, SearchForm

MOST_AT_ONCE = 60
_CHOOSE = lazy_gettext("Choisissez un nombre de chèques.")


class ShowForm(RepitForm):
    """How many vouchers the code stands for."""

    cheques = IntegerField(
        lazy_gettext("Combien de chèques ?"),
        default=1,
        validators=[
            InputRequired(_CHOOSE),
            NumberRange(min=1, max=MOST_AT_ONCE, message=_CHOOSE),
        ],
    )


class PaperForm(SearchForm):
    """How many vouchers to print: nothing changes, the same ones are printed again."""

    cheques = IntegerField(
        lazy_gettext("Combien de chèques sur papier ?"),
        default=1,
        validators=[
            InputRequired(_CHOOSE),
            NumberRange(min=1, max=MOST_AT_ONCE, message=_CHOOSE),
        ],
    )


class FindForm(SearchForm):
    """Where, and for what."""

    ville = LineField(lazy_gettext("Ville ou code postal"), required=False, max_length=80)
    besoin = SelectField(
        lazy_gettext("Pour quoi ?"),
        choices=listed([("", lazy_gettext("Tout")), *categories.choices()]),
        validate_choice=False,
    )
