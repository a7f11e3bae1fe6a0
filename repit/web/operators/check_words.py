"""The papers a carer may be asked for, in words."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

CHECKS: dict[str, LazyString] = {
    "honorability": _("Attestation d’honorabilité"),
    "criminal_record": _("Extrait de casier judiciaire (596-2)"),
    "insurance": _("Assurance"),
    "agreement": _("Agrément d’assistante maternelle"),
}
