"""The keys of a demo, made once and kept beside its database."""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

NAMES = ("REPIT_SECRET_KEY", "REPIT_CODE_KEY")
FILE = "demo-keys.json"


def load(instance: Path) -> dict[str, str]:
    """Return the demo's keys, making them the first time."""
    if not (instance / FILE).exists():
        _make(instance)
    return known(instance)


def known(instance: Path) -> dict[str, str]:
    """Return the keys a demo left here, or nothing."""
    path = instance / FILE
    if not path.exists():
        return {}
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def _make(instance: Path) -> None:
    instance.mkdir(parents=True, exist_ok=True)
    keys = {
        "REPIT_SECRET_KEY": secrets.token_urlsafe(48),
        "REPIT_CODE_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = instance / f"{FILE}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(keys, indent=2))
    try:
        (instance / FILE).hardlink_to(draft)  # the first worker to arrive decides for all
    except FileExistsError:
        return
    finally:
        draft.unlink()
