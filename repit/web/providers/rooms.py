"""Every part of the site that providers use, and the door their phones' cameras open."""

from flask import Blueprint

from repit.web.providers import account, bank, care, connect, door, statements, takings, views

ROOMS: tuple[Blueprint, ...] = (
    door.blueprint,
    views.blueprint,
    takings.blueprint,
    care.blueprint,
    account.blueprint,
    bank.blueprint,
    connect.blueprint,
    statements.blueprint,
)
