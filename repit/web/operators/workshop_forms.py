"""What an operator types about a place, a workshop, and a session of it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField

from repit.domain.programmes.queries import ProgrammeView
from repit.domain.workshops.errors import EndsBeforeStart, MinAboveMax
from repit.domain.workshops.queries import PlaceView, WorkshopFilter, WorkshopView
from repit.domain.workshops.rules import Outline, PlaceDetails
from repit.web.fields import ClockField, DayField, EmailField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, chosen, given, refuse
from repit.web.operators.parent_forms import POSTCODE
from repit.web.operators.programme_forms import whole
from repit.web.operators.repeated import which
from repit.web.wording import word

MOST_PEOPLE = 500
TRANSLATED = {"nl": "Nederlands", "en": "English", "ar": "العربية"}
AUDIENCES = {
    "everyone": _("Tout le monde"),
    "women": _("Femmes"),
    "men": _("Hommes"),
}
FORMATS = {
    "open": _("Groupe ouvert : on vient à la séance de son choix"),
    "cohort": _("Groupe fixe : les mêmes personnes à chaque séance"),
}
PROMOTIONS = {
    "fit": _("La première famille pour qui il y a assez de places"),
    "strict": _("Toujours la première de la liste, même si les autres attendent"),
}
STATES = {"draft": _("Brouillon"), "open": _("Ouvert"), "closed": _("Fermé")}
SHOWS = {
    "": _("À venir"),
    "to_decide": _("À décider ou à déplacer"),
    "to_call": _("À appeler : une place libre, trop tard pour un message"),
    "over": _("Trop de monde"),
    "waiting": _("Avec une liste d’attente"),
    "draft": _("Brouillons"),
    "past": _("Passées"),
    "cancelled": _("Annulées"),
}
WAITING_WHY = {
    "": _("rien ne s’est encore libéré"),
    "places": _("pas assez de places pour toute la famille"),
    "too_late": _("trop tard pour garder une place : appelez, la première à réserver l’a"),
    "vouchers": _("pas assez de chèques à réserver"),
    "age": _("un enfant n’a pas l’âge prévu"),
    "not_now": _("pas possible cette fois-ci"),
}
"""Why a party was not served when a place last came free."""


class WorkshopSearch(SearchForm):
    q = LineField(_("Titre ou lieu"), max_length=120, required=False)
    state = SelectField(_("État"), choices=listed([("", _("Tous")), *STATES.items()]))

    def wanted(self) -> WorkshopFilter:
        """Return what to keep of the list."""
        return WorkshopFilter(text=self.q.data, state=chosen(self.state))


class SessionSearch(SearchForm):
    q = LineField(_("Atelier ou lieu"), max_length=120, required=False)
    show = SelectField(_("Montrer"), choices=listed(SHOWS.items()))


class PlaceForm(RepitForm):
    name = LineField(_("Nom"), max_length=120)
    address = LineField(_("Adresse"), max_length=200)
    postcode = LineField(_("Code postal"), max_length=12, validators=[POSTCODE])
    town = LineField(_("Commune"), max_length=80)
    step_free = BooleanField(_("On entre sans marche"))
    access = TextField(_("Pour venir"), max_length=600, required=False)

    def details(self) -> PlaceDetails:
        """Return what was typed; only after validate()."""
        return PlaceDetails(
            name=given(self.name.data),
            address=given(self.address.data),
            town=given(self.town.data),
            postcode=given(self.postcode.data),
            step_free=bool(self.step_free.data),
            access=self.access.data,
        )


class WorkshopForm(RepitForm):
    title = LineField(_("Titre pour l’équipe"), max_length=120)
    public_title = LineField(_("Titre pour les parents"), max_length=120)
    programme = SelectField(_("Dispositif"))
    place = SelectField(_("Lieu"))
    starts = ClockField(_("Commence à"))
    ends = ClockField(_("Finit à"))
    min_people = whole(_("Minimum"), 1, MOST_PEOPLE)
    max_people = whole(_("Maximum"), 1, MOST_PEOPLE)
    format = RadioField(_("Groupe"), choices=listed(FORMATS.items()), default="open")
    audience = RadioField(_("Pour qui"), choices=listed(AUDIENCES.items()), default="everyone")
    with_children = BooleanField(_("Les enfants participent avec leur parent"))
    only_isolated = BooleanField(_("Seulement pour les parents isolés"))
    only_towns = LineField(_("Seulement pour ces communes"), max_length=500, required=False)
    child_under_years = whole(_("Au moins un enfant de moins de (ans)"), 1, 25, required=False)
    parents_in_turn = BooleanField(
        _("Les deux parents d’un enfant viennent chacun leur tour"), default=True
    )
    promotion = RadioField(
        _("Quand une place se libère"), choices=listed(PROMOTIONS.items()), default="fit"
    )
    description = TextField(_("Présentation"), max_length=2000, required=False)
    charter = TextField(_("Règles du groupe"), max_length=2000, required=False)

    def offer(self, programmes: list[ProgrammeView], places: list[PlaceView]) -> None:
        """Fill the lists to choose from."""
        self.programme.choices = listed([(one.public_id, one.name) for one in programmes])
        self.place.choices = listed(
            [(one.public_id, f"{one.details.name} ({one.details.town})") for one in places]
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields one by one, then those that depend on one another."""
        valid = super().validate(extra_validators)
        return check_hours(self) and check_people(self) and valid

    def outline(self, programmes: list[ProgrammeView], places: list[PlaceView]) -> Outline:
        """Return what was typed; only after validate()."""
        programme = next(one for one in programmes if one.public_id == self.programme.data)
        place = next(one for one in places if one.public_id == self.place.data)
        return Outline(
            programme_id=programme.id,
            place_id=place.id,
            title=given(self.title.data),
            public_title=given(self.public_title.data),
            starts=given(self.starts.data),
            ends=given(self.ends.data),
            zone=programme.settings.zone,
            min_people=given(self.min_people.data),
            max_people=given(self.max_people.data),
            description=self.description.data,
            charter=self.charter.data,
            audience=self.audience.data,
            with_children=bool(self.with_children.data),
            format=self.format.data,
            only_isolated=bool(self.only_isolated.data),
            only_towns=towns_typed(self.only_towns.data or ""),
            child_under_years=self.child_under_years.data,
            parents_in_turn=bool(self.parents_in_turn.data),
            promotion=self.promotion.data,
            translations=self._translations(),
        )

    def _translations(self) -> dict[str, dict[str, str]]:
        found = {}
        for language in TRANSLATED:
            typed = {name: self[f"{name}_{language}"].data for name in _TRANSLATED_FIELDS}
            written = {name: words for name, words in typed.items() if words}
            if written:
                found[language] = written
        return found


_TRANSLATED_FIELDS = ("public_title", "description")

for _language, _name in TRANSLATED.items():
    setattr(
        WorkshopForm,
        f"public_title_{_language}",
        LineField(_("Titre (%(language)s)", language=_name), max_length=120, required=False),
    )
    setattr(
        WorkshopForm,
        f"description_{_language}",
        TextField(
            _("Présentation (%(language)s)", language=_name), max_length=2000, required=False
        ),
    )


def shown_in_form(workshop: WorkshopView) -> dict[str, Any]:
    """Return the values the form of a workshop starts with."""
    outline = workshop.outline
    translated = {
        f"{name}_{language}": words
        for language, texts in outline.translations.items()
        for name, words in texts.items()
    }
    return {
        **vars(outline),
        **translated,
        "programme": workshop.programme_public_id,
        "place": workshop.place_public_id,
        "only_towns": ", ".join(outline.only_towns),
    }


class DescribeForm(RepitForm):
    theme = LineField(_("Thème"), max_length=200, required=False)
    guests = LineField(_("Invités"), max_length=300, required=False)


class MoveForm(RepitForm):
    day = DayField(_("Jour"))
    starts = ClockField(_("Commence à"))
    ends = ClockField(_("Finit à"))
    which = which()
    place = SelectField(_("Lieu"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields one by one, then the hours together."""
        valid = super().validate(extra_validators)
        return check_hours(self) and valid


class SeatsForm(RepitForm):
    min_people = whole(_("Minimum"), 1, MOST_PEOPLE)
    max_people = whole(_("Maximum"), 1, MOST_PEOPLE)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields one by one, then the two together."""
        valid = super().validate(extra_validators)
        return check_people(self) and valid


class FacilitatorForm(RepitForm):
    name = LineField(_("Prénom et nom"), max_length=120)
    email = EmailField(_("Adresse e-mail"))
    parent_too = BooleanField(_("Oui, ce parent anime aussi"))


def towns_typed(text: str) -> tuple[str, ...]:
    """Return the towns of a list with commas, each once, in the order they were typed."""
    named = (" ".join(town.split()) for town in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(town for town in named if town))


def check_hours(form: Any) -> bool:
    """Tell whether a form's two times are in order; say it beside the second if not."""
    starts, ends = form.starts.data, form.ends.data
    if starts is None or ends is None or starts < ends:
        return True
    refuse(form, "ends", str(word(EndsBeforeStart(starts, ends))))
    return False


def check_people(form: Any) -> bool:
    """Tell whether a form's minimum and maximum are in order; say it beside the second if not."""
    least, most = form.min_people.data, form.max_people.data
    if least is None or most is None or least <= most:
        return True
    refuse(form, "max_people", str(word(MinAboveMax(least, most))))
    return False


def no_place_words() -> str:
    """Return what is said where a place must be chosen and none is known."""
    return gettext("Notez d’abord le lieu où l’atelier se tient.")
