import html

from repit.domain.ledger.queries import owed_to
from tests.web.providers.stage import Stage


def words(page) -> str:  # type: ignore[no-untyped-def]
    return html.unescape(page.text)


def test_smoke(stage: Stage) -> None:
    look = stage.look(stage.codes[0])
    assert look.status_code == 200
    print(look.text[:6000])
    taken = stage.confirm(look)
    assert taken.status_code == 303, taken.text
    page = stage.phone.get(taken.location)
    print(page.text)
    for a in ("/prestataire", "/prestataire/encaissements", "/prestataire/compte"):
        assert stage.phone.get(a).status_code == 200
