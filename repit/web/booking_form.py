"""What a parent chooses on one screen: themselves, which children, with or without care."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, SelectMultipleField
from wtforms.validators import ValidationError

from repit.domain import ids
from repit.domain.bookings import naming
from repit.domain.bookings.care_shown import CareView
from repit.domain.bookings.choosing import ChildChoice
from repit.domain.bookings.naming import Nameable
from repit.domain.bookings.offered import Offerable
from repit.domain.bookings.placing import Asked
from repit.web.fields import listed
from repit.web.forms import RepitForm


def _fresh() -> str:
    return str(ids.request_id())


class BookingForm(RepitForm):
    """`children` holds « child.slot », both public ids."""

    request_id = HiddenField(default=_fresh)
    seat = BooleanField(lazy_gettext("Moi"), default=True)
    children = SelectMultipleField(lazy_gettext("Mes enfants"))
    without_care = BooleanField(lazy_gettext("Je viens même sans garde"))

    def validate_request_id(self, field: HiddenField) -> None:
        """A page that was tampered with gets another number, and is asked again."""
        try:
            UUID(str(field.data))
        except ValueError as wrong:
            field.data = _fresh()
            raise ValidationError(gettext("Envoyez encore une fois.")) from wrong

    def offer(self, named: Nameable) -> None:
        """Let only this home's children and these slots be chosen."""
        self.children.choices = listed((key, key) for key in named.children)

    def asked(self, named: Nameable, parent_id: int) -> Asked:
        """Return the request; only after validate().

        Raises:
            NothingAsked: nobody is chosen.
        """
        wanted = dict.fromkeys(self.children.data or ())  # each once
        return Asked(
            request_id=UUID(str(self.request_id.data)),
            parent_id=parent_id,
            session_id=named.session_id,
            seat=bool(self.seat.data) and named.session_id is not None,
            children=tuple(named.children[key] for key in wanted),
            without_care=bool(self.without_care.data),
        )


@dataclass(frozen=True)
class Sum:
    """What some children cost: « 2 enfants × 1 chèque = 2 chèques ; il vous en restera 4 »."""

    children: int
    each: int
    left: int

    @property
    def vouchers(self) -> int:
        return self.children * self.each


@dataclass(frozen=True)
class Choice:
    """A child on the screen."""

    key: str
    child: ChildChoice
    chosen: bool


@dataclass(frozen=True)
class Care:
    """One slot on the screen, with the children who may be named for it."""

    slot: CareView
    choices: tuple[Choice, ...]
    sums: tuple[Sum, ...]


def on_screen(form: BookingForm, offered: Offerable) -> list[Care]:
    """Return the slots, their children and what each number of children costs."""
    names = {slot.id: slot.public_id for slot in offered.slots}
    chosen = set(form.children.data or ())
    found = []
    for slot in offered.slots:
        choices = tuple(_choices(offered, slot, names, chosen))
        found.append(Care(slot, choices, _sums(choices, slot, offered.vouchers_left)))
    return found


def _choices(
    offered: Offerable, slot: CareView, names: dict[int, str], chosen: set[str]
) -> Iterable[Choice]:
    for child in offered.children:
        if child.slot_id == slot.id:
            key = naming.key(child.public_id, names[child.slot_id])
            yield Choice(key, child, chosen=key in chosen)


def _sums(choices: tuple[Choice, ...], slot: CareView, left: int) -> tuple[Sum, ...]:
    able = sum(one.child.trouble not in {"age", "booked"} for one in choices)
    each = slot.vouchers_per_child
    return tuple(Sum(count, each, left - count * each) for count in range(1, able + 1))


def is_full(care: Iterable[Care]) -> bool:
    """Tell whether no child of the home could be kept now, though some are of the age."""
    troubles = {one.child.trouble for part in care for one in part.choices}
    return "full" in troubles and None not in troubles
