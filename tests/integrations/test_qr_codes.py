import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from repit.integrations.qr_codes import QUIET_ZONE, QrDrawing, draw, voucher_address

SCALE = 6


def painted(drawing: QrDrawing) -> Image.Image:
    """Paint the path as a browser would: black rectangles on white."""
    picture = Image.new("L", (drawing.modules * SCALE,) * 2, 255)
    pencil = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawing.path):
        left, top = int(x) * SCALE, int(y) * SCALE
        pencil.rectangle(
            (left, top, left + int(width) * SCALE - 1, top + SCALE - 1),
            fill=0,
        )
    return picture


def test_the_drawing_of_an_address_reads_back() -> None:
    address = voucher_address("https://repit.exemple-ville.fr/", "7F3K9QWM2XTR")

    drawing = draw(address)

    [read] = zxingcpp.read_barcodes(painted(drawing))
    assert read.text == "HTTPS://REPIT.EXEMPLE-VILLE.FR/V/7F3K9QWM2XTR"
    assert drawing.modules == 29 + 2 * QUIET_ZONE


def test_a_long_address_gets_a_larger_drawing_that_still_reads() -> None:
    address = voucher_address(f"https://{'longue-' * 8}commune.exemple.fr", "7F3K9QWM2XTR")

    drawing = draw(address)

    assert drawing.modules > 29 + 2 * QUIET_ZONE
    [read] = zxingcpp.read_barcodes(painted(drawing))
    assert read.text == address


@pytest.mark.parametrize("edge", ["first", "last"])
def test_nothing_is_drawn_in_the_quiet_zone(edge: str) -> None:
    drawing = draw(voucher_address("http://127.0.0.1:5000", "7F3K9QWM2XTR"))
    picture = painted(drawing)
    side = QUIET_ZONE * SCALE
    start = 0 if edge == "first" else picture.width - side

    assert picture.crop((start, 0, start + side, picture.height)).getextrema() == (255, 255)
    assert picture.crop((0, start, picture.width, start + side)).getextrema() == (255, 255)
