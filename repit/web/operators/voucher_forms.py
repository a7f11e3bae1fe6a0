"""What an operator types to find vouchers and to change one."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from repit.domain.vouchers.queries import VoucherFilter
from repit.web.fields import CodeField, DayField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, chosen

DAYS = {"21": 21, "42": 42, "90": 90}


class VoucherSearch(SearchForm):
    q = LineField(_("Parent : nom, numéro, commune"), max_length=120, required=False)
    state = SelectField(
        _("État"),
        choices=listed(
            [
                ("", _("Tous")),
                ("open", _("À dépenser")),
                ("early", _("Pas encore valables")),
                ("held", _("Réservés")),
                ("blocked", _("Bloqués")),
                ("lapsed", _("Passés de date")),
                ("redeemed", _("Utilisés")),
                ("expired", _("Échus")),
                ("cancelled", _("Annulés")),
            ]
        ),
    )
    programme = SelectField(_("Dispositif"))
    fund = SelectField(_("Enveloppe"))
    town = SelectField(_("Commune"))
    ends = SelectField(
        _("Finissent"),
        choices=listed(
            [
                ("", _("Tous")),
                ("21", _("Sous 3 semaines")),
                ("42", _("Sous 6 semaines")),
                ("90", _("Sous 3 mois")),
            ]
        ),
    )

    def wanted(self) -> VoucherFilter:
        """Return what to keep of the list; the choices must be filled in before."""
        return VoucherFilter(
            words=self.q.data or "",
            standing=chosen(self.state),
            programme=chosen(self.programme),
            fund=chosen(self.fund),
            town=chosen(self.town),
            ends_within_days=DAYS.get(chosen(self.ends)),
        )


class CodeForm(RepitForm):
    code = CodeField(_("Code du chèque"))


class MotiveForm(RepitForm):
    motive = TextField(_("Motif"), max_length=500)


class ExtendForm(RepitForm):
    last_day = DayField(_("Nouveau dernier jour"))
    motive = TextField(_("Motif"), max_length=500)


class HoldForm(RepitForm):
    provider = SelectField(_("Prestataire"))
    motive = TextField(_("Motif"), max_length=500)
