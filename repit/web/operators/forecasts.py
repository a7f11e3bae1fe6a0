"""If nothing changes: when each fund runs out, and which vouchers lapse."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from wtforms import SelectField

from repit.domain import clock
from repit.domain.periods import Period, add_months
from repit.domain.programmes import queries
from repit.domain.reports.forecast import Ending, Forecast, FundForecast, forecast
from repit.domain.reports.pace import Answer, End, months_of
from repit.integrations.plots import Series
from repit.web import database, formats, plots
from repit.web.exports import csv_file, euros
from repit.web.fields import listed
from repit.web.forms import SearchForm
from repit.web.operators.board_asking import programme_asked
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting

blueprint = room("operators_forecast", __name__, "/porteur/tableau-de-bord/previsions")


class ForecastForm(SearchForm):
    programme = SelectField(lazy_gettext("Dispositif"))


@blueprint.get("/")
def show_forecast() -> ResponseReturnValue:
    db = database.session()
    programme = programme_asked(db)
    if programme is None:
        return render_template("operators/board/none.html")
    found = forecast(db, programme, now=clock.now())
    if exporting():
        return _csv(found)
    form = ForecastForm(request.args)
    form.programme.choices = listed(queries.programme_names(db))
    form.programme.data = programme.public_id
    return render_template(
        "operators/board/forecast.html",
        programme=programme,
        form=form,
        found=found,
        plots={one.fund.id: _plot(one) for one in found.funds if _has_plot(one)},
        end_words=end_words,
        issue_words=issue_words,
        ending_words=ending_words,
    )


def issue_words(one: FundForecast) -> tuple[str, str]:
    """Return when a fund has nothing more to issue, and why that is said."""
    left = formats.money(one.numbers.available)
    if one.issued is None:
        return end_words(one.no_more_to_issue), _("%(left)s disponibles", left=left)
    if one.issued > 0:
        pace = formats.money(one.issued)
        words = _("%(left)s disponibles, %(pace)s émis par mois", left=left, pace=pace)
        return end_words(one.no_more_to_issue), words
    if one.no_more_to_issue.answer is Answer.GONE:
        return end_words(one.no_more_to_issue), _("%(left)s disponibles", left=left)
    if not one.given:
        words = _("%(left)s disponibles. Aucun chèque émis en trois mois.", left=left)
        return _("on ne peut pas le dire"), words
    return _("on ne peut pas le dire"), _(
        "%(left)s disponibles. En trois mois, les chèques périmés ou annulés ont rendu autant"
        " d’argent que les nouveaux chèques en ont pris, ou plus.",
        left=left,
    )


def end_words(end: End) -> str:
    """Return when something is used up, as far as it can be said."""
    match end.answer:
        case Answer.DAY if end.day:
            return _("vers %(month)s", month=formats.month(end.day))
        case Answer.GONE:
            return _("il n’y en a plus")
        case Answer.NEVER:
            return _("pas avant dix ans")
        case _:
            return _("pas assez de recul")


def ending_words(one: Ending, found: Forecast) -> str:
    """Return « mars 2027 », or that the day is over and only providers may still claim."""
    if one.month < found.today.replace(day=1):
        return _("%(month)s (encore réclamables)", month=formats.month(one.month))
    return formats.month(one.month)


def _has_plot(one: FundForecast) -> bool:
    return one.use is not None and bool(one.endings)


def _plot(one: FundForecast) -> Markup:
    months = months_of(Period(one.endings[0].month, add_months(one.endings[-1].month, 1)))[:-1]
    ended = {ending.month: ending for ending in one.endings}
    found = [ended.get(month.first_day) for month in months]
    lapsing = [(ending.lapsing or 0) if ending else 0 for ending in found]
    used = [
        ending.vouchers - lost if ending else 0 for ending, lost in zip(found, lapsing, strict=True)
    ]
    return plots.stacked(
        _("Chèques ouverts par mois de fin, %(fund)s", fund=one.fund.title),
        _("Ce qui serait utilisé et ce qui serait périmé. Les nombres sont dans le tableau."),
        [formats.short_month(month.first_day) for month in months],
        [Series(_("Seraient utilisés"), used), Series(_("Seraient périmés"), lapsing)],
    )


def _csv(found: Forecast) -> ResponseReturnValue:
    columns = [
        _("Enveloppe"), _("Financeur"), _("Derniers jours en"), _("Chèques ouverts"), _("Valeur"),
        _("Seraient périmés, environ"), _("Valeur périmée, environ"),
    ]  # fmt: skip
    rows = [
        (
            one.fund.title,
            one.fund.funder_name,
            f"{ending.month:%Y-%m}",
            ending.vouchers,
            euros(ending.cents),
            ending.lapsing,
            None if ending.lapsing_cents is None else euros(ending.lapsing_cents),
        )
        for one in found.funds
        for ending in one.endings
    ]
    return csv_file("previsions", columns, rows)
