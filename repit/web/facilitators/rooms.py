"""Every part of the site that facilitators use."""

from flask import Blueprint

from repit.web.facilitators import views

ROOMS: tuple[Blueprint, ...] = (views.blueprint,)
