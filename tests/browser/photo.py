"""A photo of a code, as a hand that shakes a little would take it."""

import io

import qrcode
from PIL import Image, ImageFilter
from playwright.sync_api import FilePayload
from qrcode.constants import ERROR_CORRECT_M

TABLE = (205, 200, 190)


def photo_of(text: str, width: int, *, turned: int, blur: int) -> FilePayload:
    """Return a photo of that many pixels across; `turned` in degrees, `blur` in pixels."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=10, border=4)
    code.add_data(text)
    code.make(fit=True)
    side = width // 3
    held = (
        code.make_image()
        .convert("RGB")
        .resize((side, side))
        .rotate(turned, expand=True, fillcolor=TABLE)
    )
    photo = Image.new("RGB", (width, width * 3 // 4), TABLE)
    photo.paste(held, (width // 3, width // 5))
    taken = io.BytesIO()
    photo.filter(ImageFilter.GaussianBlur(blur)).save(taken, "JPEG", quality=80)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}
