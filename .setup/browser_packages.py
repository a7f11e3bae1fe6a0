"""Install the npm lock and copy what pages and documents load into static/vendor/.

Every copy carries the version in its name, so it can be cached for ever, and stands beside its
licence. A machine without Node ≥ 20 gets one from PyPI, inside .venv.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "static" / "vendor"
MODULES = HERE / "node_modules"
OLDEST_NODE = 20

COPIES = {
    # The letters of our PDF documents (repit/integrations/pdf.py); no page loads them.
    "@expo-google-fonts/noto-sans": {
        "400Regular/NotoSans_400Regular.ttf": "noto-sans-{version}.regular.ttf",
        "700Bold/NotoSans_700Bold.ttf": "noto-sans-{version}.bold.ttf",
        "LICENSE_FONT": "noto-sans-{version}.LICENSE.txt",
    },
    "@expo-google-fonts/noto-sans-arabic": {
        "400Regular/NotoSansArabic_400Regular.ttf": "noto-sans-arabic-{version}.regular.ttf",
        "700Bold/NotoSansArabic_700Bold.ttf": "noto-sans-arabic-{version}.bold.ttf",
        "LICENSE_FONT": "noto-sans-arabic-{version}.LICENSE.txt",
    },
    "htmx.org": {
        "dist/htmx.min.js": "htmx-{version}.min.js",
        "LICENSE": "htmx-{version}.LICENSE.txt",
    },
    "zxing-wasm": {
        "dist/iife/reader/index.js": "zxing-reader-{version}.js",
        "dist/reader/zxing_reader.wasm": "zxing_reader-{version}.wasm",
        "LICENSE": "zxing-reader-{version}.LICENSE.txt",
        "README.md": "zxing-reader-{version}.NOTICE.md",  # names zxing-cpp, Apache-2.0
    },
}


def machine_has_node() -> bool:
    """Tell whether npm and a recent enough Node are on the PATH."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def install_node() -> None:
    """Put Node of the lock into the environment this script runs in."""
    print("No Node ≥ 20 on this machine: installing one from PyPI", flush=True)
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check"]
    lock = str(HERE / "requirements-node.txt")
    subprocess.run([*pip, "install", "--require-hashes", "-r", lock], check=True)


def install_packages() -> None:
    """Install exactly the npm lock; no package runs code of its own."""
    environment = dict(os.environ)
    if not machine_has_node():
        install_node()
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        sys.exit("Node came without npm: install Node 20 or newer, then run make again.")
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=HERE,
        env=environment,
        check=True,
    )


def copy_package(name: str) -> dict[str, str]:
    """Copy one package's files and return the SHA-256 of each copy."""
    version = json.loads((MODULES / name / "package.json").read_text())["version"]
    digests = {}
    for source, target in COPIES[name].items():
        copy = VENDOR / target.format(version=version)
        shutil.copyfile(MODULES / name / source, copy)
        digests[copy.name] = hashlib.sha256(copy.read_bytes()).hexdigest()
    return digests


def main() -> None:
    """Fill static/vendor/ anew; CONTENTS.json is written last and says the rest is complete."""
    install_packages()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    contents = {name: copy_package(name) for name in COPIES}
    (VENDOR / "CONTENTS.json").write_text(json.dumps(contents, indent=2) + "\n")


if __name__ == "__main__":
    main()
