"""The operator's live board: every figure of a programme, as of this moment."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from repit.domain import clock
from repit.domain.figures import homes
from repit.web import database
from repit.web.exports import csv_file
from repit.web.operators.board_activity import activity_sheets
from repit.web.operators.board_asking import Wanted, form_of, shortcuts, wanted
from repit.web.operators.board_figures import groups_of
from repit.web.operators.board_plots import drawn_words, plot_of
from repit.web.operators.board_reading import Reading, read
from repit.web.operators.board_sheets import Sheet, sheets_of
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting

blueprint = room("operators_board", __name__, "/porteur/tableau-de-bord")


@blueprint.get("/")
def show_board() -> ResponseReturnValue:
    """Show the figures asked for, or one of their tables as a file."""
    db, now = database.session(), clock.now()
    asked = wanted(db, now=now)
    if asked is None:
        return render_template("operators/board/none.html")
    if asked.unknown:
        return _page(asked), 404
    if asked.span.future:
        return _page(asked)
    reading = read(db, asked, now=now)
    sheets = sheets_of(reading) | activity_sheets(reading)
    if exporting():
        return _file(sheets)
    if reading.empty:
        return _page(asked, reading)
    return _page(
        asked,
        reading,
        groups=groups_of(reading),
        sheets={
            key: (sheet, plot_of(sheet, reading), drawn_words(sheet))
            for key, sheet in sheets.items()
        },
    )


def _page(asked: Wanted, reading: Reading | None = None, **shown: object) -> str:
    db = database.session()
    towns = reading.board.towns if reading else homes.towns(db, asked.programme.id)
    return render_template(
        "operators/board/show.html",
        wanted=asked,
        form=form_of(db, asked, towns),
        reading=reading,
        shortcuts=shortcuts(asked.span),
        **shown,
    )


def _file(sheets: dict[str, Sheet]) -> ResponseReturnValue:
    """A table with no rows is no file: nothing on the page leads there."""
    sheet = sheets.get(request.args.get("table", ""))
    if sheet is None:
        abort(404)
    names, rows = sheet.lines()
    return csv_file(f"tableau-de-bord-{sheet.key}", names, rows)
