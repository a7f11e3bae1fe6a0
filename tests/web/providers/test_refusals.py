"""Every refusal met through the provider's page: colour, reason, next step, and no euro moved."""

import html
import re

import pytest
from sqlalchemy import select

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.ledger.queries import owed_to
from repit.domain.providers import devices
from repit.domain.providers.models import Device
from repit.domain.redemptions.models import Refusal
from repit.web.words.redemptions import WORDS
from tests.cast import OPERATOR
from tests.web.providers.refused_visits import REFUSALS
from tests.web.providers.stage import Stage, in_days


@pytest.mark.parametrize("name", REFUSALS)
def test_the_page_says_why_and_what_next(stage: Stage, name: str) -> None:
    visit, tone, happened, next_step = REFUSALS[name]

    page = visit(stage)

    assert page.status_code in {404, 409}
    result = shown(page.text)
    assert f"result--{tone}" in result
    assert 'role="alert"' in result if tone == "bad" else 'role="status"' in result
    assert happened in result
    assert next_step in result
    assert "Rien n’a été pris." in result
    assert '<svg class="icon"' in result


def test_the_table_has_every_refusal_a_page_can_give() -> None:
    elsewhere = {
        "no_code", "too_many_codes",  # the form asks first
        "counts_hours", "counts_sessions",  # the page asks for the right one
        "device_revoked",  # nobody is in any more: below
        "unknown_redemption", "already_reversed", "undo_window_over", "being_paid",
    }  # fmt: skip
    told = {happened for _, _, happened, _ in REFUSALS.values()}
    missing = [
        code
        for code, (happened, _) in WORDS.items()
        if code not in elsewhere and not any(beginning(str(happened)) in one for one in told)
    ]
    assert missing == []


def test_already_used_by_me_says_when(stage: Stage) -> None:
    stage.take(stage.codes[0])

    words = shown(stage.look(stage.codes[0]).text)

    assert re.search(r"encaissé par vous le \w+ \d+ \w+.* à \d+ h( \d\d)?\.", words)


def test_what_was_typed_is_kept_to_be_mended(stage: Stage) -> None:
    code = "00000000000X"
    page = stage.look(code).text
    assert 'value="0000-0000-000X"' in page

    typed = stage.take(stage.codes[0], hours="1", minutes="15", family_share="9,99").text
    for kept in ('value="15"', 'value="9,99"'):
        assert kept in typed
    assert 'checked id="category-0"' in typed or 'value="babysitting" checked' in typed


def test_a_corrected_form_takes_what_was_refused(stage: Stage) -> None:
    refused = stage.take(stage.codes[0], family_share="1,01")

    taken = stage.confirm(refused, family_share="1,00")

    assert taken.status_code == 303
    assert owed_to(stage.db, [stage.roseraie.id]) == {stage.roseraie.id: 1_000}


def test_a_voucher_past_its_last_day_pays_an_earlier_service_in_the_grace_period(
    stage: Stage,
) -> None:
    codes = stage.more(last_day=in_days(-2), grace_days=10)

    assert stage.take(*codes, service_on=in_days(-2).isoformat()).status_code == 303


def test_an_added_code_that_is_refused_leaves_the_others_ready(stage: Stage) -> None:
    page = stage.look(stage.codes[0], "0000-0000-0000")

    assert "Continuer sans ce code" in page.text
    assert f'name="code" value="{stage.codes[0]}"' in page.text


def test_a_revoked_device_is_told_so(stage: Stage) -> None:
    here = stage.db.scalars(select(Device).where(Device.kind == "browser")).one()
    with unit_of_work(stage.db):
        devices.revoke(stage.db, stage.roseraie.id, here.public_id, actor=OPERATOR, now=clock.now())

    page = stage.phone.get("/prestataire", follow_redirects=True)

    assert page.request.path == "/entrer"
    assert "Cet appareil n’a plus le droit d’encaisser." in html.unescape(page.text)


def test_a_refusal_is_kept_for_the_operator(stage: Stage) -> None:
    stage.look("0000-0000-0000")

    stage.db.rollback()
    assert stage.db.scalars(select(Refusal.reason)).all() == ["unknown_code"]


def shown(page: str) -> str:
    """Return the card that answers, as a reader sees its words."""
    [result] = re.findall(r'<section class="card result.*?</section>', page, flags=re.DOTALL)
    return html.unescape(result).replace("\xa0", " ").replace("\u202f", " ")


def beginning(sentence: str) -> str:
    """Return a sentence up to its first fact."""
    return sentence.split("%(", maxsplit=1)[0].split(" : ", maxsplit=1)[0].strip(" .")
