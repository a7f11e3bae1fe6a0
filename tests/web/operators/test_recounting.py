"""What a provider may do decides how many children its carers may keep: slots follow at once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.care.models import CareSlot
from repit.domain.providers.models import Accreditation, Provider
from tests.cast import Town
from tests.domain.bookings import workshop as stage
from tests.web.operators.desk import Desk
from tests.web.operators.winter import Winter, a_winter, books

RIGHT = {
    "category": "workshop_childcare",
    "number": "PMI-31-2027",
    "first_day": "2026-12-01",
    "last_day": "2027-12-31",
}


@pytest.fixture
def winter(db: Session, town: Town) -> Winter:
    """Two children are expected at La Roseraie's."""
    winter = a_winter(db, town)
    children = [stage.a_child(db, town.amina, name=name) for name in ("Léo", "Mia")]
    books(db, winter, town.amina, *children)
    return winter


@pytest.fixture
def path(db: Session, town: Town) -> str:
    public_id = db.get_one(Provider, town.roseraie.id).public_id
    db.rollback()
    return f"/porteur/prestataires/{public_id}"


def flagged(db: Session, winter: Winter) -> bool:
    db.rollback()
    return db.get_one(CareSlot, winter.slot_id).over_capacity


def test_a_suspended_provider_keeps_nobody_until_it_is_back(
    desk: Desk, db: Session, winter: Winter, path: str
) -> None:
    assert not flagged(db, winter)

    desk.send(path + "/suspendre", motive="Contrôle")
    assert flagged(db, winter)

    desk.send(path + "/reprendre", motive="Contrôle passé")
    assert not flagged(db, winter)


def test_an_accreditation_withdrawn_or_given_counts_at_once(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    rights = db.scalars(
        select(Accreditation.public_id).where(
            Accreditation.provider_id == town.roseraie.id,
            Accreditation.category == "workshop_childcare",
        )
    ).all()
    db.rollback()
    for one in rights:
        desk.send(f"{path}/agrement/{one}/retirer", withdrawn_on="2026-11-30", motive="Fermeture")
    assert flagged(db, winter)

    desk.send(path + "/agrement", **RIGHT)
    assert not flagged(db, winter)


def test_a_refused_change_counts_nothing(
    desk: Desk, db: Session, winter: Winter, path: str
) -> None:
    assert desk.send(path + "/suspendre", motive="").status_code == 422
    assert not flagged(db, winter)
