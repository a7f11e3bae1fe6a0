"""Every part of the site that facilitators use."""

from flask import Blueprint

from repit.web.facilitators import referrals, views

ROOMS: tuple[Blueprint, ...] = (views.blueprint, referrals.blueprint)
