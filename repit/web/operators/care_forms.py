"""What an operator types about a care slot, a carer, and the papers somebody saw."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, IntegerField, RadioField, SelectField

from repit.domain.care.details import CHECK_KINDS, CarerDetails, CheckDetails, SlotDetails
from repit.domain.care.papers import PaperState
from repit.domain.care.presets import PRESETS, Mixing
from repit.domain.care.queries import CarerFilter, SlotView
from repit.domain.care.standing import WhyNot
from repit.domain.programmes.queries import ProgrammeView
from repit.domain.workshops.queries import PlaceView, SessionBrief
from repit.web.fields import CentsField, ClockField, DayField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, chosen, given
from repit.web.operators import repeated
from repit.web.operators.check_words import CHECKS
from repit.web.operators.programme_forms import whole
from repit.web.operators.repeated import fold_in, which
from repit.web.operators.workshop_forms import check_hours

MOST_PLACES = 200
MOST_VOUCHERS = 50
MOST_SHARE = 10_000

CARER_KINDS: dict[str, LazyString] = {
    "animator": _("Animateur·rice"),
    "childminder": _("Assistant·e maternel·le"),
    "volunteer": _("Bénévole"),
}
MIXINGS: dict[str, LazyString] = {
    Mixing.PER_BAND: _("Chaque âge a ses adultes, arrondi au-dessus : le plus sûr"),
    Mixing.SUM: _("On additionne les parts d’adulte, on arrondit une fois"),
    Mixing.YOUNGEST: _("L’enfant le plus jeune décide pour tout le groupe"),
}
PRESET_NAMES: dict[str, LazyString] = {
    "prudent": _("Prudent (le nôtre, plus strict)"),
    "fr_eaje_5_8": _("Crèche : 5 qui ne marchent pas, 8 qui marchent"),
    "fr_eaje_6": _("Crèche : 6 quel que soit l’âge"),
    "fr_micro_seul": _("Micro-crèche : une personne seule, 3 enfants"),
    "fr_jardin_enfants": _("Jardin d’enfants : 6 avant 3 ans, 15 ensuite"),
    "fr_acm_extra": _("Accueil de loisirs : 8 avant 6 ans, 12 ensuite"),
    "fr_acm_peri_court": _("Périscolaire, 5 heures au plus : 10 et 14"),
    "fr_acm_peri_long": _("Périscolaire, plus de 5 heures : 8 et 12"),
    "fr_acm_peri_pedt_court": _("Périscolaire avec PEDT, 5 heures au plus : 14 et 18"),
    "fr_acm_peri_pedt_long": _("Périscolaire avec PEDT, plus de 5 heures : 10 et 14"),
    "fr_assmat": _("Assistante maternelle : 4 enfants"),
    "be_one_0_3": _("Belgique, ONE, 0 à 3 ans : 7 enfants"),
    "be_cdv": _("Belgique, centre de vacances : 8 dès un enfant de moins de 6 ans, sinon 12"),
    "be_atl_18": _("Belgique, accueil extrascolaire : 18"),
}
COUNTRIES: dict[str, LazyString] = {"": _("Partout"), "FR": _("France"), "BE": _("Belgique")}
CONFIDENCE: dict[str, LazyString] = {
    "high": _("texte lu"),
    "medium": _("rapporté par d’autres"),
    "low": _("de mémoire"),
    "own": _("notre choix"),
}
SAMPLE_WORDS: dict[str, LazyString] = {
    "baby": _("15 mois, ne marche pas encore"),
    "small": _("4 ans et demi"),
    "big": _("8 ans et demi"),
}
WHY_NOT: dict[str, LazyString] = {
    WhyNot.ASKED: _("n’a pas encore répondu"),
    WhyNot.WITHDRAWN: _("ne vient pas"),
    WhyNot.ON_CALL: _("en renfort seulement"),
    WhyNot.GONE: _("ne travaille plus là ce jour-là"),
    WhyNot.SUSPENDED: _("prestataire suspendu"),
    WhyNot.NOT_ACCREDITED: _("prestataire sans agrément de garde ce jour-là"),
    WhyNot.PAPERS: _("document manquant ce jour-là"),
    WhyNot.VOLUNTEER: _("ce taux ne compte pas les bénévoles"),
}
PAPERS: dict[str, tuple[LazyString, str, str]] = {
    # state: words, tone, icon
    PaperState.VALID: (_("jusqu’au %(day)s"), "ok", "check"),
    PaperState.LAPSING: (_("finit le %(day)s"), "warn", "clock"),
    PaperState.TO_COME: (_("dès le %(day)s"), "brand", "calendar"),
    PaperState.LAPSED: (_("fini le %(day)s"), "bad", "x"),
    PaperState.MISSING: (_("pas vu"), "bad", "x"),
}
SHOWS = {
    "": _("À venir"),
    "alone": _("Sans atelier"),
    "over": _("Trop d’enfants"),
    "unstaffed": _("Sans intervenant confirmé"),
    "unnoted": _("Présences jamais notées"),
    "draft": _("Brouillons"),
    "past": _("Passées"),
    "cancelled": _("Annulées"),
}


class SlotSearch(SearchForm):
    q = LineField(_("Titre, lieu ou prestataire"), max_length=120, required=False)
    show = SelectField(_("Montrer"), choices=listed(SHOWS.items()))


class SlotForm(RepitForm):
    """Both kinds of slot; what a session decides is not asked beside one."""

    public_title = LineField(_("Titre pour les parents"), max_length=120, required=False)
    programme = SelectField(_("Dispositif"), validate_choice=False)
    day = DayField(_("Jour"), required=False)
    starts = ClockField(_("Ouvre à"))
    ends = ClockField(_("Ferme à"))
    which = which()
    place = SelectField(_("Lieu"))
    room = LineField(_("Salle"), max_length=80)
    provider = SelectField(_("Prestataire"))
    room_places: IntegerField = whole(_("Places dans la salle"), 1, MOST_PLACES)
    vouchers_per_child: IntegerField = whole(
        _("Chèques par enfant"), 0, MOST_VOUCHERS, required=False
    )
    free = BooleanField(_("Cette garde est gratuite, même si un tarif est convenu"))
    family_share_cents = CentsField(
        _("Participation de la famille, par enfant"), at_most=MOST_SHARE, required=False
    )
    youngest_months: IntegerField = whole(_("À partir de (mois)"), 0, 216)
    oldest_years: IntegerField = whole(_("Jusqu’à (ans, inclus)"), 0, 18)
    preset = SelectField(
        _("Taux d’encadrement"),
        choices=listed(
            (key, PRESET_NAMES[key]) for key, preset in PRESETS.items() if preset.enabled
        ),
    )
    mixing = RadioField(_("Quand les âges se mélangent"), choices=listed(MIXINGS.items()))
    description = TextField(_("Ce que les enfants y font"), max_length=2000, required=False)

    def offer(self, providers: list[tuple[str, str]], places: list[PlaceView]) -> None:
        """Fill the lists to choose from."""
        self.provider.choices = listed(providers)
        self.place.choices = listed(
            (one.public_id, f"{one.details.name} ({one.details.town})") for one in places
        )

    def offer_programmes(self, programmes: list[ProgrammeView]) -> None:
        """Fill the list of programmes, and ask for what a session would have said."""
        self.programme.choices = listed((one.public_id, one.name) for one in programmes)
        self.programme.validate_choice = True

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields one by one, then the hours together."""
        valid = super().validate(extra_validators)
        return check_hours(self) and valid

    def details(self, fixed: dict[str, Any], *, vouchers: int) -> SlotDetails:
        """Return what was typed; only after validate().

        Args:
            fixed: what stands around it: programme, provider, place, zone, session and day.
            vouchers: the price, typed or suggested.
        """
        return SlotDetails(
            **fixed,
            room=given(self.room.data),
            starts=given(self.starts.data),
            ends=given(self.ends.data),
            room_places=given(self.room_places.data),
            vouchers_per_child=vouchers,
            family_share_cents=self.family_share_cents.data or 0,
            youngest_months=given(self.youngest_months.data),
            oldest_years=given(self.oldest_years.data),
            preset=self.preset.data,
            mixing=self.mixing.data,
            public_title=self.public_title.data,
            description=self.description.data,
            fold=fold_in(self.which),
        )


def start_beside(session: SessionBrief, place: str, hours: tuple[Any, Any]) -> dict[str, Any]:
    """Return the values the form of a slot beside a session starts with."""
    return {"day": session.day, "starts": hours[0], "ends": hours[1], "place": place, **usual()}


def usual() -> dict[str, Any]:
    """Return what a new slot starts with."""
    return {
        "youngest_months": 3,
        "oldest_years": 11,
        "preset": "prudent",
        "mixing": Mixing.PER_BAND.value,
    }


def shown_in_form(slot: SlotView) -> dict[str, Any]:
    """Return the values the form of a slot starts with."""
    return {
        **vars(slot.details),
        "which": repeated.shown(slot.details.fold),
        "programme": slot.programme_public_id,
        "provider": slot.provider_public_id,
        "place": slot.place_public_id,
    }


class AskForm(RepitForm):
    carer = SelectField(_("Qui"))
    on_call = BooleanField(_("En renfort : vient seulement si quelqu’un manque"))


class CarerSearch(SearchForm):
    q = LineField(_("Nom ou prestataire"), max_length=120, required=False)
    papers = SelectField(
        _("Documents"),
        choices=listed(
            [
                ("", _("Tous")),
                ("wanting", _("À revoir")),
                (PaperState.VALID.value, _("En règle")),
                (PaperState.LAPSING.value, _("Un document finit sous 60 jours")),
                (PaperState.LAPSED.value, _("Un document est fini")),
                (PaperState.MISSING.value, _("Un document n’a pas été vu")),
            ]
        ),
    )
    gone = BooleanField(_("Ne travaillent plus là"))

    def wanted(self) -> CarerFilter:
        """Return what to keep of the list."""
        return CarerFilter(
            text=self.q.data or "", papers=chosen(self.papers), gone=bool(self.gone.data)
        )


class CarerForm(RepitForm):
    name = LineField(_("Prénom et nom"), max_length=120)
    provider = SelectField(_("Prestataire"))
    kind = RadioField(
        _("Intervient comme"), choices=listed(CARER_KINDS.items()), default="animator"
    )
    personal_cap: IntegerField = whole(_("Enfants au plus"), 1, 60, required=False)

    def details(self) -> CarerDetails:
        """Return what was typed; only after validate()."""
        return CarerDetails(given(self.name.data), self.kind.data, self.personal_cap.data)


class CheckForm(RepitForm):
    kind = SelectField(_("Document"), choices=listed((kind, CHECKS[kind]) for kind in CHECK_KINDS))
    first_day = DayField(_("Valable à partir du"))
    last_day = DayField(_("Jusqu’au (inclus)"))
    seen_on = DayField(_("Vu le"))

    def details(self) -> CheckDetails:
        """Return what was typed; only after validate()."""
        return CheckDetails(
            self.kind.data,
            given(self.first_day.data),
            given(self.last_day.data),
            given(self.seen_on.data),
        )


class LeaveForm(RepitForm):
    left_on = DayField(_("Premier jour d’absence"))

    def day(self) -> date:
        """Return what was typed; only after validate()."""
        return given(self.left_on.data)
