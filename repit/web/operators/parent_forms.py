"""What an operator types about a parent, their household, children and situations."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, Field, Form, RadioField, SelectField, ValidationError

from repit.domain.households import rules
from repit.domain.households.errors import ChildBornLater, ChildGrownUp, SituationLongAgo
from repit.domain.households.moves import Children
from repit.domain.households.queries import ChildView, ParentFile, SituationView
from repit.domain.households.rules import Details, NewChild, NewParent, NewSituation, SituationKind
from repit.domain.parent_files.queries import SORTS, ParentFilter
from repit.web.acting import today
from repit.web.fields import DayField, EmailField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, given, refuse
from repit.web.locale import LANGUAGES
from repit.web.stored import PHONE, stored
from repit.web.wording import word

CHILDREN_AT_ONCE = 4
KINDS: dict[str, LazyString] = {
    SituationKind.ALONE: _("Seul·e avec les enfants"),
    SituationKind.SHARED_CUSTODY: _("Garde alternée"),
    SituationKind.PARTNER_ABSENT: _("Conjoint absent (hôpital, prison, travail éloigné)"),
    SituationKind.SEPARATED_SAME_ROOF: _("Séparés sous le même toit"),
    SituationKind.COUPLE: _("En couple"),
}


POSTCODE = stored(rules.postcode, _("Écrivez un code postal, par exemple 59000."))
AREA = stored(rules.priority_area, _("Écrivez le code du quartier, par exemple QN05901M, ou QPV."))


def not_ahead(_form: Form, field: Field) -> None:
    """Refuse a day still to come: who asked first is served first when money is short."""
    if field.data and field.data > today():
        raise ValidationError(gettext("Cette date est dans le futur."))


def a_child(_form: Form, field: Field) -> None:
    """Refuse a day of birth still to come, or of somebody who has grown up."""
    if field.data and field.data > today():
        raise ValidationError(str(word(ChildBornLater())))
    if field.data and rules.is_grown_up(field.data, today()):
        raise ValidationError(str(word(ChildGrownUp(rules.GROWN_UP_YEARS))))


def in_living_memory(_form: Form, field: Field) -> None:
    """Refuse a day before any parent of today was born."""
    if field.data and field.data < rules.FIRST_SITUATION_DAY:
        raise ValidationError(str(word(SituationLongAgo(rules.FIRST_SITUATION_DAY))))


LONGEST_SEARCH = 120


class ParentSearch(SearchForm):
    q = LineField(_("Nom, numéro, e-mail, commune"), max_length=LONGEST_SEARCH, required=False)
    town = SelectField(_("Commune"), default="", validate_choice=False)
    isolated = BooleanField(_("Isolé·e aujourd’hui"))
    left = BooleanField(_("A des chèques"))
    waiting = BooleanField(_("En attente"))
    suspended = BooleanField(_("Suspendu·e"))

    def wanted(self, sort: str, towns: list[str]) -> ParentFilter:
        """Return the filter; what the address holds that is no choice filters nothing.

        Words that are too long are said to be, and looked for as far as they are read: they
        must not list everybody.
        """
        self.validate()
        return ParentFilter(
            words=(self.q.data or "")[:LONGEST_SEARCH],
            town=self.town.data if self.town.data in towns else "",
            isolated=bool(self.isolated.data),
            has_vouchers=bool(self.left.data),
            waiting=bool(self.waiting.data),
            suspended=bool(self.suspended.data),
            sort=sort if sort.removeprefix("-") in SORTS else "name",
        )


DETAILS = (
    "first_name", "last_name", "number", "email", "phone", "locale",
    "postcode", "town", "priority_area", "requested_on",
)  # fmt: skip


class DetailsForm(RepitForm):
    first_name = LineField(_("Prénom"), max_length=80)
    last_name = LineField(_("Nom"), max_length=80)
    number = LineField(_("Numéro de la fiche"), max_length=24, required=False)
    email = EmailField(_("Adresse e-mail"), required=False)
    phone = LineField(_("Téléphone"), max_length=30, required=False, validators=[PHONE])
    locale = SelectField(_("Langue"), choices=listed(LANGUAGES.items()), default="fr")
    postcode = LineField(_("Code postal"), max_length=12, validators=[POSTCODE])
    town = LineField(_("Commune"), max_length=80)
    priority_area = LineField(
        _("Quartier prioritaire"), max_length=20, required=False, validators=[AREA]
    )
    requested_on = DayField(_("Demande reçue le"), validators=[not_ahead])

    def details(self) -> Details:
        """Return what was typed; only after validate()."""
        return Details(
            first_name=rules.words(given(self.first_name.data)),
            last_name=rules.words(given(self.last_name.data)),
            town=rules.words(given(self.town.data)),
            postcode=given(self.postcode.data),
            requested_on=given(self.requested_on.data),
            email=self.email.data,
            phone=self.phone.data,
            locale=self.locale.data,
            priority_area=self.priority_area.data,
            number=rules.number(self.number.data or "") or None,
        )


def details_of(parent: ParentFile) -> dict[str, Any]:
    """Return what the form shows before anything is typed."""
    return {name: getattr(parent, name) for name in DETAILS}


class HouseholdFields(Form):
    household = LineField(_("Vit avec (numéro ou nom d’un parent)"), max_length=120, required=False)
    household_pick = RadioField(_("Quel parent ?"), choices=[], validate_choice=False)


class ChildFields(Form):
    first_name = LineField(_("Prénom"), max_length=80)
    born_on = DayField(_("Date de naissance"))
    more_support = BooleanField(_("A besoin de plus de soutien"))


class ChildForm(RepitForm, ChildFields):
    def child(self) -> NewChild:
        """Return what was typed; only after validate()."""
        return NewChild(
            rules.words(given(self.first_name.data)),
            given(self.born_on.data),
            bool(self.more_support.data),
        )


def child_of(child: ChildView) -> dict[str, Any]:
    """Return what the form shows before anything is typed."""
    return {name: getattr(child, name) for name in ("first_name", "born_on", "more_support")}


class SituationForm(RepitForm):
    kind = RadioField(_("Situation"), choices=listed(KINDS.items()))
    first_day = DayField(_("Depuis le"))
    last_day = DayField(_("Jusqu’au (inclus)"), required=False)
    evidence_seen = BooleanField(_("J’ai vu une preuve"))
    evidence = LineField(_("Laquelle"), max_length=200, required=False)
    ends_current = BooleanField(_("Terminer la veille les situations en cours"))

    def situation(self) -> NewSituation:
        """Return what was typed; only after validate()."""
        return NewSituation(
            kind=SituationKind(self.kind.data),
            first_day=given(self.first_day.data),
            last_day=self.last_day.data,
            evidence=self.evidence.data,
            evidence_seen=bool(self.evidence_seen.data),
        )


def situation_of(situation: SituationView) -> dict[str, Any]:
    """Return what the form shows before anything is typed."""
    names = ("kind", "first_day", "last_day", "evidence")
    seen = situation.seen_on is not None
    return {name: getattr(situation, name) for name in names} | {"evidence_seen": seen}


class NewParentForm(DetailsForm, HouseholdFields):
    """One page: details, household, some children, the first situation."""

    situation = SelectField(
        _("Situation"), choices=listed([("", _("À noter plus tard")), *KINDS.items()]), default=""
    )
    situation_since = DayField(_("Depuis le"), required=False, validators=[in_living_memory])
    evidence_seen = BooleanField(_("J’ai vu une preuve"))
    evidence = LineField(_("Laquelle"), max_length=200, required=False)
    programme = SelectField(_("Demander un droit pour"), default="", validate_choice=False)
    create_anyway = BooleanField(_("Créer quand même, c’est quelqu’un d’autre"))

    def child_fields(self) -> list[tuple[Field, Field, Field]]:
        """Return name, birth and support of each child's line."""
        return [
            (self[f"child{n}_name"], self[f"child{n}_born"], self[f"child{n}_support"])
            for n in range(1, CHILDREN_AT_ONCE + 1)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then what one asks of another."""
        fine = super().validate(extra_validators)
        if self.situation.data and not self.situation_since.data:
            refuse_once(self, "situation_since", _("Depuis quand ? Écrivez une date."))
            fine = False
        if self.evidence_seen.data and not self.situation.data:
            refuse_once(self, "situation", _("Choisissez la situation que la preuve montre."))
            fine = False
        for number, (name, born, _support) in enumerate(self.child_fields(), start=1):
            if bool(name.data) != bool(born.data):
                words = _("Écrivez le prénom et la date de naissance.")
                refuse_once(self, f"child{number}_{'born' if name.data else 'name'}", words)
                fine = False
        return fine

    def new_parent(self, household_id: int | None) -> NewParent:
        """Return what was typed; only after validate()."""
        children = tuple(
            NewChild(rules.words(name.data), born.data, bool(support.data))
            for name, born, support in self.child_fields()
            if name.data and born.data
        )
        return NewParent(self.details(), children, self._first_situation(), household_id)

    def _first_situation(self) -> NewSituation | None:
        if not self.situation.data:
            return None
        return NewSituation(
            kind=SituationKind(self.situation.data),
            first_day=given(self.situation_since.data),
            evidence=self.evidence.data,
            evidence_seen=bool(self.evidence_seen.data),
        )


for _number in range(1, CHILDREN_AT_ONCE + 1):
    setattr(
        NewParentForm,
        f"child{_number}_name",
        LineField(_("Prénom"), max_length=80, required=False),
    )
    setattr(
        NewParentForm,
        f"child{_number}_born",
        DayField(_("Naissance"), required=False, validators=[a_child]),
    )
    setattr(NewParentForm, f"child{_number}_support", BooleanField(_("Plus de soutien")))


def refuse_once(form: Form, field: str, words: LazyString) -> None:
    """Put a sentence beside a field that has none yet."""
    if not form[field].errors:
        refuse(form, field, str(words))


class SecondHomeForm(RepitForm, HouseholdFields):
    """Where else a child lives."""


class MoveForm(RepitForm, HouseholdFields):
    children = RadioField(
        _("Les enfants de ce foyer"),
        choices=listed(
            [
                (Children.BOTH.value, _("Vivent dans les deux foyers")),
                (Children.FOLLOW.value, _("Suivent ce parent")),
                (Children.STAY.value, _("Restent dans le foyer d’avant")),
            ]
        ),
        default=Children.BOTH.value,
    )


class MotiveForm(RepitForm):
    motive = TextField(_("Motif"), max_length=500)
