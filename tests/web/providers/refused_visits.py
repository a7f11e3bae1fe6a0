"""Every way the provider's page says no, in its own words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.bookings.placing import Asked
from repit.domain.categories import Category
from repit.domain.codes import ALPHABET
from repit.domain.households.models import Parent
from repit.domain.people.models import Membership
from repit.domain.programmes.models import Fund, Programme
from repit.domain.providers import service
from repit.domain.providers.models import Accreditation, Tariff
from repit.domain.vouchers import service as vouchers
from repit.domain.vouchers.models import Presentation, Voucher
from tests import cast
from tests.cast import OPERATOR, VAULT
from tests.domain.bookings.workshop import a_child, a_place, a_slot, books
from tests.visits import visit_as
from tests.web.providers.stage import Stage, in_days, today, works_for

NOBODYS = "0000-0000-0000"

Visit = Callable[[Stage], TestResponse]
REFUSALS: dict[str, tuple[Visit, str, str, str]] = {}
"""By name: what is done, the tone of the answer, what it says happened, its next step."""


def refusal(tone: str, happened: str, next_step: str) -> Callable[[Visit], Visit]:
    def keep(visit: Visit) -> Visit:
        REFUSALS[visit.__name__] = (visit, tone, happened, next_step)
        return visit

    return keep


def change(stage: Stage, row: type[Any], **values: Any) -> None:
    with unit_of_work(stage.db):
        stage.db.execute(update(row).values(**values))


def by_operator(stage: Stage, act: Callable[..., Any], *about: Any, **more: Any) -> None:
    with unit_of_work(stage.db):
        act(stage.db, *about, motive="essai", actor=OPERATOR, now=clock.now(), **more)


def first_voucher(stage: Stage) -> int:
    wanted = select(Voucher.id).where(Voucher.code_hash == VAULT.hash(stage.codes[0]))
    return stage.db.scalars(wanted).one()


@refusal("bad", "Nous ne connaissons pas ce code.", "demandez-lui de montrer un nouveau code")
def unknown_code(stage: Stage) -> TestResponse:
    return stage.look(NOBODYS)


@refusal("warn", "Il y a une faute de frappe dans ce code.", "Vérifiez chaque lettre")
def mistyped_code(stage: Stage) -> TestResponse:
    [code] = stage.codes[:1]
    other = ALPHABET[(ALPHABET.index(code[0]) + 1) % len(ALPHABET)]
    return stage.look(other + code[1:])


@refusal("warn", "Ce n’est pas un code de chèque répit.", "Un code a 12 lettres et chiffres")
def not_a_code(stage: Stage) -> TestResponse:
    return stage.look("https://exemple.test/affiche")


@refusal("bad", "Ce chèque a déjà été encaissé par vous le ", "Mes encaissements")
def already_used_by_me(stage: Stage) -> TestResponse:
    stage.take(stage.codes[0])
    return stage.look(stage.codes[0])


@refusal(
    "bad", "Ce chèque a déjà été encaissé par un autre prestataire.", "Demandez un autre chèque"
)
def already_used_elsewhere(stage: Stage) -> TestResponse:
    other = cast.a_provider(stage.db, "Le Tilleul", until=in_days(300))
    mine, stage.phone = stage.phone, visit_as(stage.app, works_for(stage.db, other, "Théo"))
    stage.take(stage.codes[0])
    stage.phone = mine
    return stage.look(stage.codes[0])


@refusal("bad", "Ce chèque sert à partir du ", "Demandez un autre chèque")
def not_yet_valid(stage: Stage) -> TestResponse:
    return stage.look(*stage.more(first_day=in_days(3)))


@refusal("bad", "Ce chèque est périmé : il servait jusqu’au ", "Demandez un autre chèque")
def expired(stage: Stage) -> TestResponse:
    return stage.look(*stage.more(last_day=in_days(-20), grace_days=19))


@refusal("warn", "Ce chèque paie une prestation faite le ", "Indiquez le vrai jour")
def service_after_the_last_day_in_the_grace_period(stage: Stage) -> TestResponse:
    return stage.take(*stage.more(last_day=in_days(-2), grace_days=10))


@refusal("warn", "Le jour de la prestation n’est pas encore arrivé.", "indiquez ce jour")
def service_tomorrow(stage: Stage) -> TestResponse:
    return stage.take(stage.codes[0], service_on=in_days(1).isoformat())


@refusal("bad", "Ce chèque est bloqué.", "en parler au porteur du dispositif")
def blocked(stage: Stage) -> TestResponse:
    by_operator(stage, vouchers.block, first_voucher(stage))
    return stage.look(stage.codes[0])


@refusal("bad", "Ce chèque est réservé pour un autre prestataire.", "annuler sa réservation")
def held_for_another(stage: Stage) -> TestResponse:
    other = cast.a_provider(stage.db, "Le Tilleul")
    by_operator(stage, vouchers.hold, first_voucher(stage), provider_id=other.id)
    return stage.look(stage.codes[0])


@refusal("bad", "Ce chèque est réservé pour la garde du ", "demandez un autre chèque")
def held_for_an_appointment(stage: Stage) -> TestResponse:
    place_id = a_place(stage.db)
    slot_id = a_slot(
        stage.db,
        stage.roseraie.id,
        programme_id=stage.programme_id,
        place_id=place_id,
        day=in_days(3),
    )
    children = ((a_child(stage.db, stage.amina), slot_id),)
    wanted = Asked(cast.redemption_id(9), stage.amina, None, seat=False, children=children)
    page = stage.look(stage.codes[0])
    books(stage.db, wanted, now=clock.now())  # while the provider has the page before them
    return stage.confirm(page)


@refusal("warn", "Chèques déjà réservés chez vous pour ce jour : 1.", "ne se paie pas deux fois")
def held_waits(stage: Stage) -> TestResponse:
    now = clock.now()
    slot_id = a_slot(
        stage.db,
        stage.roseraie.id,
        programme_id=stage.programme_id,
        place_id=a_place(stage.db),
        day=today(),
        starts_at=now - timedelta(minutes=40),
        ends_at=now + timedelta(minutes=80),
    )
    children = ((a_child(stage.db, stage.amina), slot_id),)
    wanted = Asked(cast.redemption_id(9), stage.amina, None, seat=False, children=children)
    books(stage.db, wanted, now=now - timedelta(days=5))
    return stage.take(stage.more()[0], category="workshop_childcare")


@refusal("bad", "Ce chèque ne paie pas : Garde d’enfants.", "Il paie : Bien-être.")
def category_not_covered_by_the_voucher(stage: Stage) -> TestResponse:
    change(stage, Fund, categories=Category.WELL_BEING.bit)
    change(stage, Accreditation, category="babysitting")
    return stage.look(*stage.more())


@refusal("bad", "Vous n’avez pas d’agrément pour cette catégorie.", "Mon compte")
def category_not_in_the_accreditation(stage: Stage) -> TestResponse:
    change(stage, Accreditation, category="well_being")
    return stage.take(stage.codes[0])


@refusal("warn", "Votre agrément n’est pas valable le ", "Vérifiez le jour de la prestation")
def accreditation_over_on_the_day_of_service(stage: Stage) -> TestResponse:
    change(stage, Accreditation, last_day=in_days(-1))
    return stage.take(stage.codes[0])


@refusal("warn", "Aucun tarif n’est convenu le ", "convenez d’un tarif")
def no_tariff_that_day(stage: Stage) -> TestResponse:
    change(stage, Tariff, last_day=in_days(-1))
    return stage.take(stage.codes[0])


@refusal(
    "warn",
    "Ces chèques valent 30,00 €, et la prestation coûte 20,00 €.",
    "Nombre de chèques possible ici : 2.",
)
def more_vouchers_than_the_service_costs(stage: Stage) -> TestResponse:
    return stage.take(stage.shown(3), take="3")


@refusal("warn", "La participation de la famille est trop haute : 1,01 €.", "1,00 € au plus")
def family_share_above_the_tariff(stage: Stage) -> TestResponse:
    return stage.take(stage.codes[0], family_share="1,01")


@refusal("bad", "La limite est atteinte : 2 chèques par mois de cette personne", "mois suivant")
def limit_of_the_pair(stage: Stage) -> TestResponse:
    change(stage, Programme, pair_month_vouchers=2)
    assert stage.take(*stage.codes[:2]).status_code == 303
    return stage.take(stage.codes[2])


@refusal("bad", "La limite est atteinte : 2 chèques par mois pour vous.", "relever la limite")
def limit_of_the_provider(stage: Stage) -> TestResponse:
    change(stage, Programme, provider_month_vouchers=2)
    return stage.take(stage.shown(3), hours="3")


@refusal("bad", "Ce chèque est à vous, à votre équipe ou à votre foyer.", "autre prestataire")
def own_person(stage: Stage) -> TestResponse:
    amina = stage.db.scalars(select(Parent.person_id)).first()
    with unit_of_work(stage.db):
        stage.db.add(
            Membership(
                person_id=amina,
                role="provider",
                provider_id=stage.roseraie.id,
                since=clock.now(),
            )
        )
    return stage.look(stage.codes[0])


@refusal("bad", "Ce chèque est à vous, à votre équipe ou à votre foyer.", "autre prestataire")
def own_household(stage: Stage) -> TestResponse:
    home = stage.db.scalars(select(Parent.household_id)).first()
    with unit_of_work(stage.db):
        service.link_household(stage.db, stage.roseraie.id, home, actor=OPERATOR, now=clock.now())
    return stage.look(stage.codes[0])


@refusal("warn", "Ces codes ne sont pas à la même personne.", "Encaissez chaque personne à part.")
def codes_of_different_parents(stage: Stage) -> TestResponse:
    chloe = cast.a_parent(stage.db, "Chloé")
    return stage.look(stage.codes[0], *stage.more(parent_id=chloe))


@refusal("warn", "Ce code ne sert plus. Il valait jusqu’au ", "montrer un nouveau code")
def presentation_expired(stage: Stage) -> TestResponse:
    code = stage.shown(1)
    change(stage, Presentation, expires_at=clock.now() - timedelta(minutes=1))
    return stage.look(code)


@refusal("bad", "Cet appareil est verrouillé", "Appelez le porteur du dispositif")
def device_locked_after_ten_wrong_codes(stage: Stage) -> TestResponse:
    for _ in range(10):
        assert "Nous ne connaissons pas ce code." in stage.look(NOBODYS).text
    return stage.look(stage.codes[0])


@refusal("bad", "Votre compte de prestataire est suspendu.", "Ce qui vous est dû reste dû.")
def provider_suspended(stage: Stage) -> TestResponse:
    page = stage.look(stage.codes[0])
    by_operator(stage, service.suspend, stage.roseraie.id)
    return stage.confirm(page)


@refusal("bad", "Cet encaissement a déjà été envoyé avec d’autres réponses.", "Rien n’a été pris")
def same_id_with_other_answers(stage: Stage) -> TestResponse:
    page = stage.look(stage.codes[0])
    stage.confirm(page)
    return stage.confirm(page, hours="2")


@refusal("bad", "Ce chèque ne paie pas : Bien-être.", "Il paie : Garde d’enfants.")
def category_the_form_did_not_offer(stage: Stage) -> TestResponse:
    change(stage, Fund, categories=Category.BABYSITTING.bit)
    return stage.take(*stage.more(), category="well_being", service_on=today().isoformat())
