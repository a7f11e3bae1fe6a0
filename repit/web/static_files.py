"""Addresses of static files that change with their content, so browsers keep them a year."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask

ONE_YEAR = 31_536_000


def register(app: Flask) -> None:
    """Add `?v=` to every `url_for("static", …)`, and let browsers keep the file."""
    folder = Path(app.static_folder or "")
    versions: dict[str, str] = {}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0 if app.debug else ONE_YEAR

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "v" in values:
            return
        name = str(values["filename"])
        if name not in versions or app.debug:
            versions[name] = _version(folder / name)
        if versions[name]:
            values["v"] = versions[name]


def _version(path: Path) -> str:
    if not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
