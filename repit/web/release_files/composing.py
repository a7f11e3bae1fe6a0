"""Put a frozen release in its reader's words: sections, tables, definitions, and how to read it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.referrals.rules import Kind
from repit.domain.releases.content import OTHERS, Content, ShownCell, ShownStatistic, ShownTable
from repit.web import formats
from repit.web.release_files import grids
from repit.web.release_files.report import Figure, Indicator, Report, Section
from repit.web.words import counting, indicator_parts, indicators

FUND = lazy_gettext("Pour cette enveloppe.")
PROGRAMME = lazy_gettext("Pour tout le dispositif, quel que soit le financeur.")
SECTIONS: tuple[tuple[str, LazyString, LazyString, tuple[str, ...]], ...] = (
    # key, title, whose figures, indicators in their order
    ("money", lazy_gettext("L’argent"), FUND, tuple(indicators.MONEY)),
    (
        "reach",
        lazy_gettext("Qui a été aidé"),
        FUND,
        ("households_reached", "households_by_town", "parents_reached", "children_reached"),
    ),
    (
        "use",
        lazy_gettext("Ce que les chèques ont permis"),
        FUND,
        ("vouchers_used", "respite_minutes", "days_issue_to_use", "providers_used",
         "days_to_payment"),
    ),
    ("take_up", lazy_gettext("Qui a un droit, et qui s’en sert"), PROGRAMME, ("take_up",)),
    ("workshops", lazy_gettext("Les ateliers et la garde"), PROGRAMME, tuple(indicators.WORKSHOPS)),
    (
        "quality",
        lazy_gettext("Ce qu’en disent les parents, et la suite"),
        PROGRAMME,
        (
            "satisfaction_good",
            "satisfaction_answers",
            "response_rate",
            "referrals",
            *(f"referrals.{kind}" for kind in Kind),
            "assisted_bookings",
        ),
    ),
    ("means", lazy_gettext("Les moyens"), PROGRAMME, ("staff_minutes", "staff_costs_cents")),
)  # fmt: skip
OTHER = lazy_gettext("Autres nombres")
HEADLINES = ("contributed", "used", "available", "households_reached", "vouchers_used",
             "respite_minutes")  # fmt: skip
HOURS = "respite_minutes"
REFERRALS, KIND = "referrals", "."
"""A share over all referrals, and under `referrals.…` one for each kind."""
CROSSED = 2
"""Dimensions of a table that has lines and columns."""
SMALL_STEP = 10_000
"""Euros of a scheme of fewer than eleven households, in cents."""


def report_of(
    content: Content,
    *,
    number: str | None = None,
    sha256: str | None = None,
    approved_at: datetime | None = None,
) -> Report:
    """Return a release in the reader's language; without a number it is still a draft."""
    found = {one.key: one for one in _indicators(content)}
    period = indicator_parts.period(content.period_kind, content.first_day)
    return Report(
        title=_("Publication n° %(number)s", number=number) if number else _("Projet"),
        lead=f"{content.fund} · {period}",
        language=str(getattr(get_locale(), "language", "fr")),
        operator=content.operator,
        funder=content.funder,
        fund=content.fund,
        programme=content.programme,
        period=period,
        first_day=content.first_day,
        last_day=content.last_day,
        counted_at=content.counted_at,
        approved_at=approved_at,
        number=number,
        sha256=sha256,
        facts=tuple(_facts(content, period, sha256, approved_at)),
        headlines=tuple(found[key] for key in HEADLINES if key in found),
        sections=tuple(_sections(found)),
        notes=tuple(_notes(content, found.values())),
    )


def _indicators(content: Content) -> Iterator[Indicator]:
    for amount in content.money:
        step = SMALL_STEP if amount.rounded else None
        yield _single(amount.name, amount.cents, step=step)
    for table in content.tables:
        yield _table(table)
    for statistic in content.statistics:
        if statistic.value is not None or KIND not in statistic.name:
            yield _statistic(statistic)
    for count in content.counts:
        yield _single(count.name, count.value)


def _single(key: str, value: float | None, *, step: int | None = None) -> Indicator:
    notes = (_("Arrondi à 100 € : trop peu de foyers."),) if step else ()
    return Indicator(
        key=key,
        label=indicators.label(key),
        says=indicators.says(key),
        how=indicators.how(key),
        unit=counting.unit(key),
        unit_words=counting.unit_words(key),
        figures=(Figure((), grids.cell(key, value)),),
        step=step,
        notes=notes,
    )


def _statistic(shown: ShownStatistic) -> Indicator:
    one = _single(shown.name, shown.value)
    if one.unit == "share":
        one = replace(one, figures=(Figure((), grids.share(shown.between)),))
    if shown.name != REFERRALS:
        return one
    return replace(one, notes=(_("Les sortes qui n’ont pas de ligne sont secrètes."),))


def _table(table: ShownTable) -> Indicator:
    told = _crossings_told(_whole_first(table))
    laid_out = grids.grid(told)
    if laid_out is None:
        told = ShownTable(table.name, (), (ShownCell((), told.cells[0].value),), table.step)
    return replace(
        _single(table.name, None),
        figures=grids.figures(told),
        dimensions=tuple((name, indicator_parts.dimension(name)) for name in told.dimensions),
        grid=laid_out,
        step=told.step,
        notes=(
            *_hours(told),
            *_coarsened(table.coarsened, divided=laid_out is not None),
        ),
    )


def _hours(table: ShownTable) -> Iterator[str]:
    """Words alone, and always: how many services have no hours would tell of those behind them."""
    if table.name != HOURS:
        return
    yield str(indicators.HOURS_SAYS)
    parts = [part for one in table.cells for part in one.at if not part.whole]
    if any(len(part.codes) > 1 or OTHERS in part.codes for part in parts):
        yield str(indicators.HOURS_TOGETHER_SAYS)


def _coarsened(what: Iterable[str], *, divided: bool) -> Iterator[str]:
    if divided:
        yield from (indicators.coarsened(one) for one in what)
    elif what:
        yield _("Ce nombre n’est pas divisé : ses parts concerneraient trop peu de foyers.")


def _whole_first(table: ShownTable) -> ShownTable:
    """Return the table with its total in front; without one, the total is not told."""
    cells = {
        tuple(grids.WHOLE if part.whole else part for part in one.at): one.value
        for one in table.cells
    }
    total = (grids.WHOLE,) * len(table.dimensions)
    ordered = {total: cells.get(total), **cells}
    return replace(table, cells=tuple(ShownCell(at, value) for at, value in ordered.items()))


def _crossings_told(table: ShownTable) -> ShownTable:
    """Return the table with a secret wherever a shown line and a shown column meet in nothing.

    What is hidden has no cell; a table on a page has a place for it, and files must say the same.
    """
    crossed = [one for one in table.cells if not any(part.whole for part in one.at)]
    if len(table.dimensions) < CROSSED or not crossed:
        return table
    places = [dict.fromkeys(cell.at[at] for cell in table.cells) for at in range(CROSSED)]
    there = {one.at for one in table.cells}
    missing = [at for at in product(*places) if at not in there]
    return replace(table, cells=(*table.cells, *(ShownCell(at, None) for at in missing)))


def _sections(found: dict[str, Indicator]) -> Iterator[Section]:
    placed: set[str] = set()
    for key, title, lead, keys in SECTIONS:
        placed.update(keys)
        held = [found[one] for one in keys if one in found]
        yield from _section(key, str(title), str(lead), held)
    rest = [one for key, one in found.items() if key not in placed]
    yield from _section("other", str(OTHER), "", rest)


def _section(key: str, title: str, lead: str, held: Sequence[Indicator]) -> Iterator[Section]:
    singles = tuple(one for one in held if one.grid is None)
    tables = tuple(one for one in held if one.grid is not None)
    if held:
        yield Section(key, title, lead, singles, tables)


def _facts(
    content: Content, period: str, sha256: str | None, approved_at: datetime | None
) -> Iterator[tuple[str, str]]:
    yield _("Financeur"), content.funder
    yield _("Enveloppe"), content.fund
    yield _("Dispositif"), content.programme
    days = _("du %(first)s au %(last)s", first=formats.day(content.first_day),
             last=formats.day(content.last_day))  # fmt: skip
    yield _("Période"), f"{period} ({days})"
    yield _("Valeur d’un chèque"), formats.money(content.face_cents)
    yield _("Compté le"), formats.day(content.counted_at)
    if approved_at:
        yield _("Approuvé le"), formats.day(approved_at)
    if sha256:
        yield _("Empreinte"), sha256


def _notes(content: Content, found: Iterable[Indicator]) -> Iterator[str]:
    if content.small:
        yield _(
            "Le dispositif aide moins de 11 foyers : seul l’argent est montré, arrondi à 100 €"
            " quand il parle d’eux."
        )
    held = list(found)
    if any(figure.cell.is_secret for one in held for figure in one.figures):
        yield str(indicators.SECRET_SAYS)
    if any(one.grid for one in held):
        yield str(indicators.ROUNDED_SAYS)
    if any(figure.cell.between for one in held for figure in one.figures):
        yield str(indicators.BETWEEN_SAYS)
    names = dict.fromkeys(name for one in held for name, _words in one.dimensions)
    yield from (str(indicator_parts.SAYS[name]) for name in names if name in indicator_parts.SAYS)
    yield _(
        "Ce qui est enregistré après le dernier jour de la période compte dans la période"
        " suivante : cette publication ne change plus."
    )
