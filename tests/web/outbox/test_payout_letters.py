"""Letters about money out: what, why, what to do next; only the two ends of an IBAN."""

import pytest
from flask import Flask

from repit.domain.notices.outbox import DueNotice
from repit.domain.notices.rules import Kind
from repit.web.outbox.letters import compose
from tests.applications import application
from tests.cast import NOON
from tests.settings import settings_for

FACTS = {
    "provider": "La Roseraie",
    "holder": "Roseraie SARL",
    "iban": "FR76 … 0189",
    "counts_at": "2026-03-16T12:00:00+00:00",
    "amount_cents": 12_345,
    "paid_on": "2026-03-18",
    "reference": "LOT 7 DECOMPTE 12",
    "reason": "AC04",
}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.ACCOUNT_PROPOSED, ["FR76 … 0189", "Vous ne l’avez pas demandé ?"]),
        (Kind.ACCOUNT_CONFIRMED, ["lundi 16 mars, 13 h", "FR76 … 0189"]),
        (Kind.ACCOUNT_ENDED, ["Plus rien ne va sur ce compte", "FR76 … 0189"]),
        (Kind.PAYOUT_PAID, ["123,45 €", "18 mars 2026", "LOT 7 DECOMPTE 12"]),
        (Kind.PAYOUT_REJECTED, ["123,45 €", "le compte est fermé (AC04)", "Vérifiez votre IBAN"]),
        (Kind.PAYOUT_CAME_BACK, ["La Roseraie", "de nouveau à payer"]),
    ],
)
def test_a_letter_says_what_and_what_next(database_url: str, kind: Kind, said: list[str]) -> None:
    app: Flask = application(settings_for(database_url))
    notice = DueNotice(1, kind, None, "roseraie@exemple.test", "fr", FACTS, 1)
    with app.app_context():
        letter = compose(notice, now=NOON)

    body = letter.body.replace("\u00a0", " ").replace("\u202f", " ")
    assert [words for words in said if words not in body] == []
    assert "\n" not in letter.subject
