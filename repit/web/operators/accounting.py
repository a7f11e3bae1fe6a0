"""The books: what each account held and how it moved, and the journal as files."""

from collections.abc import Iterator

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain import clock
from repit.domain.accounting import queries, service
from repit.domain.accounting.errors import IdentifierMissing
from repit.domain.accounting.journal import Entry, entries
from repit.domain.accounting.queries import AccountBalance, Books
from repit.domain.accounting.rules import Frame
from repit.domain.errors import NoSuchObject
from repit.domain.periods import Period
from repit.domain.programmes.queries import ProgrammeView, programmes
from repit.integrations import fec
from repit.web import database
from repit.web.access import actor
from repit.web.exports import Value, csv_file, csv_stream, euros, streamed
from repit.web.fields import listed
from repit.web.forms import chosen, given, received
from repit.web.operators.accounting_forms import (
    FRAME_NAMES,
    KINDS,
    BalanceSearch,
    BooksForm,
    proposed,
    shown_in_form,
)
from repit.web.operators.acting import made, today
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting

blueprint = room("operators_accounting", __name__, "/porteur/comptabilite")

BEHIND = {
    # kind of balance: the number of a fund whose transfers it is the sum of
    "available": "disponible",
    "outstanding": "engage",
    "transit": "en-virement",
    "bank": "verse",
    "family_share": "engage",
}


@blueprint.app_template_filter("balance_kind")
def balance_kind(kind: str) -> str:
    """Return « Engagé »."""
    return str(KINDS[kind][0])


@blueprint.app_template_filter("balance_meaning")
def balance_meaning(kind: str) -> str:
    """Return « chèques émis, pas encore dépensés »."""
    return str(KINDS[kind][1])


@blueprint.get("/")
def show_balance() -> ResponseReturnValue:
    db = database.session()
    form, shown = _search()
    if not shown:
        return render_template("operators/accounting/none.html")
    if not form.is_readable():
        return _unreadable(form)
    of, period, books = _asked(form, shown)
    found = queries.trial_balance(db, of.id, of.settings.zone, period, books.chart)
    if exporting():
        return _balance_csv(found)
    return render_template(
        "operators/accounting/balance.html",
        form=form,
        programme=of,
        period=period,
        books=books,
        balances=found,
        total=queries.total(found),
        asked=_address(of, period),
    )


@blueprint.get("/compte/<kind>")
def show_account(kind: str) -> ResponseReturnValue:
    if kind not in KINDS:
        abort(404)
    form, programmes_shown = _search()
    if not form.is_readable():
        return _unreadable(form)
    of, period, books = _asked(form, programmes_shown)
    found = queries.trial_balance(database.session(), of.id, of.settings.zone, period, books.chart)
    shown = [one for one in found if one.kind == kind]
    parts = len(shown[0].lines) if shown else 0
    return render_template(
        "operators/accounting/account.html",
        kind=kind,
        programme=of,
        period=period,
        balance=shown[0] if shown else None,
        asked=_address(of, period),
        behind=BEHIND.get(kind),
        count_words=ngettext("%(num)s ligne", "%(num)s lignes", parts),
    )


@blueprint.get("/journal")
def export_journal() -> ResponseReturnValue:
    """Give the journal of a period as a file: `?format=fec`, or plain CSV."""
    form, shown = _search()
    if not form.is_readable():
        return _unreadable(form)
    of, period, books = _asked(form, shown)
    found = entries(database.session(), of.id, of.settings.zone, period, books.chart)
    if request.args.get("format") != "fec":
        return _journal_csv(found)
    if books.identifier is None:
        raise IdentifierMissing
    return streamed(
        fec.file_name(books.identifier, period.last_day), fec.CONTENT_TYPE, _fec_parts(found)
    )


@blueprint.route("/plan", methods=["GET", "POST"])
def settle_books() -> ResponseReturnValue:
    db = database.session()
    books = queries.books(db)
    form = BooksForm(received(), data=_start(books))
    if request.method == "POST" and made(
        form,
        lambda db: service.settle_books(
            db,
            Frame(given(form.frame.data)),
            form.identifier.data,
            {kind: form.chart()[kind.value] for kind in books.chart},
            confirmed=bool(form.confirmed.data),
            actor=actor(),
            now=clock.now(),
        ),
        beside="identifier",
    ):
        flash(_("Les comptes sont enregistrés."), "done")
        return redirect(url_for(".show_balance"), 303)
    faces = [
        (url_for(".settle_books", depart=frame.value), str(name), form.frame.data == frame, None)
        for frame, name in FRAME_NAMES.items()
    ]
    page = render_template(
        "operators/accounting/books.html", form=form, books=books, faces=faces, kinds=KINDS
    )
    return page, 422 if form.errors else 200


def _start(books: Books) -> dict[str, object]:
    """Return what the form starts with: what is kept, or a proposal to start again from."""
    asked = request.args.get("depart")
    if asked not in set(Frame) or asked == books.frame:
        return shown_in_form(books)
    return shown_in_form(books) | proposed(Frame(asked)) | {"frame": asked, "confirmed": False}


def _search() -> tuple[BalanceSearch, list[ProgrammeView]]:
    """Return what is asked, and the programmes it can be asked of, the latest first."""
    shown = programmes(database.session()).items
    form = BalanceSearch(request.args)
    form.dispositif.choices = listed((one.public_id, one.name) for one in shown)
    return form, shown


def _unreadable(form: BalanceSearch) -> ResponseReturnValue:
    """Show no figure for days that are no period, and what is wrong with them."""
    chosen(form.dispositif)
    return render_template("operators/accounting/unreadable.html", form=form), 422


def _asked(form: BalanceSearch, shown: list[ProgrammeView]) -> tuple[ProgrammeView, Period, Books]:
    """Return the programme, the period and the books an address asks for; the latest by default."""
    if not shown:
        raise NoSuchObject
    wanted = chosen(form.dispositif) or shown[0].public_id
    form.dispositif.data = wanted
    period = form.period(today())
    form.first_day.data, form.last_day.data = period.first_day, period.last_day
    of = next(one for one in shown if one.public_id == wanted)
    return of, period, queries.books(database.session())


def _address(of: ProgrammeView, period: Period) -> dict[str, str]:
    return {
        "dispositif": of.public_id,
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
    }


def _balance_csv(balances: list[AccountBalance]) -> ResponseReturnValue:
    columns = [
        _("Compte"), _("Intitulé"), _("Auxiliaire"), _("Nom"), _("Solde d’ouverture"),
        _("Débit"), _("Crédit"), _("Solde de clôture"),
    ]  # fmt: skip
    lines = [
        (
            one.account.number,
            one.account.label,
            line.party.key,
            line.party.name,
            euros(line.opening),
            euros(line.debits),
            euros(line.credits),
            euros(line.closing),
        )
        for one in balances
        for line in one.lines
    ]
    return csv_file("balance", columns, lines)


def _journal_csv(found: Iterator[Entry]) -> ResponseReturnValue:
    columns = [
        _("Journal"), _("Écriture"), _("Date"), _("Compte"), _("Intitulé"), _("Auxiliaire"),
        _("Nom"), _("Pièce"), _("Date de la pièce"), _("Libellé"), _("Débit"), _("Crédit"),
    ]  # fmt: skip
    return csv_stream("journal-comptable", columns, (_csv_line(entry) for entry in found))


def _csv_line(entry: Entry) -> tuple[Value, ...]:
    return (
        entry.journal.label,
        entry.number,
        entry.day,
        entry.account.number,
        entry.account.label,
        entry.party.key,
        entry.party.name,
        entry.reference,
        entry.reference_day,
        entry.label,
        euros(entry.debit),
        euros(entry.credit),
    )


LINES_TOGETHER = 500


def _fec_parts(found: Iterator[Entry]) -> Iterator[bytes]:
    some = [fec.heading()]
    for entry in found:
        some.append(fec.written(entry))
        if len(some) >= LINES_TOGETHER:
            yield b"".join(some)
            some = []
    yield b"".join(some)
