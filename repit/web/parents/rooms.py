"""Every part of the site that parents use."""

from flask import Blueprint

from repit.web.parents import bookings, children, finding, paper, showing, wallet, workshops

ROOMS: tuple[Blueprint, ...] = (
    wallet.blueprint,
    showing.blueprint,
    paper.blueprint,
    finding.blueprint,
    children.blueprint,
    workshops.blueprint,
    workshops.care,
    bookings.blueprint,
)
