"""Where vouchers can be used: by town and by what one needs."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from repit.domain.categories import Category
from repit.domain.providers.finding import places, town_of
from repit.web import database
from repit.web.forms import chosen
from repit.web.parents.forms import FindForm
from repit.web.parents.frame import parent_id, room, today

blueprint = room("parent_finding")


@blueprint.get("/trouver")
def listing() -> ResponseReturnValue:
    db = database.session()
    form = FindForm(request.args)
    if "ville" not in request.args:
        form.ville.data = town_of(db, parent_id())
    need = chosen(form.besoin)
    category = Category(need) if need else None
    everywhere = [place for place in places(db, today=today()) if place.offers_one_of(category)]
    return render_template(
        "parents/find.html",
        form=form,
        town=form.ville.data,
        places=[place for place in everywhere if place.is_in(form.ville.data or "")],
        everywhere=len(everywhere),
        towns=sorted({place.town for place in everywhere}),
    )
