"""Why a file is refused, one class per cause."""

from typing import ClassVar

from chengzhi.errors import Problem


class FileTooLarge(Problem):
    """More bytes than the limit for this kind of file."""

    code: ClassVar[str] = "files.too_large"
    status: ClassVar[int] = 413


class UnknownContent(Problem):
    """The content is of no type that is taken, whatever its name says."""

    code: ClassVar[str] = "files.unknown_content"
    status: ClassVar[int] = 415


class BrokenPhoto(Problem):
    """It looks like a photo but cannot be decoded to the end."""

    code: ClassVar[str] = "files.broken_photo"
    status: ClassVar[int] = 422


class PhotoTooManyPixels(Problem):
    """Decoding would need far more memory than a photo is worth (decompression bomb)."""

    code: ClassVar[str] = "files.too_many_pixels"
    status: ClassVar[int] = 413


class PackedBomb(Problem):
    """A packed file (zip, xlsx, docx) that unpacks to an unreasonable size."""

    code: ClassVar[str] = "files.packed_bomb"
    status: ClassVar[int] = 413


class DiskFull(Problem):
    """There is no room to store the file; nothing was stored."""

    code: ClassVar[str] = "files.disk_full"
    status: ClassVar[int] = 507


class FileMissing(Problem):
    """The row is there, its content is not."""

    code: ClassVar[str] = "files.missing"
    status: ClassVar[int] = 404


class MaskOutside(Problem):
    """A mask box is not inside the photo, or there is none."""

    code: ClassVar[str] = "files.mask_outside"
    status: ClassVar[int] = 422


class BucketUnsupported(Problem):
    """A bucket is configured but its client is not installed."""

    code: ClassVar[str] = "files.bucket_unsupported"
    status: ClassVar[int] = 500


class StoreUnreachable(Problem):
    """The bucket's service does not answer in time; nothing was stored."""

    code: ClassVar[str] = "files.store_unreachable"
    status: ClassVar[int] = 503


class StoreRefused(Problem):
    """The bucket's service answers with a refusal: unknown key, missing bucket, no room."""

    code: ClassVar[str] = "files.store_refused"
    status: ClassVar[int] = 503
