"""What a bank would refuse is refused before the file exists, each with its reason."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree
from sepaxml.validation import try_valid_xml

from repit.domain.money import Cents
from repit.domain.settlements.errors import FileRefused, PayeeRefused
from repit.domain.settlements.export import Line, Order
from repit.domain.settlements.payees import is_carried
from repit.integrations.sepa import FORMAT, MOST_CENTS, written

LINE = Line(
    end_to_end_id="2Z7Q4N6T9XK3M8V5C1B0HD",
    name="Association Éclaircie & Cœur d’Été",
    iban="FR7630006000011234567890189",
    bic=None,
    amount=Cents(12_345),
    remittance="LOT 7 DECOMPTE 12",
)
ORDER = Order(
    message_id="7G5P2R8W4Y9K1M3N6Q0T5V",
    number=7,
    created_at=datetime(2026, 3, 17, 12, tzinfo=UTC),
    requested_on=date(2026, 3, 18),
    debtor_name="CCAS de Lens",
    debtor_iban="FR7630004000031234567890143",
    debtor_bic=None,
    lines=(LINE,),
)


def ordering(**changes: object) -> Order:
    return replace(ORDER, lines=(replace(LINE, **changes),))  # type: ignore[arg-type]


def found(content: bytes, path: str) -> list[str]:
    return [one.text or "" for one in etree.fromstring(content).iterfind(f".//{path}")]


def test_the_file_names_us_the_payee_and_the_day() -> None:
    content = written(ORDER).content

    assert found(content, "{*}GrpHdr/{*}MsgId") == [ORDER.message_id]
    assert found(content, "{*}PmtInfId") == [ORDER.message_id]
    assert found(content, "{*}CreDtTm") == ["2026-03-17T12:00:00Z"]
    assert found(content, "{*}EndToEndId") == [LINE.end_to_end_id]
    assert found(content, "{*}ReqdExctnDt/{*}Dt") == ["2026-03-18"]
    assert found(content, "{*}SvcLvl/{*}Cd") == ["SEPA"]
    assert found(content, "{*}ChrgBr") == ["SLEV"]
    assert found(content, "{*}InstdAmt") == ["123.45"]
    assert found(content, "{*}DbtrAgt/{*}FinInstnId/{*}Othr/{*}Id") == ["NOTPROVIDED"]
    assert found(content, "{*}PstlAdr") == []


def test_names_are_spelled_in_what_banks_carry() -> None:
    [name] = found(written(ORDER).content, "{*}Cdtr/{*}Nm")
    assert name == "Association Eclaircie + Coeur d'Ete"
    assert is_carried(name)


def test_it_agrees_with_the_schema_that_sepaxml_brings() -> None:
    lines = tuple(
        replace(LINE, end_to_end_id=f"P{number}", amount=Cents(number), bic="AGRIFRPP")
        for number in range(1, 51)
    )
    made = written(replace(ORDER, lines=lines, debtor_bic="BNPAFRPP"))

    try_valid_xml(made.content, FORMAT)
    assert (made.payouts, made.amount) == (50, 1_275)
    assert [Decimal(one) for one in found(made.content, "{*}CtrlSum")] == [Decimal("12.75")] * 2


def test_the_same_order_is_the_same_file_a_hundred_times() -> None:
    assert len({written(ORDER).content for _ in range(100)}) == 1


@pytest.mark.parametrize(
    ("iban", "trouble"),
    [
        ("", "empty"),
        ("FR7630006000011234567890188", "check_digits"),
        ("FR7630006000011234567890198", "check_digits"),  # two digits swapped
        ("FR763000600001123456789018", "length"),
        ("FR76300060000112345678901890", "length"),
        ("BE68539007547035", "check_digits"),
        ("US64SVBKUS6S3300958879", "country"),
        ("XX7630006000011234567890189", "country"),
        ("30006000011234567890189", "shape"),
        ("FR76 3000 6000 0112 3456 7890 1é9", "shape"),
        ("FR76<script>30006000011234567890", "shape"),
    ],
)
def test_a_wrong_iban_makes_no_file(iban: str, trouble: str) -> None:
    with pytest.raises(PayeeRefused) as refusal:
        written(ordering(iban=iban))
    assert (refusal.value.field, refusal.value.trouble) == ("iban", trouble)


@pytest.mark.parametrize(
    ("bic", "trouble"),
    [
        ("AGRI", "length"),
        ("AGRIFRPPX", "length"),
        ("12345678", "shape"),
        ("AGRIFR££", "shape"),
        ("COBADEFF", "other_country"),
    ],
)
def test_a_wrong_bic_makes_no_file(bic: str, trouble: str) -> None:
    with pytest.raises(PayeeRefused) as refusal:
        written(ordering(bic=bic))
    assert (refusal.value.field, refusal.value.trouble) == ("bic", trouble)


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("A" * 71, "length"),
        ("日本語", "characters"),
        ("Ωμέγα", "characters"),
        ("جمعية", "characters"),
        ("!!!", "characters"),
    ],
)
def test_a_name_that_banks_cannot_carry_makes_no_file(name: str, trouble: str) -> None:
    with pytest.raises(PayeeRefused) as refusal:
        written(ordering(name=name))
    assert (refusal.value.field, refusal.value.trouble) == ("holder", trouble)


@pytest.mark.parametrize("amount", [0, -1, MOST_CENTS + 1])
def test_nothing_and_too_much_are_not_ordered(amount: int) -> None:
    with pytest.raises(FileRefused, match="amount"):
        written(ordering(amount=Cents(amount)))


@pytest.mark.parametrize("amount", [1, 10, 100, 99, 1_000_000_00, MOST_CENTS])
def test_every_amount_in_between_is_written_to_the_cent(amount: int) -> None:
    made = written(ordering(amount=Cents(amount)))
    assert made.amount == amount
    assert [Decimal(one) * 100 for one in found(made.content, "{*}InstdAmt")] == [amount]


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"end_to_end_id": ""}, "id"),
        ({"end_to_end_id": "A" * 36}, "id"),
        ({"end_to_end_id": "under_score"}, "id"),
        ({"end_to_end_id": "/slash"}, "id"),
        ({"end_to_end_id": "two//slashes"}, "id"),
        ({"remittance": ""}, "remittance"),
        ({"remittance": "décompte"}, "remittance"),
        ({"remittance": "A" * 141}, "remittance"),
    ],
)
def test_what_banks_do_not_carry_makes_no_file(changes: dict[str, str], trouble: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        written(ordering(**changes))
    assert refusal.value.trouble == trouble


def test_an_empty_file_and_a_name_twice_are_refused() -> None:
    for lines, trouble in (((), "empty"), ((LINE, LINE), "id_twice")):
        with pytest.raises(FileRefused) as refusal:
            written(replace(ORDER, lines=lines))
        assert refusal.value.trouble == trouble


@pytest.mark.parametrize(
    "name", ["O'Hara", "Ça & là", "Œuvre", "Łódź", "Straße", "a//b", "/x/ y", "“AB”", "A\u00a0B"]
)
def test_whatever_is_spelled_is_carried(name: str) -> None:
    [spelled] = found(written(ordering(name=name)).content, "{*}Cdtr/{*}Nm")
    assert is_carried(spelled)
