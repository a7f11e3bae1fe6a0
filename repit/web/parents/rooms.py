"""Every part of the site that parents use."""

from flask import Blueprint

from repit.web.parents import children, finding, paper, showing, wallet

ROOMS: tuple[Blueprint, ...] = (
    wallet.blueprint,
    showing.blueprint,
    paper.blueprint,
    finding.blueprint,
    children.blueprint,
)
