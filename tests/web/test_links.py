"""Links that act without an account."""

import pytest

from repit.web.links import Links, Purpose, Signed

LINKS = Links("a secret of the tests", "https://repit.exemple.test")


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_says_what_it_is_for(purpose: Purpose) -> None:
    token = LINKS.token(purpose, "AbCd_-1234567890123456")
    assert LINKS.read(token) == Signed(purpose, "AbCd_-1234567890123456")
    assert len(token) < 100


def test_a_link_of_one_kind_opens_nothing_of_another() -> None:
    token = LINKS.token(Purpose.BOOKING, "abc")
    others = [f"{purpose}{token[1:]}" for purpose in Purpose if purpose is not Purpose.BOOKING]
    assert [LINKS.read(other) for other in others] == [None] * len(others)


def test_a_torn_or_foreign_link_opens_nothing() -> None:
    token = LINKS.token(Purpose.OFFER, "abc")
    foreign = Links("another secret", "https://repit.exemple.test").token(Purpose.OFFER, "abc")
    torn = [token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), token + "A", token[1:]]
    for wrong in (foreign, *torn, "", "b", "b.", "x" * 10_000, "é" * 50, "b" + "." * 90):
        assert LINKS.read(wrong) is None, wrong


def test_every_link_to_the_questions_is_another_unless_it_is_sent_again() -> None:
    assert LINKS.answer("abc") != LINKS.answer("abc")
    assert LINKS.answer("abc", "nonce") == LINKS.answer("abc", "nonce")


def test_addresses_stand_under_one_short_path() -> None:
    assert LINKS.booking("abc").startswith("https://repit.exemple.test/r/b")
    assert LINKS.offer("abc").startswith("https://repit.exemple.test/r/o")
    assert LINKS.waiting("abc").startswith("https://repit.exemple.test/r/w")
    assert LINKS.calendar("abc").endswith("/agenda.ics")
