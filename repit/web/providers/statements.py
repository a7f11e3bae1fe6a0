"""A provider's settlement statements: the list, each line by line, and as a file."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from repit.domain.money import Cents
from repit.domain.settlements.statements import open_account, statement, statements
from repit.web import database
from repit.web import statements as shown
from repit.web.providers.frame import provider_id, room, today

blueprint = room("provider_statements", "/prestataire/decomptes")


@blueprint.get("")
def listing() -> ResponseReturnValue:
    db, number = database.session(), max(1, request.args.get("page", 1, type=int))
    found = statements(db, provider_id=provider_id(), number=min(number, 1_000_000))
    due, owed_back = open_account(db, provider_id())
    return render_template(
        "providers/statements.html",
        found=found,
        due=due,
        owed_back=owed_back,
        still=Cents(sum(line.amount for line in (*due, *owed_back))),
        count_words=ngettext("%(num)s décompte", "%(num)s décomptes", found.total),
        name=shown.name,
        state_words=shown.state_words,
        today=today(),
    )


@blueprint.get("/<public_id>")
def one(public_id: str) -> ResponseReturnValue:
    found = statement(database.session(), public_id, provider_id=provider_id())
    wanted = request.args.get("format")
    if wanted == "csv":
        return shown.csv_of(found)
    if wanted == "pdf":
        return shown.paper_of(found)
    return render_template(
        "providers/statement.html",
        statement=found,
        title=shown.name(found.heading),
        happened=shown.what_happened(found),
        facts_shown=shown.facts(found),
        state=shown.state_words(found.heading.state),
    )
