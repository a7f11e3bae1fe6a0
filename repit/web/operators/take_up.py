"""Who has a right and what came of it: the number that says whom the programme does not reach."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from repit.domain import clock
from repit.domain.reports.take_up import STAGES, TakeUp, take_up
from repit.integrations.plots import Series
from repit.web import database, plots
from repit.web.exports import csv_file
from repit.web.operators.board_asking import form_of, shortcuts, wanted
from repit.web.operators.board_sheets import Column, Row, Sheet
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting
from repit.web.words import indicator_parts, indicators

blueprint = room("operators_take_up", __name__, "/porteur/tableau-de-bord/recours")


@blueprint.get("/")
def show_take_up() -> ResponseReturnValue:
    """Show the months asked for; other filters of the board do not divide rights."""
    db = database.session()
    asked = wanted(db, now=clock.now())
    if asked is None:
        return render_template("operators/board/none.html")
    found = None if asked.span.future else take_up(db, asked.programme, asked.span.months)
    sheet = _sheet(found) if found else None
    if exporting() and sheet:
        names, rows = sheet.lines()
        return csv_file("recours", names, rows)
    return render_template(
        "operators/board/take_up.html",
        wanted=asked,
        form=form_of(db, asked, ()),
        shortcuts=shortcuts(asked.span),
        found=found,
        sheet=sheet,
        drawing=_plot(found) if found and found.entitled else None,
        definition=indicators.definition("take_up"),
    )


def _sheet(found: TakeUp) -> Sheet:
    titles = (
        indicator_parts.begun("isolated", "yes"),
        indicator_parts.begun("isolated", "no"),
        _("Total"),
    )
    sides = (found.isolated, found.others)
    return Sheet(
        key="recours",
        title=_("Ce que sont devenus les droits"),
        head=indicator_parts.dimension("stage"),
        columns=tuple(Column(title, "") for title in titles),
        rows=(
            *(
                Row(
                    indicator_parts.begun("stage", stage),
                    (*(side[stage] for side in sides), sum(side[stage] for side in sides)),
                )
                for stage in STAGES
            ),
            Row(
                _("Total"),
                (*(sum(side.values()) for side in sides), found.entitled),
                total=True,
            ),
        ),
    )


def _plot(found: TakeUp) -> Markup:
    sides = (found.isolated, found.others)
    return plots.stacked(
        _("Ce que sont devenus les droits"),
        _("Foyers isolés et non isolés, selon ce qu’ils ont fait de leur droit."),
        [indicator_parts.begun("isolated", code) for code in ("yes", "no")],
        [
            Series(indicator_parts.begun("stage", stage), [side[stage] for side in sides])
            for stage in STAGES
        ],
    )
