"""Who did it: a person, a device of a provider, or a job of the operator."""

from typing import NewType

Actor = NewType("Actor", str)
"""`person:12`, `device:7`, `job:3`, `link` or `command`: kept with every transfer and event."""

COMMAND = Actor("command")
LINK = Actor("link")
"""Whoever held a signed link that we sent; nobody had to sign in."""


def person(person_id: int) -> Actor:
    return Actor(f"person:{person_id}")


def device(device_id: int) -> Actor:
    return Actor(f"device:{device_id}")


def job(job_id: int) -> Actor:
    return Actor(f"job:{job_id}")


def person_id_of(actor: Actor) -> int | None:
    """Return the person who acts, if it is one."""
    kind, _, number = actor.partition(":")
    return int(number) if kind == "person" else None
