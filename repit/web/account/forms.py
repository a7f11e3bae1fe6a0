import re

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField
from wtforms.validators import Regexp

from repit.web.fields import EmailField, LineField
from repit.web.forms import RepitForm

_SIX_DIGITS = re.compile(r"^\d{6}$", re.ASCII)
# Phones with an Arabic or Persian keyboard write their own digits.
_DIGITS = {
    ord(zero) + value: str(value) for zero in "\u0660\u06f0" for value in range(10)
} | dict.fromkeys(map(ord, " \u00a0-."))

OWN_DEVICE = _("Cet appareil est à moi.")


class AskForm(RepitForm):
    """Where to send the message."""

    email = EmailField(_("Votre adresse e-mail"))


class CodeForm(RepitForm):
    """The code, typed on this device or on another."""

    email = EmailField(_("Votre adresse e-mail"))
    code = LineField(
        _("Le code reçu"),
        max_length=20,
        filters=[lambda text: text.translate(_DIGITS) if text else text],
        validators=[Regexp(_SIX_DIGITS, message=_("Écrivez les 6 chiffres du message."))],
    )
    own_device = BooleanField(OWN_DEVICE)


class EnterForm(RepitForm):
    """The button behind the link."""

    own_device = BooleanField(OWN_DEVICE)


class RoleForm(RepitForm):
    """In which role to go on."""

    role = RadioField(_("Vous venez…"))
