"""The care slots of the operator’s lists, and which of them each list shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.bookings.models import WaitingParty
from repit.domain.bookings.overview import has_words
from repit.domain.bookings.redeeming import still_held
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.care.prices import agreed_on
from repit.domain.providers.models import Provider, Tariff
from repit.domain.workshops.models import Place, Workshop, WorkshopSession

LEFT_AFTER = timedelta(hours=36)
"""After the end of care: by then the nightly job has ended every hold that somebody noted."""


@dataclass(frozen=True)
class SlotRow:
    """A care slot of a list. `session_title` None: it stands alone."""

    id: int
    public_id: str
    public_title: str | None
    session_public_id: str | None
    session_title: str | None
    provider_name: str
    place_name: str
    room: str
    starts_at: datetime
    ends_at: datetime
    room_places: int
    places_taken: int
    over_capacity: bool
    vouchers_per_child: int
    state: str
    confirmed: int
    asked: int
    waiting: int
    has_tariff: bool

    @property
    def free_with_tariff(self) -> bool:
        """Nobody pays for it although the provider has a price: perhaps a slip."""
        return self.has_tariff and not self.vouchers_per_child

    @property
    def title(self) -> str:
        return self.public_title or self.session_title or ""


@dataclass(frozen=True)
class SlotFilter:
    """What to keep of the list. `show` empty: what is to come and stands."""

    text: str = ""
    show: str = ""
    """Or `alone`, `over`, `unstaffed`, `draft`, `past`, `cancelled`."""
    session_id: int | None = None


def slots(db: Session, wanted: SlotFilter, *, now: datetime, number: int | None) -> Page[SlotRow]:
    """Return the care slots of a list, in two statements."""
    backwards = wanted.show in {"past", "cancelled"}
    order = CareSlot.starts_at.desc() if backwards else CareSlot.starts_at
    query = _slots().where(*_slots_kept(wanted, now)).order_by(order, CareSlot.id)
    return cut(db, query, lambda row: SlotRow(*row), number=number)


def slots_beside(db: Session, session_id: int) -> list[SlotRow]:
    """Return the slots beside one session, in one statement."""
    query = _slots().where(CareSlot.session_id == session_id)
    return [SlotRow(*row) for row in db.execute(query.order_by(CareSlot.starts_at, CareSlot.id))]


def _slots() -> Any:
    def carers(state: str) -> Any:
        mine = CarerAssignment.slot_id == CareSlot.id, CarerAssignment.state == state
        return select(func.count()).where(*mine).correlate(CareSlot).scalar_subquery()

    waits = WaitingParty.slot_id == CareSlot.id, WaitingParty.state == "waiting"
    return (
        select(
            CareSlot.id,
            CareSlot.public_id,
            CareSlot.public_title,
            WorkshopSession.public_id,
            Workshop.title,
            Provider.name,
            Place.name,
            CareSlot.room,
            CareSlot.starts_at,
            CareSlot.ends_at,
            CareSlot.room_places,
            CareSlot.places_taken,
            CareSlot.over_capacity,
            CareSlot.vouchers_per_child,
            CareSlot.state,
            carers("confirmed"),
            carers("asked"),
            select(func.count()).where(*waits).correlate(CareSlot).scalar_subquery(),
            exists()
            .where(*agreed_on(CareSlot.provider_id, CareSlot.day), Tariff.unit_cents > 0)
            .correlate(CareSlot),
        )
        .join(Provider, Provider.id == CareSlot.provider_id)
        .join(Place, Place.id == CareSlot.place_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
    )


def slot_shows(now: datetime) -> dict[str, tuple[Any, ...]]:
    """Return the conditions of each kind of list of slots; the empty name: what is to come."""
    stands, to_come = CareSlot.state != "cancelled", CareSlot.ends_at > now
    confirmed = select(CarerAssignment.id).where(
        CarerAssignment.slot_id == CareSlot.id, CarerAssignment.state == "confirmed"
    )
    return {
        "": (stands, to_come),
        "alone": (stands, to_come, CareSlot.session_id.is_(None)),
        "over": (stands, to_come, CareSlot.over_capacity),
        "unstaffed": (stands, to_come, ~confirmed.exists()),
        "unnoted": (stands, CareSlot.ends_at <= now - LEFT_AFTER, still_held() > 0),
        "draft": (to_come, CareSlot.state == "draft"),
        "past": (stands, ~to_come),
        "cancelled": (CareSlot.state == "cancelled",),
    }


def _slots_kept(wanted: SlotFilter, now: datetime) -> list[ColumnElement[bool]]:
    found = list(slot_shows(now)[wanted.show])
    if wanted.session_id is not None:
        found.append(CareSlot.session_id == wanted.session_id)
    if wanted.text:
        names = CareSlot.public_title, Workshop.title, Provider.name, Place.name, CareSlot.room
        found.append(has_words(wanted.text, *names))
    return found
