"""The latest release of a programme, for anybody, where its operator turned that page on."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from repit.domain.errors import NoSuchObject
from repit.domain.releases import published
from repit.domain.releases.published import Published
from repit.web import database
from repit.web.access import ANYONE, require
from repit.web.release_files.files import kinds, release_file
from repit.web.release_pages import release_page

blueprint = Blueprint("public_figures", __name__, url_prefix="/chiffres")
blueprint.before_request(require(ANYONE))
FILES = ("csv", "json")
"""Light to write: nobody has to sign in to ask for them."""


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    release = _latest(public_id)
    return render_template(
        "public/figures.html",
        files=[
            (url_for(".download", public_id=public_id, kind=kind), name, use)
            for kind, name, use in kinds()
            if kind in FILES
        ],
        **release_page(
            release.content,
            number=release.number,
            sha256=release.sha256,
            approved_at=release.approved_at,
        ),
    )


@blueprint.get("/<public_id>/<kind>")
def download(public_id: str, kind: str) -> ResponseReturnValue:
    if kind not in FILES:
        raise NoSuchObject
    release = _latest(public_id)
    return release_file(
        release.content,
        kind=kind,
        number=release.number,
        sha256=release.sha256,
        approved_at=release.approved_at,
    )


def _latest(public_id: str) -> Published:
    return published.latest_public(database.session(), public_id)
