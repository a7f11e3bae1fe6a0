"""What an operator types about a programme."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from repit.domain.categories import Category, as_bits, from_bits
from repit.domain.money import Cents
from repit.domain.programmes.profiles import FR_CAP
from repit.domain.programmes.rules import SHORTEST_USUAL_VALIDITY, Settings
from repit.web import categories
from repit.web.fields import CentsField, DayField, LineField, listed
from repit.web.forms import RepitForm, SearchForm, given, refuse
from repit.web.operators.check_words import CHECKS
from repit.web.operators.parent_forms import KINDS

MOST_FACE = 50_000
ZONES = [
    ("Europe/Paris", _("France métropolitaine")),
    ("Europe/Brussels", _("Belgique")),
    ("America/Guadeloupe", _("Guadeloupe")),
    ("America/Martinique", _("Martinique")),
    ("America/Cayenne", _("Guyane")),
    ("Indian/Reunion", _("La Réunion")),
    ("Indian/Mayotte", _("Mayotte")),
]
PROFILES = {
    FR_CAP.code: _("Chèque d’accompagnement personnalisé (France, CGCT L1611-6)"),
}
STATES = [("", _("Tous")), ("open", _("Ouverts")), ("closed", _("Fermés"))]
CHOOSE_ONE = _("Cochez au moins une réponse.")


def whole(label: Any, low: int, high: int, *, required: bool = True) -> IntegerField:
    """Return a field for a whole number between two bounds."""
    first = InputRequired() if required else Optional()
    attributes = {"inputmode": "numeric", "autocomplete": "off"}
    return IntegerField(label, [first, NumberRange(low, high)], render_kw=attributes)


class ProgrammeSearch(SearchForm):
    q = LineField(_("Nom du dispositif"), max_length=120, required=False)
    state = SelectField(_("État"), choices=listed(STATES))


class ProgrammeForm(RepitForm):
    name = LineField(_("Nom"), max_length=120)
    first_day = DayField(_("Premier jour"))
    last_day = DayField(_("Dernier jour"))
    zone = SelectField(_("Fuseau horaire"), choices=listed(ZONES))
    face = CentsField(_("Valeur d’un chèque"), at_least=100, at_most=MOST_FACE)
    categories = SelectMultipleField(
        _("Ce que les chèques paient"),
        [DataRequired(CHOOSE_ONE)],
        choices=listed(categories.choices()),
    )
    isolated_kinds = SelectMultipleField(
        _("Situations comptées comme « parent isolé »"),
        [DataRequired(CHOOSE_ONE)],
        choices=listed(KINDS.items()),
    )
    profile = SelectField(
        _("Cadre légal"),
        choices=listed([("", _("Aucun : les durées ci-dessous")), *PROFILES.items()]),
    )
    validity_months = whole(_("Durée d’un chèque, en mois"), 1, 60)
    short_is_meant = BooleanField(_("Moins de 12 mois est voulu"))
    grace_days = whole(_("Délai du prestataire, en jours"), 0, 365)
    undo_hours = whole(_("Délai d’annulation, en heures"), 0, 720)
    presentation_minutes = whole(_("Durée du code montré, en minutes"), 1, 1440)
    pays_within_days = whole(_("Délai de paiement, en jours"), 0, 365)
    holdback_days = whole(_("Retenue avant paiement, en jours"), 0, 365, required=False)
    least_payout = CentsField(_("Virement minimum"), at_least=0, required=False)
    pair_month_vouchers = whole(
        _("Chèques par mois entre un parent et un prestataire"), 1, 10_000, required=False
    )
    provider_month_vouchers = whole(
        _("Chèques par mois pour un prestataire"), 1, 1_000_000, required=False
    )

    cancel_hours = whole(_("Annulation à temps, en heures avant"), 0, 336)
    late_is_paid = BooleanField(_("Une annulation tardive est payée au prestataire"))
    no_show_minutes = whole(_("Absence notée après, en minutes"), 0, 240)
    sheet_days = whole(_("Feuille lisible après la séance, en jours"), 1, 365)
    no_show_is_paid = BooleanField(_("Une absence est payée au prestataire"))
    share_online = BooleanField(_("La participation se paie en ligne, à la réservation"))
    carer_checks = SelectMultipleField(
        _("Documents demandés à chaque intervenant"), choices=listed(CHECKS.items())
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields one by one, then those that depend on one another."""
        valid = super().validate(extra_validators)
        first_day, last_day = self.first_day.data, self.last_day.data
        if first_day and last_day and last_day < first_day:
            refuse(self, "last_day", gettext("Le dernier jour vient avant le premier."))
            return False
        short = (self.validity_months.data or SHORTEST_USUAL_VALIDITY) < SHORTEST_USUAL_VALIDITY
        if short and not self.profile.data and not self.short_is_meant.data:
            words = gettext("Écrivez 12 mois ou plus, ou cochez « Moins de 12 mois est voulu ».")
            refuse(self, "validity_months", words)
            return False
        return valid

    def settings(self) -> Settings:
        """Return what was typed; only after validate()."""
        return Settings(
            name=given(self.name.data),
            zone=given(self.zone.data),
            first_day=given(self.first_day.data),
            last_day=given(self.last_day.data),
            face_cents=given(self.face.data),
            categories=as_bits(Category(one) for one in given(self.categories.data)),
            isolated_kinds=tuple(given(self.isolated_kinds.data)),
            validity_months=given(self.validity_months.data),
            grace_days=given(self.grace_days.data),
            undo_hours=given(self.undo_hours.data),
            presentation_minutes=given(self.presentation_minutes.data),
            pays_within_days=given(self.pays_within_days.data),
            holdback_days=self.holdback_days.data or 0,
            least_payout_cents=Cents(self.least_payout.data or 0),
            pair_month_vouchers=self.pair_month_vouchers.data,
            provider_month_vouchers=self.provider_month_vouchers.data,
            cancel_hours=given(self.cancel_hours.data),
            late_is_paid=bool(self.late_is_paid.data),
            no_show_is_paid=bool(self.no_show_is_paid.data),
            no_show_minutes=given(self.no_show_minutes.data),
            share_online=bool(self.share_online.data),
            sheet_days=given(self.sheet_days.data),
            carer_checks=tuple(self.carer_checks.data or ()),
            profile=self.profile.data or None,
        )


def shown_in_form(settings: Settings) -> dict[str, Any]:
    """Return the values a form for these settings starts with."""
    return {
        **vars(settings),
        "face": settings.face_cents,
        "least_payout": settings.least_payout_cents,
        "categories": [category.value for category in from_bits(settings.categories)],
        "isolated_kinds": list(settings.isolated_kinds),
        "carer_checks": list(settings.carer_checks),
        "profile": settings.profile or "",
        "short_is_meant": settings.validity_months < SHORTEST_USUAL_VALIDITY,
    }
