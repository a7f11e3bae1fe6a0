"""What cannot be read, or has not the form: said in full, at once, with nothing taken."""

import json
from io import BytesIO
from typing import Any

import pytest

from tests.cast import Town, redemption_id
from tests.web.api.software import Software, asked

GOOD = asked(["7F3K-9QWM-2XTR"])


def body(**changes: Any) -> str:
    return json.dumps({n: v for n, v in {**GOOD, **changes}.items() if v is not ...})


UNREADABLE: dict[str, tuple[bytes | str, dict[str, Any], int, str]] = {
    "empty": (b"", {}, 400, "malformed_json"),
    "blank": (b" \n ", {}, 400, "malformed_json"),
    "cut off": (body()[:-1], {}, 400, "malformed_json"),
    "single quotes": (body().replace('"', "'"), {}, 400, "malformed_json"),
    "trailing comma": (body()[:-1] + ",}", {}, 400, "malformed_json"),
    "two values": (body() + body(), {}, 400, "malformed_json"),
    "a form": ("id=1&codes=2", {}, 400, "malformed_json"),
    "NaN": (body().replace("60", "NaN"), {}, 400, "malformed_json"),
    "infinity": (body().replace("60", "-Infinity"), {}, 400, "malformed_json"),
    "a control character": (body().replace("babysitting", "baby\x00"), {}, 400, "malformed_json"),
    "digits without end": (body().replace("60", "6" * 5_000), {}, 400, "malformed_json"),
    "brackets without end": ("[" * 60_000, {}, 400, "malformed_json"),
    "a byte order mark": (b"\xef\xbb\xbf" + body().encode(), {}, 400, "malformed_json"),
    "latin-1": (body(category="é").replace("\\u00e9", "é").encode("latin-1"), {}, 400, "not_utf8"),
    "utf-16": (body().encode("utf-16"), {}, 400, "not_utf8"),
    "utf-32": (body().encode("utf-32"), {}, 400, "not_utf8"),
    "half a character": (b'"\xe2\x82"', {}, 400, "not_utf8"),
    "a member twice": ('{"minutes": 1, "minutes": 2}', {}, 400, "duplicate_members"),
    "too large": (b" " * 65_537, {}, 413, "too_large"),
    "no type": (body(), {"content_type": ""}, 415, "not_json"),
    "plain text": (body(), {"content_type": "text/plain"}, 415, "not_json"),
    "a form's type": (
        body(), {"content_type": "application/x-www-form-urlencoded"}, 415, "not_json"),
    "another charset": (
        body(), {"content_type": "application/json; charset=iso-8859-1"}, 415, "not_json"),
    "compressed": (body(), {"headers": {"Content-Encoding": "gzip"}}, 415, "encoded_content"),
}  # fmt: skip


def test_what_cannot_be_read_says_why(roseraie: Software) -> None:
    found = {}
    for name, (sent, headers, *_) in UNREADABLE.items():
        answer = roseraie.send(sent, **headers)
        found[name] = [answer.status_code, answer.get_json()["code"]]
    assert found == {name: expected for name, (_, _, *expected) in UNREADABLE.items()}


@pytest.mark.parametrize("kind", ["Application/JSON", 'application/json; charset="UTF-8"',
                                  "application/json ;charset=utf8"])  # fmt: skip
def test_the_type_may_be_written_otherwise(roseraie: Software, town: Town, kind: str) -> None:
    sent = json.dumps(asked(town.codes[:1]))
    assert roseraie.send(sent, content_type=kind).status_code == 201


WRONG: dict[str, tuple[str, dict[str, str]]] = {
    "a list": ("[]", {"": "accolades"}),
    "a text": ('"x"', {"": "accolades"}),
    "null": ("null", {"": "accolades"}),
    "nothing": ("{}", {
        "/id": "manque", "/codes": "manque", "/category": "manque", "/service_on": "manque",
        "": "minutes, sessions"}),
    "an unknown member": (body(colour=1), {"/colour": "id, codes, category"}),
    "a strange name": (body(**{"a/b~c\ud800": 1}), {"/a~1b~0c\\ud800": "pas connu"}),
    "no uuid": (body(id="42"), {"/id": "UUID"}),
    "a uuid in braces": (body(id="{0190f3a2-7c1e-7b7e-9d55-3f2b8e6c4a10}"), {"/id": "UUID"}),
    "a uuid without hyphens": (body(id="0190f3a27c1e7b7e9d553f2b8e6c4a10"), {"/id": "UUID"}),
    "a uuid with a line end": (body(id=f"{redemption_id(1)}\n"), {"/id": "UUID"}),
    "a number for an id": (body(id=1), {"/id": "texte"}),
    "codes as text": (body(codes="X"), {"/codes": "liste"}),
    "no codes": (body(codes=[]), {"/codes": "de 1 à 50"}),
    "51 codes": (body(codes=["X"] * 51), {"/codes": "de 1 à 50"}),
    "codes of all sorts": (body(codes=["", 1, None, ["X"], "X" * 501]), {
        "/codes/0": "caractères", "/codes/1": "texte", "/codes/2": "texte", "/codes/3": "texte",
        "/codes/4": "500"}),
    "another category": (body(category="cinema"), {"/category": "babysitting"}),
    "a category with NUL": (body(category="babysitting\0"), {"/category": "babysitting"}),
    "30 February": (body(service_on="2026-02-30"), {"/service_on": "jour"}),
    "a French date": (body(service_on="14/03/2026"), {"/service_on": "jour"}),
    "a week date": (body(service_on="2026-W11-6"), {"/service_on": "jour"}),
    "a moment": (body(service_on="2026-03-14T00:00:00Z"), {"/service_on": "jour"}),
    "Arabic digits": (body(service_on="٢٠٢٦-٠٣-١٤"), {"/service_on": "jour"}),
    "year 0": (body(service_on="0000-01-01"), {"/service_on": "jour"}),
    "true minutes": (body(minutes=True), {"/minutes": "entier"}),
    "minutes as text": (body(minutes="60"), {"/minutes": "entier"}),
    "minutes and a half": (body(minutes=60.5), {"/minutes": "entier"}),
    "no minutes": (body(minutes=None), {"/minutes": "entier"}),
    "0 minutes": (body(minutes=0), {"/minutes": "de 1 à 1440"}),
    "a day and a minute": (body(minutes=1441), {"/minutes": "de 1 à 1440"}),
    "2^63 minutes": (body(minutes=2**63), {"/minutes": "de 1 à 1440"}),
    "1e400 minutes": (body().replace("60", "1e400"), {"/minutes": "entier"}),
    "51 sessions": (body(minutes=..., sessions=51), {"/sessions": "de 1 à 50"}),
    "both units": (body(sessions=1), {"": "Un seul"}),
    "neither unit": (body(minutes=...), {"": "Il en manque un"}),
    "a negative share": (body(family_share_cents=-1), {"/family_share_cents": "de 0 à"}),
    "a huge share": (body(family_share_cents=10**30), {"/family_share_cents": "de 0 à"}),
    "all at once": (body(id="x", minutes="1", sessions=0, who="me", codes=[1]), {
        "/id": "UUID", "/minutes": "entier", "/sessions": "de 1", "/who": "connu",
        "/codes/0": "texte", "": "Un seul"}),
}  # fmt: skip


def test_what_has_not_the_form_lists_everything_wrong(roseraie: Software) -> None:
    for name, (sent, expected) in WRONG.items():
        answer = roseraie.send(sent)
        problem = answer.get_json()
        assert (name, answer.status_code, problem["code"]) == (name, 422, "content_not_valid")
        found = {error["pointer"]: error["detail"] for error in problem["errors"]}
        assert (name, found.keys()) == (name, expected.keys())
        assert [(name, place) for place in expected if expected[place] not in found[place]] == []


def test_an_answer_about_a_monster_stays_small(roseraie: Software) -> None:
    answer = roseraie.send(json.dumps({f"member {number}": 1 for number in range(3_000)}))
    assert answer.json
    assert len(answer.json["errors"]) == 50
    twice = "{" + ",".join(f'"{n // 2}":1' for n in range(5_000)) + "}"
    assert len(roseraie.send(twice).data) < 10_000
    assert len(roseraie.send(json.dumps({"x" * 60_000: 1})).data) < 2_000


def test_a_body_in_chunks_is_read_and_bounded(roseraie: Software, town: Town) -> None:
    statuses = []
    for data in (json.dumps(asked(town.codes[:1])).encode(), b" " * 70_000):
        unannounced = {
            "wsgi.input": BytesIO(data),
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": "",
        }
        answer = roseraie.send(b"", environ_overrides=unannounced)
        statuses.append(answer.status_code)
    assert statuses == [201, 413]


def test_addresses_and_methods_that_do_not_exist(roseraie: Software) -> None:
    nowhere = roseraie.get("/api/v1/nowhere")
    assert (nowhere.status_code, nowhere.mimetype) == (404, "application/problem+json")
    wrong = roseraie.open("DELETE", "/api/v1/redemptions")
    assert (wrong.status_code, set(wrong.allow)) == (405, {"OPTIONS", "POST"})
    assert wrong.json
    assert wrong.json["code"] == "wrong_method"
