"""A Flask route that does nothing: what the server itself costs."""

from flask import Flask, Response

app = Flask("null")
BODY = b'{"id":"00000000-0000-0000-0000-000000000000","vouchers":1,"amount_cents":1000}'


@app.post("/api/v1/redemptions")
def nothing() -> Response:
    return Response(BODY, status=201, mimetype="application/json")
