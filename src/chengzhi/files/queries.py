"""Reading of stored contents."""

from chengzhi.files import photos
from chengzhi.files.actions import thumbnail_path
from chengzhi.files.limits import limits
from chengzhi.files.models import StoredFile
from chengzhi.files.problems import FileMissing
from chengzhi.files.vault import vault


def content(file: StoredFile) -> bytes:
    """The stored content. Raises FileMissing."""
    return vault().get(file.path)


def thumbnail(file: StoredFile) -> bytes:
    """A small WebP of a photo, made at the first request and kept beside it."""
    path = thumbnail_path(file.path)
    try:
        return vault().get(path)
    except FileMissing:
        small = photos.thumbnail(content(file), limits())
        vault().put(path, small)
        return small
