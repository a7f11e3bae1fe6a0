"""What an operator types about a provider, its rights, prices, people and devices."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, RadioField, SelectField

from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.providers.queries import ProviderFilter
from repit.domain.providers.rules import IdentifierKind, Identity, Price, Right, TariffUnit
from repit.web import categories
from repit.web.fields import CentsField, DayField, EmailField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, chosen, given

MOST_PER_UNIT = 100_000  # 1 000 € an hour is a slip of the hand
IDENTIFIERS = listed(
    [
        (IdentifierKind.SIRET.value, _("SIRET (France, 14 chiffres)")),
        (IdentifierKind.SIREN.value, _("SIREN (France, 9 chiffres)")),
        (IdentifierKind.BCE.value, _("Numéro d’entreprise BCE (Belgique, 10 chiffres)")),
    ]
)
UNITS = listed(
    [(TariffUnit.HOUR.value, _("Par heure")), (TariffUnit.SESSION.value, _("Par séance"))]
)


class ProviderSearch(SearchForm):
    q = LineField(_("Nom, commune, numéro"), max_length=120, required=False)
    category = SelectField(_("Catégorie"))
    right = SelectField(
        _("Agrément"),
        choices=listed(
            [
                ("", _("Tous")),
                ("accredited", _("Valable aujourd’hui")),
                ("lapsing", _("Finit sous 60 jours")),
                ("lapsed", _("Terminé ou retiré")),
            ]
        ),
    )
    state = SelectField(
        _("État"),
        choices=listed(
            [("", _("Tous")), ("active", _("En activité")), ("suspended", _("Suspendu"))]
        ),
    )

    locked = BooleanField(_("Un appareil est bloqué"))

    def wanted(self) -> ProviderFilter:
        """Return what to keep of the list."""
        category = chosen(self.category)
        return ProviderFilter(
            words=self.q.data or "",
            category=Category(category) if category else None,
            right=chosen(self.right),
            state=chosen(self.state),
            locked=self.locked.data,
        )


class IdentityForm(RepitForm):
    name = LineField(_("Nom"), max_length=120)
    identifier_kind = SelectField(_("Registre"), choices=IDENTIFIERS)
    identifier = LineField(_("Numéro"), max_length=30)
    postcode = LineField(_("Code postal"), max_length=12)
    town = LineField(_("Commune"), max_length=80)
    address = LineField(_("Adresse"), required=False)
    email = EmailField(_("Adresse e-mail"))
    phone = LineField(_("Téléphone"), max_length=20, required=False)
    description = TextField(_("Présentation pour les parents"), max_length=500, required=False)

    def identity(self) -> Identity:
        """Return what was typed; only after validate()."""
        return Identity(
            name=given(self.name.data),
            identifier_kind=IdentifierKind(self.identifier_kind.data),
            identifier=given(self.identifier.data),
            town=given(self.town.data),
            postcode=given(self.postcode.data),
            email=given(self.email.data),
            address=self.address.data,
            phone=self.phone.data,
            description=self.description.data,
        )


class RightForm(RepitForm):
    category = SelectField(_("Catégorie"))
    number = LineField(_("Numéro d’agrément ou d’autorisation"), max_length=60)
    authority = LineField(_("Délivré par"), max_length=120, required=False)
    first_day = DayField(_("Premier jour"))
    last_day = DayField(_("Dernier jour"))

    def right(self) -> Right:
        """Return what was typed; only after validate()."""
        return Right(
            category=Category(self.category.data),
            number=given(self.number.data),
            first_day=given(self.first_day.data),
            last_day=given(self.last_day.data),
            authority=self.authority.data,
        )


class PriceForm(RepitForm):
    category = SelectField(_("Catégorie"))
    unit = RadioField(_("Le prix se compte"), choices=UNITS, default=TariffUnit.HOUR.value)
    unit_price = CentsField(_("Prix convenu"), at_least=1, at_most=MOST_PER_UNIT)
    family_share = CentsField(
        _("Participation familiale au plus"), at_most=MOST_PER_UNIT, required=False
    )
    first_day = DayField(_("À partir du"))

    def price(self) -> Price:
        """Return what was typed; only after validate()."""
        return Price(
            category=Category(self.category.data),
            unit=TariffUnit(self.unit.data),
            unit_price=given(self.unit_price.data),
            family_share=Cents(self.family_share.data or 0),
            first_day=given(self.first_day.data),
        )


class StaffForm(RepitForm):
    name = LineField(_("Prénom et nom"), max_length=120)
    email = EmailField(_("Adresse e-mail"))


class HouseholdForm(RepitForm):
    """Where a provider who is a person lives: empty when it is nobody's home."""

    household = LineField(_("Vit avec"), max_length=120, required=False)
    household_pick = RadioField(_("Qui ?"), choices=[], validate_choice=False)


class TokenForm(RepitForm):
    name = LineField(_("Nom du logiciel ou de l’appareil"), max_length=80)


class MotiveForm(RepitForm):
    motive = TextField(_("Motif"), max_length=500)


class WithdrawForm(RepitForm):
    withdrawn_on = DayField(_("Ne compte plus à partir du"))
    motive = TextField(_("Motif"), max_length=500)


def with_categories(field: SelectField, first: LazyString | None = None) -> None:
    """Fill a list of categories; `first` adds a line that means all of them."""
    everything: list[tuple[str, Any]] = [] if first is None else [("", first)]
    field.choices = listed([*everything, *categories.choices()])
