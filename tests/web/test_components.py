import re

from flask.testing import FlaskClient

from repit.settings import ROOT


def test_the_style_page_exists_in_the_demo_alone(demo: FlaskClient, client: FlaskClient) -> None:
    for layout in ("operator", "parent", "provider", "funder"):
        assert demo.get(f"/dev/style?layout={layout}").status_code == 200
    assert client.get("/dev/style").status_code == 404


def test_a_refused_form_lists_its_problems_and_keeps_what_was_typed(demo: FlaskClient) -> None:
    answer = demo.post("/dev/style", data={"amount": "douze", "name": "<b>Amina</b>"})
    assert answer.status_code == 422
    assert "<title>À corriger – " in answer.text
    assert 'role="alert"' in answer.text
    assert 'href="#amount"' in answer.text
    assert 'value="douze"' in answer.text
    assert "&lt;b&gt;Amina&lt;/b&gt;" in answer.text
    amount = re.search(r'<input[^>]*id="amount"[^>]*>', answer.text)
    assert amount
    assert 'aria-invalid="true"' in amount[0]
    assert 'aria-describedby="amount-hint amount-error"' in amount[0]


def test_templates_carry_no_inline_style_script_or_trust() -> None:
    forbidden = re.compile(
        r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|\|\s*safe\b|javascript:"
    )
    offenders = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in (ROOT / "templates").rglob("*.html")
        if (found := forbidden.search(path.read_text()))
    ]
    assert not offenders


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'\bicon\("([a-z0-9-]+)"', path.read_text())
    }
    assert named
    assert named <= sprite
