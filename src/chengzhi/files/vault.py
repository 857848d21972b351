"""Where contents lie: under `HOME/files` by hash, or in a bucket through django-storages.

A content is never changed in place. On disk it is written beside, synced and renamed, so a
reader sees all of it or nothing, and a power cut leaves at most a `.part` file to sweep.
"""

import contextlib
import errno
import io
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from chengzhi.files.problems import BucketUnsupported, DiskFull, FileMissing

# no room on the device, quota used up, larger than this process may write
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
PART = ".part"


class Vault(Protocol):
    """A place for contents, addressed by a relative path derived from their hash."""

    def put(self, path: str, content: bytes) -> None:
        """Store `content`; storing the same path again changes nothing. Raises DiskFull."""

    def put_file(self, path: str, source: Path) -> None:
        """Store the content of a file on this machine, in pieces. Raises DiskFull."""

    def get(self, path: str) -> bytes:
        """The content. Raises FileMissing."""

    def open(self, path: str) -> BinaryIO:
        """The content to be read in pieces. Raises FileMissing."""

    def delete(self, path: str) -> None:
        """Forget the content; a missing one is no error."""

    def paths(self, older_than_seconds: float) -> Iterator[str]:
        """Every path whose content, finished or not, is older than this."""


class DiskVault:
    """Contents in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, path: str, content: bytes) -> None:
        self._put(path, io.BytesIO(content), len(content))

    def put_file(self, path: str, source: Path) -> None:
        with source.open("rb") as file:
            self._put(path, file, source.stat().st_size)

    def _put(self, path: str, source: BinaryIO, size: int) -> None:
        target = self.root / path
        if target.exists() and target.stat().st_size == size:
            return
        beside = target.with_name(f"{target.name}.{secrets.token_hex(4)}{PART}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(beside, source)
            os.replace(beside, target)
            _sync_folder(target.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            if error.errno in NO_ROOM:
                raise full() from error
            raise

    def get(self, path: str) -> bytes:
        with self.open(path) as file:
            return file.read()

    def open(self, path: str) -> BinaryIO:
        try:
            return (self.root / path).open("rb")
        except FileNotFoundError as error:
            raise missing(path) from error

    def delete(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)

    def paths(self, older_than_seconds: float) -> Iterator[str]:
        before = time.time() - older_than_seconds
        for folder, _folders, names in os.walk(self.root):
            for name in names:
                file = Path(folder) / name
                with contextlib.suppress(FileNotFoundError):
                    if file.stat().st_mtime < before:
                        yield file.relative_to(self.root).as_posix()


class StorageVault:
    """Contents in a Django storage of the operator's choice."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def put(self, path: str, content: bytes) -> None:
        if not self.storage.exists(path):
            self.storage.save(path, ContentFile(content))

    def put_file(self, path: str, source: Path) -> None:
        with source.open("rb") as file:
            if not self.storage.exists(path):
                self.storage.save(path, File(file))

    def get(self, path: str) -> bytes:
        with self.open(path) as file:
            return file.read()

    def open(self, path: str) -> BinaryIO:
        if not self.storage.exists(path):
            raise missing(path)
        return cast(BinaryIO, self.storage.open(path, "rb"))

    def delete(self, path: str) -> None:
        self.storage.delete(path)

    def paths(self, older_than_seconds: float) -> Iterator[str]:
        before = time.time() - older_than_seconds
        folders = [""]
        while folders:
            folder = folders.pop()
            below, names = self.storage.listdir(folder)
            folders += [f"{folder}/{name}".lstrip("/") for name in below]
            for name in names:
                path = f"{folder}/{name}".lstrip("/")
                if self.storage.get_modified_time(path).timestamp() < before:
                    yield path


def vault() -> Vault:
    """The vault of this installation: a storage named "photos", a bucket, else the disk."""
    if "photos" in settings.STORAGES:
        return StorageVault(storages["photos"])
    if settings.ENV["CHENGZHI_S3_BUCKET"]:
        return _bucket()
    return DiskVault(Path(settings.MEDIA_ROOT))


def _bucket() -> Vault:
    try:
        from chengzhi.files.bucket import bucket_vault
    except ImportError as error:
        raise BucketUnsupported(
            _("Files shall lie in a bucket, but the S3 client is not installed."),
            _("The setting CHENGZHI_S3_BUCKET is given; the extra “s3” is missing."),
            _("Install chengzhi[s3], or unset CHENGZHI_S3_BUCKET."),
        ) from error
    return bucket_vault(settings.ENV["CHENGZHI_S3_BUCKET"], settings.ENV["CHENGZHI_S3_ENDPOINT"])


def path_of(sha256: str, suffix: str) -> str:
    """`ab/cd/abcd….jpg`: two levels of folders keep each small."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{suffix}"


def missing(path: str) -> FileMissing:
    """The Problem of a lost content, naming its path."""
    return FileMissing(
        _("The file is no longer in the store."),
        _("Its content %(path)s was removed or not restored.") % {"path": path},
        _("Restore it from the last backup."),
    )


def full() -> DiskFull:
    """The Problem of a disk without room."""
    return DiskFull(
        _("The photo could not be stored: no room is left."),
        _("The disk that holds the files is full; nothing was stored halfway."),
        _("Send the report without the photo now and add it later from the follow-up page."),
    )


def _write(path: Path, source: BinaryIO) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut (not possible on Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
