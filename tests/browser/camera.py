"""What Chromium's fake camera films: a code held in front of it, or a bare table."""

import io
from pathlib import Path

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

SIZE = (640, 480)
TABLE = (235, 235, 235)
FRAMES = 3


class Camera:
    """The file the browser films. Show something new before a page opens the camera."""

    def __init__(self, path: Path) -> None:
        """Film a bare table for now."""
        self.path = path
        self.shows_nothing()

    def shows(self, text: str) -> None:
        """Hold a QR code of `text` in front of the camera."""
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=8, border=4)
        code.add_data(text)
        code.make(fit=True)
        self.shows_picture(code.make_image().convert("RGB"))

    def shows_picture(self, picture: Image.Image) -> None:
        """Hold a picture in front of the camera, such as a screenshot of a parent's page."""
        side = int(min(SIZE) * 0.6)
        held = picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
        frame = Image.new("RGB", SIZE, TABLE)
        frame.paste(held, ((SIZE[0] - side) // 2, (SIZE[1] - side) // 2))
        self._film(frame)

    def shows_nothing(self) -> None:
        """Film the bare table."""
        self._film(Image.new("RGB", SIZE, TABLE))

    def _film(self, frame: Image.Image) -> None:
        picture = io.BytesIO()
        frame.save(picture, "JPEG", quality=90, subsampling=2)
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(picture.getvalue() * FRAMES)
        draft.replace(self.path)  # the browser never meets half a film
