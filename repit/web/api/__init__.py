"""The API for providers' own software, version 1: bearer tokens, no cookie.

`lane` takes vouchers before Flask is asked (repit/decisions/0014-a-lane-before-flask.md);
`views` answers the rest, refusals included. `schema`, `kinds` and `operations` are the one
source of the checks, the OpenAPI document and the readable page.
"""
