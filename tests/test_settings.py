import stat
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from repit import instance_keys
from repit.settings import Settings, SettingsError, from_environment

CODE_KEY = urlsafe_b64encode(bytes(range(32))).decode()
GOOD = {
    "REPIT_SECRET_KEY": "only the tests sign their sessions with this",
    "REPIT_CODE_KEY": CODE_KEY,
    "REPIT_PUBLIC_URL": "https://repit.example",
}


def problems(tmp_path: Path, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as refusal:
        from_environment({**GOOD, **environment}, instance=tmp_path)
    return refusal.value.problems


def test_good_settings_start_on_an_embedded_database(tmp_path: Path) -> None:
    settings = from_environment(GOOD, instance=tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'repit.sqlite3'}"
    assert settings.secure
    assert not settings.demo


def test_nothing_set_lists_every_missing_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        from_environment({}, instance=tmp_path)
    assert [problem.split()[0] for problem in refusal.value.problems] == [
        "REPIT_SECRET_KEY",
        "REPIT_CODE_KEY",
    ]
    assert all(problem in str(refusal.value) for problem in refusal.value.problems)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        REPIT_SECRET_KEY="short",
        REPIT_CODE_KEY="AAAA",
        REPIT_PUBLIC_URL="repit.example",
        REPIT_DATABASE_URL="mysql://somewhere/repit",
        REPIT_SMTP_URL="http://mail",
        WEB_CONCURRENCY="two",
    )
    assert len(found) == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REPIT_SECRET_KEY", "x" * 80),
        ("REPIT_CODE_KEY", urlsafe_b64encode(bytes(32)).decode()),
        ("REPIT_CODE_KEY", urlsafe_b64encode(bytes(range(31))).decode()),
        ("REPIT_CODE_KEY", "not base64url at all, really not it"),
        ("REPIT_PUBLIC_URL", "http://repit.example"),
        ("REPIT_PUBLIC_URL", "https://repit.example/under/here"),
        ("REPIT_PUBLIC_URL", "https://user:secret@repit.example"),
        ("REPIT_PUBLIC_URL", "https://repit.example:port"),
        ("REPIT_DATABASE_URL", "not an address"),
        ("REPIT_DATABASE_URL", "postgresql://db.example"),
        ("REPIT_DATABASE_URL", "oracle://db.example/repit"),
        ("REPIT_SMTP_URL", "smtp://"),
        ("REPIT_SMTP_URL", "smtp://mail.example:not-a-port"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "²"),
    ],
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, name: str, value: str) -> None:
    (problem,) = problems(tmp_path, **{name: value})
    assert name.removeprefix("REPIT_").split("_")[0] in problem


def test_the_two_keys_must_differ(tmp_path: Path) -> None:
    assert "differ" in problems(tmp_path, REPIT_SECRET_KEY=CODE_KEY)[0]


def test_mail_needs_a_sender(tmp_path: Path) -> None:
    found = problems(tmp_path, REPIT_SMTP_URL="smtp://mail.example:587?tls")
    assert "REPIT_MAIL_FROM" in found[0]


def test_several_workers_cannot_share_a_database_in_memory(tmp_path: Path) -> None:
    found = problems(tmp_path, WEB_CONCURRENCY="2", REPIT_DATABASE_URL="sqlite://")
    assert "memory" in found[0]


def test_several_workers_may_share_an_sqlite_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    settings = from_environment(
        {**GOOD, "WEB_CONCURRENCY": "4", "REPIT_DATABASE_URL": url}, instance=tmp_path
    )
    assert settings.database_url == url


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_gets_our_driver(tmp_path: Path, scheme: str) -> None:
    environment = {**GOOD, "DATABASE_URL": f"{scheme}://user:secret@db.example/repit"}
    settings = from_environment(environment, instance=tmp_path)
    assert settings.database_url == "postgresql+psycopg://user:secret@db.example/repit"


def demo(tmp_path: Path) -> Settings:
    return from_environment({"REPIT_DEMO": "1"}, instance=tmp_path)


def test_a_demo_makes_its_keys_once_and_keeps_them(tmp_path: Path) -> None:
    first, again = demo(tmp_path), demo(tmp_path)
    assert first == again
    assert first.secret_key != first.code_key
    assert stat.S_IMODE((tmp_path / instance_keys.FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [instance_keys.FILE]


def test_a_demo_never_answers_the_world(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="REPIT_DEMO"):
        from_environment(
            {"REPIT_DEMO": "1", "REPIT_PUBLIC_URL": "https://repit.example"}, instance=tmp_path
        )
    assert not (tmp_path / instance_keys.FILE).exists()


def test_a_demo_key_never_serves_a_real_installation(tmp_path: Path) -> None:
    found = problems(tmp_path, REPIT_CODE_KEY=demo(tmp_path).code_key)
    assert found == ["REPIT_CODE_KEY is the demo's key: make another for a real installation"]


@pytest.mark.parametrize("proxies", ["-1", "6", "two", "\u0662"])
def test_proxies_that_cannot_be_counted_are_named(tmp_path: Path, proxies: str) -> None:
    [problem] = problems(tmp_path, REPIT_PROXIES=proxies)
    assert problem.startswith("REPIT_PROXIES")


def test_the_number_of_proxies_is_read(tmp_path: Path) -> None:
    assert from_environment(GOOD, instance=tmp_path).proxies == 0
    assert from_environment({**GOOD, "REPIT_PROXIES": "2"}, instance=tmp_path).proxies == 2


KEY, SECRET = "sk_test_51AbCdEfGhIj", "whsec_0123456789abcdef"


def test_without_keys_nothing_is_paid_online(tmp_path: Path) -> None:
    settings = from_environment(GOOD, instance=tmp_path)
    assert (settings.stripe_key, settings.stripe_webhook_secret) == (None, None)
    assert settings.stripe_stand_in is None


def test_both_keys_let_people_pay_online(tmp_path: Path) -> None:
    both = {"REPIT_STRIPE_KEY": KEY, "REPIT_STRIPE_WEBHOOK_SECRET": SECRET}
    settings = from_environment({**GOOD, **both}, instance=tmp_path)
    assert (settings.stripe_key, settings.stripe_webhook_secret) == (KEY, SECRET)


@pytest.mark.parametrize(
    ("key", "secret", "named"),
    [
        (KEY, "", "REPIT_STRIPE_WEBHOOK_SECRET is missing"),
        ("", SECRET, "REPIT_STRIPE_KEY is missing"),
        ("pk_test_51AbCdEfGhIj", SECRET, "must be a secret key"),
        ("sk_test_", SECRET, "must be a secret key"),
        (KEY, "0123456789abcdef", "whsec_"),
        (KEY, KEY, "whsec_"),
    ],
)
def test_a_key_of_stripe_that_cannot_work_is_named(
    tmp_path: Path, key: str, secret: str, named: str
) -> None:
    (problem,) = problems(tmp_path, REPIT_STRIPE_KEY=key, REPIT_STRIPE_WEBHOOK_SECRET=secret)
    assert named in problem


def test_real_money_needs_an_address_that_stripe_reaches(tmp_path: Path) -> None:
    (problem,) = problems(
        tmp_path,
        REPIT_STRIPE_KEY="sk_live_51AbCdEfGhIj",
        REPIT_STRIPE_WEBHOOK_SECRET=SECRET,
        REPIT_PUBLIC_URL="http://127.0.0.1:5000",
    )
    assert "real money" in problem


def test_a_demo_without_keys_has_an_imitation(tmp_path: Path) -> None:
    settings = from_environment({"REPIT_DEMO": "1"}, instance=tmp_path)
    assert settings.stripe_stand_in == tmp_path / "stripe-stand-in.json"


SHAPE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2">{inside}</svg>'
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763606060000000040001f61738550000000049454e44ae426082"
)


def logo(tmp_path: Path, name: str, content: str | bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_without_a_logo_papers_have_none(tmp_path: Path) -> None:
    assert from_environment(GOOD, instance=tmp_path).operator_logo == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.svg", SHAPE.format(inside='<path d="M0 0h4v2z"/>')), ("a.png", DOT)],
)
def test_a_logo_is_read_once_at_the_start(tmp_path: Path, name: str, content: str | bytes) -> None:
    given = GOOD | {"REPIT_OPERATOR_LOGO": logo(tmp_path, name, content)}
    assert from_environment(given, instance=tmp_path).operator_logo.startswith("<svg")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("Bonjour", "neither"),
        ("<html/>", "neither"),
        ('<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/hosts">]><svg viewBox="0 0 1 1">&e;</svg>',
         "neither"),
        ("<svg/>", "viewBox"),
        (SHAPE.format(inside="<script>1</script>"), "script"),
        (SHAPE.format(inside="<text>CCAS</text>"), "text"),
        (SHAPE.format(inside='<path onload="1" d="M0 0"/>'), "onload"),
        (SHAPE.format(inside='<image href="https://elsewhere.example/a.png"/>'), "href"),
        (SHAPE.format(inside="<g/>" * 60_000), "kB"),
        (DOT[:16] + bytes(8) + DOT[24:], "pixels"),
    ],
)  # fmt: skip
def test_a_logo_that_is_no_plain_picture_stops_the_start(
    tmp_path: Path, content: str | bytes, why: str
) -> None:
    (problem,) = problems(tmp_path, REPIT_OPERATOR_LOGO=logo(tmp_path, "logo", content))
    assert problem.startswith("REPIT_OPERATOR_LOGO")
    assert why in problem


def test_a_logo_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, REPIT_OPERATOR_LOGO=str(tmp_path / "nowhere.svg"))
    assert "cannot be read" in problem
