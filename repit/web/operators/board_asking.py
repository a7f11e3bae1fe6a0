"""What the address of the board asks for: a programme, whole months, and what to look at alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from wtforms import SelectField

from repit.domain.clock import day_in
from repit.domain.figures import homes
from repit.domain.figures.asked import Asked
from repit.domain.periods import Period, add_months
from repit.domain.programmes import queries
from repit.domain.programmes.queries import FundFilter, FundView, ProgrammeView
from repit.web import categories, formats
from repit.web.fields import listed
from repit.web.forms import SearchForm
from repit.web.operators.board_span import MOST_MONTHS, USUAL_MONTHS, Said, Span, span_of

MONTHS_OF_A_QUARTER = 3
LONGEST_SAID = 80
"""Of what an address holds, as it is said again."""
SIDES = {"yes": True, "no": False}
SAID = {
    Said.UNREADABLE: lazy_gettext(
        "Un mois n’a pas pu être lu : un mois s’écrit 2026-03. Voici du %(first)s au %(last)s."
    ),
    Said.MOVED: lazy_gettext(
        "Le tableau montre des mois entiers : les jours demandés ont été complétés."
    ),
    Said.TURNED: lazy_gettext("La fin était avant le début : nous les avons échangés."),
    Said.CUT: lazy_gettext(
        "Les mois à venir ne comptent pas encore : la période s’arrête ce mois-ci."
    ),
    Said.LONG: lazy_gettext("Cinq ans au plus à la fois : voici les cinq derniers de la période."),
}


class BoardForm(SearchForm):
    """Filters of the board; an empty choice is everything."""

    programme = SelectField(lazy_gettext("Dispositif"))
    first = SelectField(lazy_gettext("De"))
    last = SelectField(lazy_gettext("À"))
    fund = SelectField(lazy_gettext("Enveloppe"))
    category = SelectField(lazy_gettext("Catégorie"))
    town = SelectField(lazy_gettext("Commune"))
    isolated = SelectField(
        lazy_gettext("Parents"),
        choices=listed(
            [
                ("", lazy_gettext("Tous")),
                ("yes", lazy_gettext("Isolés")),
                ("no", lazy_gettext("Non isolés")),
            ]
        ),
    )


@dataclass(frozen=True)
class Wanted:
    """What is asked. `unknown`: a filter that names nothing of this programme, in words."""

    programme: ProgrammeView
    funds: Sequence[FundView]
    span: Span
    asked: Asked
    unknown: str | None

    @property
    def before(self) -> Asked:
        """The same question, a year before."""
        earlier = self.span.before
        return replace(self.asked, first_day=earlier.first_day, last_day=earlier.last_day)

    @property
    def began(self) -> date:
        """The first day on which the programme gives vouchers."""
        return self.programme.settings.first_day

    @property
    def half_compared(self) -> bool:
        """Whether the programme began after the start of the year before: shares say nothing."""
        return self.before.first_day < self.began.replace(day=1)

    @property
    def filtered(self) -> bool:
        """Whether anything but the months is chosen."""
        return any(
            one is not None
            for one in (
                self.asked.fund_id,
                self.asked.category,
                self.asked.town,
                self.asked.isolated,
            )
        )

    @property
    def about_people(self) -> bool:
        """Whether it is asked of some people or one service: money is not divided so."""
        return any(
            one is not None for one in (self.asked.category, self.asked.town, self.asked.isolated)
        )

    @property
    def said(self) -> list[str]:
        """What was changed of the months that were asked."""
        shown = self.span.months
        days = {"first": formats.day(shown.first_day), "last": formats.day(shown.last_day)}
        return [str(SAID[one]) % days for one in self.span.said if one in SAID]


def wanted(db: Session, *, now: datetime) -> Wanted | None:
    """Return what the address asks; None while there is no programme.

    Raises:
        NoSuchObject: it names no programme.
    """
    programme = programme_asked(db)
    if programme is None:
        return None
    funds = queries.funds(db, FundFilter(programme=programme.public_id)).items
    today = day_in(programme.settings.zone, now)
    span = span_of(request.args.get("first", ""), request.args.get("last", ""), today=today)
    fund, town = request.args.get("fund", ""), request.args.get("town", "").strip()
    nowhere = bool(town) and not homes.lived_in(db, programme.id, town)
    return Wanted(
        programme=programme,
        funds=funds,
        span=span,
        asked=Asked(
            programme_id=programme.id,
            first_day=span.months.first_day,
            last_day=span.months.last_day,
            fund_id=next((one.id for one in funds if one.public_id == fund), None),
            category=request.args.get("category") or None,
            town=None if nowhere else town or None,
            isolated=SIDES.get(request.args.get("isolated", "")),
        ),
        unknown=_unknown(funds) or (_nobody_in(town) if nowhere else None),
    )


def shortcuts(span: Span) -> list[tuple[str, str, str, bool]]:
    """Return spans somebody often wants: words, first month, last month, and whether it is this."""
    this = span.today.replace(day=1)
    quarter = this.replace(month=this.month - (this.month - 1) % MONTHS_OF_A_QUARTER)
    new_year = this.replace(month=1)
    spans = (
        (_("Ce mois"), this, this),
        (_("Ce trimestre"), quarter, this),
        (_("Cette année"), new_year, this),
        (_("Douze mois"), add_months(this, 1 - USUAL_MONTHS), this),
        (_("L’an dernier"), add_months(new_year, -USUAL_MONTHS), add_months(new_year, -1)),
    )
    shown = (_code(span.months.first_day), _code(span.months.last_day))
    return [
        (words, _code(first), _code(last), (_code(first), _code(last)) == shown)
        for words, first, last in spans
    ]


def programme_asked(db: Session) -> ProgrammeView | None:
    """Return the programme of the address, else the latest open one; None while there is none.

    Raises:
        NoSuchObject: the address names no programme.
    """
    named = request.args.get("programme", "")
    if named:
        return queries.programme(db, named)
    found = queries.programmes(db).items
    return next((one for one in found if one.closed_at is None), found[0] if found else None)


def _unknown(funds: Sequence[FundView]) -> str | None:
    fund, category, isolated = (
        request.args.get(name, "") for name in ("fund", "category", "isolated")
    )
    if fund and fund not in {one.public_id for one in funds}:
        return _("Cette enveloppe n’est pas dans ce dispositif.")
    if category and category not in {value for value, _label in categories.choices()}:
        return _("Cette catégorie n’existe pas.")
    if isolated and isolated not in SIDES:
        return _("Choisissez « Isolés » ou « Non isolés ».")
    return None


def _nobody_in(town: str) -> str:
    return _("Aucun parent n’habite « %(town)s ».", town=town[:LONGEST_SAID])


def form_of(db: Session, asked: Wanted, towns: Sequence[str]) -> BoardForm:
    """Return the filters as they are set, with what may be chosen."""
    span = asked.span.months
    form = BoardForm(request.args)
    form.programme.choices = listed(queries.programme_names(db))
    form.fund.choices = listed(
        [("", _("Toutes")), *((one.public_id, one.title) for one in asked.funds)]
    )
    form.category.choices = listed([("", _("Toutes")), *categories.choices()])
    chosen_town = asked.asked.town
    names = sorted({*towns, chosen_town} if chosen_town else set(towns))
    form.town.data = chosen_town or ""
    form.town.choices = listed([("", _("Toutes")), *((name, name) for name in names)])
    months = _months(asked, span)
    form.first.choices = form.last.choices = listed(months)
    form.programme.data = asked.programme.public_id
    form.first.data, form.last.data = _code(span.first_day), _code(span.last_day)
    return form


def _months(asked: Wanted, span: Period) -> list[tuple[str, str]]:
    """Every month from the programme's first to this one, newest first, and those asked for."""
    newest = max(asked.span.today, span.last_day).replace(day=1)
    oldest = min(asked.programme.settings.first_day, span.first_day, newest).replace(day=1)
    days: list[date] = []
    while newest >= oldest and len(days) < 2 * MOST_MONTHS:
        days.append(newest)
        newest = add_months(newest, -1)
    return [(_code(day), formats.month(day)) for day in days]


def _code(day: date) -> str:
    return f"{day:%Y-%m}"
