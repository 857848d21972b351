"""Build step: third-party scripts and compiled messages, neither of which is in git.

Run by hatchling for every wheel and sdist, and by hand in a checkout:
`python hatch_build.py` (script/up does it). Tarballs are pinned by version and sha512 in
frontend/packages.lock.json; what is present already is reused, so an installed sdist or
wheel needs neither Node nor network.
"""

import base64
import hashlib
import io
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "frontend" / "packages.lock.json"
VENDOR = ROOT / "src" / "chengzhi" / "web" / "static" / "vendor"
STAMP = "packages.json"

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand where hatchling is not installed
    BuildHookInterface = object  # type: ignore[assignment,misc]


class AssetHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Makes the assets before hatchling collects files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_assets()
        compile_messages()


def build_assets() -> bool:
    """Fetch what is missing; returns whether anything had to be fetched."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    if _present(packages):
        return False
    VENDOR.mkdir(parents=True, exist_ok=True)
    for package in packages:
        print(f"fetching {package['name']} {package['version']}", file=sys.stderr)
        _extract(package, _fetch(package))
    stamp = [{"name": p["name"], "version": p["version"], "licence": p["licence"]} for p in packages]
    (VENDOR / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    return True


def _present(packages: list[dict[str, Any]]) -> bool:
    try:
        stamp = json.loads((VENDOR / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    versions = {(p["name"], p["version"]) for p in stamp}
    files = (VENDOR / target for package in packages for target in package["files"].values())
    return versions == {(p["name"], p["version"]) for p in packages} and all(f.exists() for f in files)


def _fetch(package: dict[str, Any]) -> bytes:
    """The tarball, checked against its pinned sha512."""
    with urlopen(_address(package["url"]), timeout=120) as answer:
        data: bytes = answer.read()
    found = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != package["integrity"]:
        raise SystemExit(
            f"The download of {package['name']} {package['version']} is not what was pinned: "
            f"{found} instead of {package['integrity']}. Nothing was installed."
        )
    return data


def _address(url: str) -> str:
    """The locked address, or the same path at the registry the environment names."""
    registry = os.environ.get("NPM_CONFIG_REGISTRY") or os.environ.get("npm_config_registry")  # noqa: SIM112 -- npm sets it so
    if not registry:
        return url
    mirror = urlsplit(registry)
    return urlunsplit((mirror.scheme, mirror.netloc, mirror.path.rstrip("/") + urlsplit(url).path, "", ""))


def _extract(package: dict[str, Any], data: bytes) -> None:
    """Only the files the lock names; anything else in the tarball is ignored."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        for source, target in package["files"].items():
            member = tar.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"{package['name']} {package['version']} holds no file {source}.")
            path = VENDOR / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(member.read())


def compile_messages() -> int:
    """Compile every .po whose .mo is missing or older; returns how many."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    count = 0
    for source in sorted((ROOT / "src" / "chengzhi").glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        beside = target.with_suffix(f".mo.{os.getpid()}")
        with beside.open("wb") as file:
            write_mo(file, catalogue)
        beside.replace(target)
        count += 1
    return count


if __name__ == "__main__":
    fetched = build_assets()
    compiled = compile_messages()
    print(f"assets {'fetched' if fetched else 'present'}, {compiled} message files compiled", file=sys.stderr)
