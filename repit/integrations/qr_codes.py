"""QR codes as drawing data: a page gives them their markup, always black on white."""

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

SMALLEST_VERSION = 3  # 29 modules: « HTTPS://HOST/V/XXXXXXXXXXXX » in letters and digits
QUIET_ZONE = 4
MASK = 2  # trying all eight takes eight times as long, for codes that read as well


@dataclass(frozen=True)
class QrDrawing:
    """`path`: the dark modules as one SVG path; `modules`: the side with its quiet zone."""

    path: str
    modules: int


def voucher_address(public_url: str, code: str) -> str:
    """Return what the QR of a code says: an address in capitals, which makes it smaller."""
    return f"{public_url.rstrip('/')}/V/{code}".upper()


def draw(text: str) -> QrDrawing:
    """Return the drawing of a text; a larger one when the text does not fit."""
    code = QRCode(
        version=SMALLEST_VERSION,
        error_correction=ERROR_CORRECT_M,
        border=QUIET_ZONE,
        mask_pattern=MASK,
    )
    code.add_data(text, optimize=0)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(_runs(y, row) for y, row in enumerate(rows))
    return QrDrawing(path=path, modules=len(rows))


def _runs(y: int, row: list[bool]) -> str:
    """Return one rectangle for each run of dark modules."""
    drawn = []
    start = None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        if not dark and start is not None:
            drawn.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(drawn)
