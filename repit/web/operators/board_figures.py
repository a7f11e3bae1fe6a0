"""The board's numbers, each with its definition and what it was a year before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from repit.domain.figures.asked import Figures
from repit.web import formats
from repit.web.operators.board_reading import Reading
from repit.web.operators.board_sheets import cell
from repit.web.words import indicator_parts, indicators

REACH = ("households_reached", "parents_reached")
USE = ("vouchers_issued", "vouchers_used", "vouchers_lapsed", "vouchers_cancelled")
MONEY = ("contributed", "issued", "used", "lapsed", "cancelled", "due", "paid", "returned")
NOT_NOTED = "–"
BALANCES = {"due", "available"}
WORKSHOPS = (
    *("sessions_held", "sessions_cancelled", "participants", "attendances", "children_cared"),
    *("care_minutes", "refused_for_lack_of_care", "waiting_parties", "no_shows"),
)


SHARES = {
    # each with what is counted, and of what: keys of `Activity.counts`
    "no_show_rate": ("no_shows", "expected"),
    "satisfaction_good": ("satisfied", "satisfaction_answers"),
    "response_rate": ("satisfaction_answers", "questionnaires"),
    "assisted_bookings": ("assisted_bookings", "bookings"),
    "referrals": ("referrals_worked", "referrals_ended"),
}


@dataclass(frozen=True)
class Shown:
    """A number in words. `before`: what is said of the year before."""

    key: str
    label: str
    value: str
    before: str
    definition: str


@dataclass(frozen=True)
class Group:
    """`key` is its place on the page; `sheets` are the tables that follow its numbers."""

    key: str
    title: str
    figures: tuple[Shown, ...]
    sheets: tuple[str, ...]
    note: str = ""


def groups_of(reading: Reading) -> list[Group]:
    """Return the numbers in the order in which they are read."""
    money = Group("argent", _("Argent"), tuple(_money(reading)), ())
    return [
        Group("aide", _("Qui est aidé"), tuple(_reach(reading)), ("publics", "communes")),
        Group(
            "cheques",
            _("Chèques et répit"),
            tuple(_use(reading)),
            ("mois", "categories", "enveloppes", "prestataires"),
            _unmeasured(reading),
        ),
        *([] if reading.wanted.about_people else [money]),
        Group(
            "ateliers",
            _("Ateliers et garde"),
            tuple(_workshops(reading)),
            ("attente", "seances-annulees"),
            _whole_programme(reading),
        ),
        Group(
            "qualite",
            _("Qualité et moyens"),
            tuple(_quality(reading)),
            ("orientations",),
            _whole_programme(reading),
        ),
    ]


def _reach(reading: Reading) -> list[Shown]:
    before = reading.before
    shown = [
        _shown(
            reading,
            key,
            reading.board.totals.get(key, 0),
            _of(before.totals, key) if before else None,
        )
        for key in REACH
    ]
    for dimension, words in (
        ("isolated", _("dont foyers isolés")),
        ("priority_area", _("dont en quartier prioritaire")),
    ):
        now = _of(getattr(reading.board, f"by_{dimension}").get("yes", {}), REACH[0])
        then = _of(getattr(before, f"by_{dimension}").get("yes", {}), REACH[0]) if before else None
        some = _shown(reading, REACH[0], now, then)
        means = f"{indicator_parts.SAYS[dimension]} {indicators.how(REACH[0])}"
        shown.append(replace(some, label=words, definition=means))
    return shown


def _use(reading: Reading) -> list[Shown]:
    keys = USE if reading.wanted.asked.category is None else ("vouchers_used",)
    before = reading.before.totals if reading.before else None
    return [
        _shown(reading, key, _of(reading.board.totals, key), _of(before, key) if before else None)
        for key in keys
    ] + [
        _hours(reading),
        *([] if reading.wanted.about_people else [_median(reading, "days_issue_to_use")]),
    ]


def _hours(reading: Reading) -> Shown:
    """Say what the tables say: hours that nobody noted are no zero."""
    key, before = "respite_minutes", reading.before
    now = cell(reading.board.totals, key)
    if now is None:
        words = (indicators.label(key), NOT_NOTED, _("durée non notée"))
        return Shown(key, *words, indicators.definition(key))
    return _shown(reading, key, now, cell(before.totals, key) if before else None)


def _money(reading: Reading) -> list[Shown]:
    """Balances are not compared: what was due a year ago says nothing of this year."""
    now = {**reading.board.totals, **reading.board.money}
    before = {**reading.before.totals, **reading.before.money} if reading.before else None
    shown = [
        _shown(
            reading,
            key,
            _of(now, key),
            _of(before, key) if before else None,
            balance=key in BALANCES,
        )
        for key in (*MONEY, "available")
    ]
    return [*shown, _median(reading, "days_to_payment")]


def _workshops(reading: Reading) -> list[Shown]:
    return [
        *(_counted(reading, key) for key in WORKSHOPS),
        _part(reading, "no_show_rate"),
        _median(reading, "waiting_days"),
    ]


def _quality(reading: Reading) -> list[Shown]:
    return [
        *(_part(reading, key) for key in ("satisfaction_good", "response_rate")),
        _counted(reading, "satisfaction_answers"),
        *(_part(reading, key) for key in ("assisted_bookings", "referrals")),
        *(_counted(reading, key) for key in ("staff_minutes", "staff_costs_cents")),
    ]


def _part(reading: Reading, key: str) -> Shown:
    """A share says what it is made of: « 17 sur 20 (85 %) »."""
    now, then = reading.activity.counts, reading.activity_before
    return _measured(
        key, _rate(now, key), _rate(then.counts, key) if then else None, _of_how_many(now, key)
    )


def _rate(counts: Figures, key: str) -> float | None:
    part, whole = SHARES[key]
    below = _of(counts, whole)
    return _of(counts, part) / below if below > 0 else None


def _of_how_many(counts: Figures, key: str) -> str:
    part, whole = SHARES[key]
    return _(
        "%(part)s sur %(whole)s (%(share)s)",
        part=formats.number(_of(counts, part)),
        whole=formats.number(_of(counts, whole)),
        share=indicators.figure(key, _rate(counts, key) or 0),
    )


def _counted(reading: Reading, key: str) -> Shown:
    then = reading.activity_before
    now = _of(reading.activity.counts, key)
    return _shown(reading, key, now, _of(then.counts, key) if then else None)


def _median(reading: Reading, key: str) -> Shown:
    now, then = reading.activity.medians, reading.activity_before
    return _measured(key, now.get(key), then.medians.get(key) if then else None)


def _measured(key: str, now: float | None, then: float | None, words: str = "") -> Shown:
    """A rate or a median: nothing to measure is no zero. `words`: the figure, if it is more."""
    if now is None:
        value, before = NOT_NOTED, _("rien à mesurer sur ces mois")
    else:
        value = words or indicators.figure(key, now)
        before = _no_data() if then is None else _was(key, then)
    return Shown(key, indicators.label(key), value, before, indicators.definition(key))


def _shown(
    reading: Reading,
    key: str,
    now: int,
    then: int | None,
    *,
    balance: bool = False,
) -> Shown:
    return Shown(
        key,
        indicators.label(key),
        indicators.figure(key, now),
        "" if balance else _change(key, now, then, whole=not reading.wanted.half_compared),
        indicators.definition(key),
    )


def _change(key: str, now: int, then: int | None, *, whole: bool) -> str:
    """Return what it was, and by how much it changed where both years are whole."""
    if then is None:
        return _no_data()
    if then <= 0 or now < 0 or not whole:
        return _was(key, then)
    change = round((now - then) / then, 2)
    return _(
        "%(value)s un an avant (%(change)s)",
        value=indicators.figure(key, then),
        change=_signed(change) if change else _("pareil"),
    )


def _signed(change: float) -> str:
    return f"{'+' if change > 0 else ''}{formats.percentage(change)}"


def _was(key: str, then: float) -> str:
    return _("%(value)s un an avant", value=indicators.figure(key, then))


def _no_data() -> str:
    return _("pas de données un an avant")


def _unmeasured(reading: Reading) -> str:
    """Services paid by the session have no duration: hours say nothing of them."""
    sessions = _of(reading.board.totals, "respite_sessions")
    if not sessions:
        return ""
    return _(
        "Les heures ne comptent pas %(number)s prestations payées à la séance : leur durée n’est"
        " pas notée.",
        number=formats.number(sessions),
    )


def _whole_programme(reading: Reading) -> str:
    if not reading.wanted.filtered:
        return ""
    return _("Pour tout le dispositif : ici, seuls les mois choisis comptent.")


def _of(figures: Figures | Mapping[str, int], key: str) -> int:
    return figures.get(key, 0)
