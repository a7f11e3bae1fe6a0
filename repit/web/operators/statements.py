"""A settlement statement, as the operator opens it to answer its provider."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain.settlements.queries import Paid, paid_in_all
from repit.domain.settlements.statements import Heading, statement, statements
from repit.web import database
from repit.web import statements as shown
from repit.web.exports import csv_file, euros
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, page_number
from repit.web.operators.providers import found as provider_found

blueprint = room("operators_statements", __name__, "/porteur/decomptes")


@blueprint.app_template_filter("statement_name")
def statement_name(heading: Heading | Paid) -> str:
    """Return « Décompte n° 12 »."""
    return shown.name(heading)


@blueprint.app_template_filter("payout_state")
def payout_state(state: str) -> tuple[str, str, str]:
    """Return a payout's state in words, its tone and its icon."""
    return shown.state_words(state)


@blueprint.get("/prestataire/<public_id>")
def list_statements(public_id: str) -> ResponseReturnValue:
    """Show every payout to one provider, those that came back too."""
    provider = provider_found(public_id)
    db = database.session()
    if exporting():
        return _csv(statements(db, provider_id=provider.id).items)
    page = statements(db, provider_id=provider.id, number=page_number())
    return render_template(
        "operators/accounting/statements.html",
        provider=provider,
        page=page,
        paid=paid_in_all(db, provider.id),
        count_words=ngettext("%(num)d virement", "%(num)d virements", page.total),
    )


def _csv(rows: Sequence[Heading]) -> ResponseReturnValue:
    columns = [
        _("Décompte"), _("Date"), _("État"), _("Référence"), _("Encaissements"), _("Montant"),
    ]  # fmt: skip
    lines = (
        (
            shown.name(row), row.day, shown.state_words(row.state)[0], row.reference, row.lines,
            euros(row.amount),
        )
        for row in rows
    )  # fmt: skip
    return csv_file("virements", columns, lines)


@blueprint.get("/<public_id>")
def show_statement(public_id: str) -> ResponseReturnValue:
    found = statement(database.session(), public_id)
    wanted = request.args.get("format")
    if wanted == "csv":
        return shown.csv_of(found)
    if wanted == "pdf":
        return shown.paper_of(found)
    return render_template(
        "operators/accounting/statement.html",
        statement=found,
        title=shown.name(found.heading),
        happened=shown.what_happened(found),
        facts_shown=shown.facts(found),
        state=shown.state_words(found.heading.state),
    )
