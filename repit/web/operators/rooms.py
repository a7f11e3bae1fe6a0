"""Every room of the operator's pages, for the application to register."""

from flask import Blueprint

from repit.web.operators.imports import blueprint as imports
from repit.web.operators.parent_family import blueprint as family
from repit.web.operators.parents import blueprint as parents
from repit.web.operators.provider_rights import blueprint as rights
from repit.web.operators.providers import blueprint as providers

ROOMS: tuple[Blueprint, ...] = (parents, imports, family, providers, rights)
