"""Every room of the operator's pages, for the application to register."""

from flask import Blueprint

from repit.web.operators.provider_rights import blueprint as rights
from repit.web.operators.providers import blueprint as providers

ROOMS: tuple[Blueprint, ...] = (providers, rights)
