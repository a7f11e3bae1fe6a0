"""A funder's releases: what was approved for its funds, frozen, on screen and as files."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from repit.domain.releases import published
from repit.domain.releases.published import Published
from repit.web import database
from repit.web.funders.room import funder_id, room
from repit.web.release_files.files import kinds, release_file
from repit.web.release_pages import release_page

blueprint = room("funders_releases", __name__, "/financeur/publications")


@blueprint.get("/")
def list_releases() -> ResponseReturnValue:
    found = published.own_releases(database.session(), funder_id())
    return render_template("funders/releases.html", releases=found)


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    release = _own(public_id)
    return render_template(
        "funders/release.html",
        release=release,
        files=[
            (url_for(".download", public_id=public_id, kind=kind), name, use)
            for kind, name, use in kinds()
        ],
        **release_page(
            release.content,
            number=release.number,
            sha256=release.sha256,
            approved_at=release.approved_at,
        ),
    )


@blueprint.get("/<public_id>/fichier/<kind>")
def download(public_id: str, kind: str) -> ResponseReturnValue:
    release = _own(public_id)
    return release_file(
        release.content,
        kind=kind,
        number=release.number,
        sha256=release.sha256,
        approved_at=release.approved_at,
    )


def _own(public_id: str) -> Published:
    """Return a release of this funder's; of another's there is nothing here."""
    return published.own_release(database.session(), funder_id(), public_id)
