"""How the imitation says no: Stripe's status, kind and code."""

from typing import Any

FORMAL = {"parameter_missing", "parameter_unknown", "parameter_invalid", "url_unrecognized"}


class StandInRefusal(Exception):
    """One refusal of the imitation, as the library will read it."""

    def __init__(self, code: str, message: str, *, status: int = 400, **more: Any) -> None:
        """Keep what stands in the answer."""
        super().__init__(message)
        self.status = status
        self.error = {"type": "invalid_request_error", "code": code, "message": message, **more}

    @property
    def formal(self) -> bool:
        """Whether the call was refused for its form, before anything was tried."""
        return self.error["code"] in FORMAL


def missing(param: str) -> StandInRefusal:
    """Return the refusal of a call that lacks something."""
    return StandInRefusal("parameter_missing", f"Missing required param: {param}.", param=param)


def unknown(param: str) -> StandInRefusal:
    """Return the refusal of a call that says too much."""
    return StandInRefusal("parameter_unknown", f"Received unknown parameter: {param}", param=param)


def invalid(param: str, why: str) -> StandInRefusal:
    """Return the refusal of a value."""
    return StandInRefusal("parameter_invalid", f"Invalid {param}: {why}", param=param)


def no_such(kind: str, name: object, *, status: int = 404) -> StandInRefusal:
    """Return the refusal of something that does not exist."""
    message = f"No such {kind}: '{name}'"
    return StandInRefusal("resource_missing", message, status=status, param=kind)
