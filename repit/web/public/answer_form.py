"""The two questions after a session."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField

from repit.domain.satisfaction.service import Answers
from repit.web.fields import listed
from repit.web.forms import RepitForm

GOOD = (
    ("5", _("Beaucoup")),
    ("4", _("Oui, assez")),
    ("3", _("Un peu")),
    ("2", _("Pas vraiment")),
    ("1", _("Pas du tout")),
)
AGAIN = (("3", _("Oui")), ("2", _("Peut-être")), ("1", _("Non")))


class AnswerForm(RepitForm):
    did_good = RadioField(_("Cela vous a-t-il fait du bien ?"), choices=listed(GOOD))
    comes_again = RadioField(_("Reviendriez-vous ?"), choices=listed(AGAIN))

    def answers(self) -> Answers:
        """Return what was chosen; only after validate()."""
        return Answers(int(self.did_good.data), int(self.comes_again.data))
