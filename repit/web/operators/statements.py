"""A settlement statement, as the operator opens it to answer its provider."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from repit.domain.settlements.queries import Paid
from repit.domain.settlements.statements import Heading, statement
from repit.web import database
from repit.web import statements as shown
from repit.web.operators.navigation import room

blueprint = room("operators_statements", __name__, "/porteur/decomptes")


@blueprint.app_template_filter("statement_name")
def statement_name(heading: Heading | Paid) -> str:
    """Return « Décompte n° 12 »."""
    return shown.name(heading)


@blueprint.app_template_filter("payout_state")
def payout_state(state: str) -> tuple[str, str, str]:
    """Return a payout's state in words, its tone and its icon."""
    return shown.state_words(state)


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
