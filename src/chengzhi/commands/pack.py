"""`chengzhi pack list|check PATH|load PATH`: district packs."""

from pathlib import Path
from typing import Any

import click

from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation


@click.group()
def command() -> None:
    """District packs: a folder that declares one district."""


@command.command("list")
@json_option
def list_packs(as_json: bool) -> None:
    """The shipped packs and the districts that are loaded."""
    with installation():
        from chengzhi.places.manifest import read_manifest
        from chengzhi.places.models import District
        from chengzhi.places.packfile import pack_folders, pack_version

        loaded = dict(District.objects.values_list("slug", "pack_version"))
        rows = []
        for folder in pack_folders():
            manifest = read_manifest(folder)
            rows.append({
                "slug": manifest.slug, "name": manifest.name, "path": folder,
                "version": pack_version(folder, manifest.version), "loaded": loaded.get(manifest.slug),
            })  # fmt: skip
        report(as_json, {"packs": rows}, "\n".join(_line(row) for row in rows))


def _line(row: dict[str, Any]) -> str:
    state = "not loaded" if row["loaded"] is None else (
        "loaded" if row["loaded"] == row["version"] else f"loaded as {row['loaded']}"
    )  # fmt: skip
    return f"{row['slug']:12} {row['name']}  {row['version']}  {state}"


@command.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def check(path: Path, as_json: bool) -> None:
    """Read a pack and say what is wrong with it; writes nothing and needs no database."""
    import django

    django.setup()
    from chengzhi.pipeline.packs import check_pack

    checked = check_pack(path)
    pack = checked.pack
    counts = {
        "areas": len(pack.areas), "cells": len(pack.cells), "streets": len(pack.streets),
        "landmarks": len(pack.landmarks), "units": len(checked.people.units),
        "posts": len(checked.people.posts), "types": len(checked.cases.types),
        "limits": len(checked.cases.limits),
    }  # fmt: skip
    found = {"slug": pack.manifest.slug, "version": pack.version, "counts": counts,
             "warnings": pack.warnings}  # fmt: skip
    words = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in counts.items())
    report(as_json, found, "\n".join([f"{pack.manifest.name}: {words}.", *pack.warnings]))


@command.command("load")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--demo/--no-demo", default=False, help="Also make the demo accounts of posts.csv.")
@click.option("--force", is_flag=True, help="Write again although this version is loaded.")
@json_option
def load(path: Path, demo: bool, force: bool, as_json: bool) -> None:
    """Load a pack; all or nothing, and repeatable."""
    with installation():
        from chengzhi.clock import now
        from chengzhi.people.actor import Actor
        from chengzhi.pipeline.packs import load_pack

        loaded = load_pack(path, by=Actor.system(), on=now(), demo=demo, force=force)
        state = "loaded" if loaded.changed else "was loaded already"
        text = [f"{loaded.slug} {loaded.version} {state} in {loaded.seconds:.1f} s.", *loaded.warnings]
        report(as_json, loaded.as_json(), "\n".join(text))
