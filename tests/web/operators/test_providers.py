import csv
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.households.models import Parent
from repit.domain.providers.models import Accreditation, Device, Provider, Tariff
from repit.domain.settlements.models import Payout
from tests.cast import NOON, TODAY, Town
from tests.domain.redemptions.taking import take
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/prestataires/"
ROSE = {
    "name": "Les Rosiers",
    "identifier_kind": "siret",
    "identifier": "732 829 320 00074",
    "postcode": "62300",
    "town": "Lens",
    "email": "contact@rosiers.example",
}


@pytest.fixture
def roseraie(db: Session, town: Town) -> str:
    return LIST + db.get_one(Provider, town.roseraie.id).public_id


@pytest.fixture
def sureau(db: Session, town: Town) -> str:
    return LIST + db.get_one(Provider, town.sureau.id).public_id


def test_the_list_shows_who_may_be_paid_and_until_when(desk: Desk, town: Town) -> None:
    del town
    page = words(desk.open(LIST))

    assert "2 prestataires" in page
    assert "La Roseraie" in page
    assert "fini le 13/03/2026" in page


def test_filters_are_in_the_address_and_nonsense_filters_nothing(desk: Desk, town: Town) -> None:
    del town
    assert "Le Sureau" not in words(desk.open(LIST + "?q=ROSERAIE"))
    lapsed = words(desk.open(LIST + "?right=lapsed&category=babysitting"))
    assert ("Le Sureau" in lapsed, "La Roseraie" in lapsed) == (True, False)
    assert "2 prestataires" in words(desk.open(LIST + "?right=nonsense&category=x&state=y"))
    assert "Aucun prestataire ne correspond" in words(desk.open(LIST + "?q=personne"))


def test_the_export_holds_exactly_what_is_shown(desk: Desk, town: Town) -> None:
    del town
    download = desk.open(LIST + "?q=sureau&format=csv")

    rows = list(csv.reader(io.StringIO(download.data.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Nom", "Le Sureau"]


def test_the_list_costs_few_statements_however_long_it_is(
    desk: Desk, town: Town, engine: Engine
) -> None:
    del town
    with counted(engine) as sent:
        desk.open(LIST)

    assert len(sent) <= 6, sent


def test_a_provider_is_entered_and_opens_its_page(desk: Desk, db: Session) -> None:
    page = desk.send(LIST + "nouveau", **ROSE)

    assert "Les Rosiers" in words(page)
    assert db.scalars(select(Provider)).one().identifier == "73282932000074"


def test_a_slip_in_the_number_is_said_and_nothing_typed_is_lost(desk: Desk, db: Session) -> None:
    page = desk.send(LIST + "nouveau", **ROSE | {"identifier": "732 829 320 00075"})

    assert page.status_code == 422
    assert "ses chiffres ne concordent pas" in words(page)
    assert 'value="732 829 320 00075"' in page.text
    assert not db.scalars(select(Provider)).all()


def test_a_number_already_entered_names_who_has_it(desk: Desk) -> None:
    desk.send(LIST + "nouveau", **ROSE)

    page = desk.send(LIST + "nouveau", **ROSE | {"name": "Un autre"})

    assert page.status_code == 422
    assert "Les Rosiers est déjà enregistré avec ce numéro" in words(page)


def test_a_change_of_address_is_kept_with_what_was_before(
    desk: Desk, db: Session, roseraie: str
) -> None:
    page = desk.send(roseraie + "/modifier", **ROSE | {"name": "La Roseraie", "town": "Liévin"})

    assert "commune : Lens, devenu Liévin" in words(page)
    assert db.scalars(select(Provider.town).where(Provider.name == "La Roseraie")).one() == "Liévin"


def test_a_suspension_needs_a_motive_and_shows_it(desk: Desk, roseraie: str) -> None:
    refused = desk.send(roseraie + "/suspendre", motive="  ")
    done = words(desk.send(roseraie + "/suspendre", motive="Plainte d’une famille"))
    twice = desk.send(roseraie + "/suspendre", motive="Encore")
    back = words(desk.send(roseraie + "/reprendre", motive="Vérifié"))

    assert refused.status_code == 422
    assert "Prestataire suspendu" in done
    assert "Plainte d’une famille" in done
    assert twice.status_code == 422
    assert "déjà suspendu" in words(twice)
    assert "Prestataire suspendu" not in back


def test_an_accreditation_is_added_and_an_overlap_is_explained(
    desk: Desk, db: Session, sureau: str
) -> None:
    given = {
        "category": "babysitting",
        "number": "AG-99",
        "first_day": "2026-03-14",
        "last_day": "14/03/2028",
    }
    desk.send(sureau + "/agrement", **given)
    again = desk.send(sureau + "/agrement", **given)

    assert len(db.scalars(select(Accreditation).where(Accreditation.number == "AG-99")).all()) == 1
    assert again.status_code == 422
    assert "compte déjà du 14 mars 2026 au 14 mars 2028" in words(again)


def test_an_accreditation_is_withdrawn_with_a_day_and_a_motive(
    desk: Desk, db: Session, town: Town, roseraie: str
) -> None:
    right = db.scalars(
        select(Accreditation).where(Accreditation.provider_id == town.roseraie.id).limit(1)
    ).one()
    path = f"{roseraie}/agrement/{right.public_id}/retirer"

    outside = desk.send(path, withdrawn_on="2030-01-01", motive="Contrôle")
    done = words(desk.send(path, withdrawn_on="2026-04-01", motive="Contrôle"))

    assert outside.status_code == 422
    assert "Choisissez un jour entre les deux" in words(outside)
    assert "retiré le 01/04/2026" in done
    assert "Contrôle" in done


def test_somebody_elses_accreditation_is_not_found(
    desk: Desk, db: Session, town: Town, sureau: str
) -> None:
    right = db.scalars(
        select(Accreditation).where(Accreditation.provider_id == town.roseraie.id).limit(1)
    ).one()

    assert desk.open(f"{sureau}/agrement/{right.public_id}/retirer").status_code == 404


def test_a_price_is_agreed_and_ends_the_one_before(
    desk: Desk, db: Session, town: Town, roseraie: str
) -> None:
    price = {
        "category": "babysitting",
        "unit": "hour",
        "unit_price": "22,50",
        "family_share": "1,50 €",
        "first_day": "2026-05-01",
    }
    done = words(desk.send(roseraie + "/tarif", **price))
    dear = desk.send(
        roseraie + "/tarif", **price | {"first_day": "2026-06-01", "family_share": "30"}
    )

    assert "22,50 €" in done
    ended = select(Tariff.last_day).where(
        Tariff.provider_id == town.roseraie.id,
        Tariff.category == "babysitting",
        Tariff.last_day.is_not(None),
    )
    assert str(db.scalars(ended).one()) == "2026-04-30"
    assert dear.status_code == 422
    assert "dépasse le prix convenu (22,50 €)" in words(dear)


def test_a_token_is_shown_once_and_kept_nowhere(desk: Desk, db: Session, roseraie: str) -> None:
    answer = desk.send(roseraie + "/jeton", name="Logiciel de caisse")

    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.text.split('class="secret"')[1].split('value="')[1].split('"')[0]
    stored = db.scalars(select(Device).where(Device.name == "Logiciel de caisse")).one()
    assert stored.token_hash == ids.fingerprint(token)
    later = desk.open(roseraie)
    assert "Logiciel de caisse" in words(later)
    assert token not in later.text


def test_a_device_is_unlocked_and_revoked(
    desk: Desk, db: Session, town: Town, roseraie: str
) -> None:
    device = db.get_one(Device, town.roseraie.device_id)
    path = f"{roseraie}/appareil/{device.public_id}"

    desk.send(path + "/revoquer")

    db.expire_all()
    assert db.get_one(Device, town.roseraie.device_id).revoked_at is not None
    assert "révoqué" in words(desk.open(roseraie))


def test_staff_are_added_and_taken_off(desk: Desk, roseraie: str) -> None:
    added = desk.send(roseraie + "/personne", name="Dora Lefèvre", email="Dora@Roseraie.example")
    path = added.text.split("/personne/")[1].split("/fin")[0]
    gone = desk.send(f"{roseraie}/personne/{path}/fin")

    assert "dora@roseraie.example" in words(added)
    assert "dora@roseraie.example" not in words(gone)


def test_a_provider_who_is_a_person_is_linked_to_their_household(
    desk: Desk, db: Session, town: Town, roseraie: str
) -> None:
    unknown = desk.send(roseraie + "/foyer", household="Personne de connu")
    done = words(desk.send(roseraie + "/foyer", household="Amina"))
    home = select(Provider.household_id).where(Provider.id == town.roseraie.id)
    linked = db.scalars(home).one()
    desk.send(roseraie + "/foyer", household="")

    assert unknown.status_code == 422
    assert "Aucune fiche ne correspond" in words(unknown)
    assert "Vit avec Amina Dupont" in done
    assert linked == db.get_one(Parent, town.amina).household_id
    assert db.scalars(home).one() is None


def test_the_page_says_what_is_owed_and_that_it_is_late(
    desk: Desk, engine: Engine, db: Session, town: Town, roseraie: str
) -> None:
    db.close()
    take(engine, town.roseraie, town.codes[:2], minutes=90)  # in March, due in April

    page = words(desk.open(roseraie))

    assert "À payer maintenant 20,00 €" in page
    assert "en retard depuis le 13/04/2026" in page


PATHS = [
    "",
    "nouveau",
    "{roseraie}",
    "{roseraie}/modifier",
    "{roseraie}/agrement",
    "{roseraie}/tarif",
    "{roseraie}/personne",
    "{roseraie}/jeton",
    "{roseraie}/foyer",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_finds_nothing(chloe: FlaskClient, roseraie: str, path: str) -> None:
    address = LIST + path.format(roseraie=roseraie.removeprefix(LIST))

    assert chloe.get(address).status_code == 404
    assert chloe.post(address, data=ROSE).status_code in {404, 405}


@pytest.mark.parametrize("path", PATHS[2:])
def test_an_operator_meets_404_for_a_provider_that_does_not_exist(
    desk: Desk, roseraie: str, path: str
) -> None:
    del roseraie

    assert desk.open(LIST + path.format(roseraie="A" * 22)).status_code == 404


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("/suspendre", {"motive": "Faux"}),
        ("/modifier", ROSE),
        (
            "/agrement",
            {
                "category": "babysitting",
                "number": "X",
                "first_day": "2027-01-01",
                "last_day": "2027-12-31",
            },
        ),
        ("/jeton", {"name": "Espion"}),
        ("/personne", {"name": "Espion", "email": "espion@exemple.test"}),
    ],
)
def test_a_form_from_another_site_changes_nothing(
    desk: Desk, db: Session, town: Town, roseraie: str, act: str, fields: dict[str, str]
) -> None:
    before = db.get_one(Provider, town.roseraie.id).revision

    answer = desk.send_without_token(roseraie + act, **fields)

    db.expire_all()
    assert answer.status_code == 422
    assert db.get_one(Provider, town.roseraie.id).revision == before


def test_what_was_paid_in_all_is_told_and_listed_however_long(
    desk: Desk, db: Session, town: Town, roseraie: str
) -> None:
    """More payouts than any page shows; one that came back is listed and not counted."""
    with unit_of_work(db):
        db.add_all(
            Payout(
                public_id=ids.transfer_id(), provider_id=town.roseraie.id, number=n,
                amount_cents=1_000, cut_off_at=NOON, paid_on=TODAY, reference=f"VIR {n}",
                state="rejected" if n == 1 else "settled", created_at=NOON,
            )
            for n in range(1, 32)
        )  # fmt: skip

    page = words(desk.open(roseraie))
    assert "Payé 300,00 € en 30 virements" in page
    listed = f"/porteur/decomptes/prestataire/{roseraie.rsplit('/', 1)[1]}"
    assert "31 virements" in words(desk.open(listed))
    assert "VIR 2" in words(desk.open(f"{listed}?page=2"))
    exported = desk.open(f"{listed}?format=csv").text
    assert exported.count("VIR ") == 31
