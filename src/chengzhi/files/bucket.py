"""Contents in a bucket of an S3 service, and its refusals in plain words.

Who may read and write there is said by boto's own variables (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION and its configuration file), never by ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import time
from typing import BinaryIO, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from chengzhi.files.problems import StoreRefused, StoreUnreachable
from chengzhi.files.vault import missing

# Somebody waits for the answer: a dead service must be told within half a minute.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 10, 2


class BucketVault:
    """A `Vault` in one bucket; made once per process, it keeps its connections."""

    def __init__(self, bucket: str, endpoint: str) -> None:
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            # Services other than Amazon's often know no checksums in a trailer.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self.storage = S3Storage(
            bucket_name=bucket,
            endpoint_url=endpoint or None,
            client_config=config,
            default_acl=None,
            file_overwrite=True,
        )

    def put(self, path: str, content: bytes) -> None:
        self._put(path, ContentFile(content))

    def put_file(self, path: str, source: Path) -> None:
        with source.open("rb") as file:
            self._put(path, File(file))

    def _put(self, path: str, content: "File[bytes]") -> None:
        with _in_words():
            if not self.storage.exists(path):
                self.storage.save(path, content)

    def get(self, path: str) -> bytes:
        with self.open(path) as file:
            return file.read()

    def open(self, path: str) -> BinaryIO:
        with _in_words():
            try:
                found = self.storage.open(path, "rb")
                found.file  # noqa: B018 -- fetched now, while what goes wrong is put into words
            except FileNotFoundError as error:
                raise missing(path) from error
        return cast(BinaryIO, found)

    def delete(self, path: str) -> None:
        with _in_words():
            self.storage.delete(path)

    def paths(self, older_than_seconds: float) -> Iterator[str]:
        before = time() - older_than_seconds
        with _in_words():
            for item in self.storage.bucket.objects.all():
                if item.last_modified.timestamp() < before:
                    yield item.key

    def check(self) -> None:
        """Raises StoreUnreachable or StoreRefused where the bucket cannot be used."""
        with _in_words():
            self.storage.connection.meta.client.head_bucket(Bucket=self.storage.bucket_name)


@cache
def bucket_vault(bucket: str, endpoint: str) -> BucketVault:
    """The vault of a bucket at a service; an empty `endpoint` is Amazon's own."""
    return BucketVault(bucket, endpoint)


@contextmanager
def _in_words() -> Iterator[None]:
    """The client's errors as Problems; none of them names a key."""
    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise _silent() from error
        raise _refused(str(error.response.get("Error", {}).get("Code"))) from error
    except (NoConnection, HTTPClientError, RetriesExceededError) as error:
        raise _silent() from error
    except BotoCoreError as error:  # no key given, a bad address
        raise _refused(type(error).__name__) from error


def _refused(code: str) -> StoreRefused:
    return StoreRefused(
        _("The store of photos refused the request."),
        _("Its answer is “%(code)s”; nothing was stored.") % {"code": code},
        _("Send the report without the photo now; the administrator runs “chengzhi check”."),
    )


def _silent() -> StoreUnreachable:
    return StoreUnreachable(
        _("The store of photos does not answer."),
        _("Nothing was stored; the rest of the site works."),
        _("Try again in some minutes, or send the report without the photo now."),
    )
