"""Files of citizens: outside the web root, written aside then renamed, never half-written."""

import os
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PrivateStorage(FileSystemStorage):
    """A file system store without public address. A full disk leaves no truncated file behind."""

    def url(self, name: str | None) -> str:
        raise ValueError("a private file has no public address; serve it through its view")

    def _save(self, name: str, content: File) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with aside.open("xb") as stream:
                for chunk in content.chunks():
                    stream.write(chunk)
                stream.flush()
                os.fsync(stream.fileno())
            aside.rename(target)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return name.replace("\\", "/")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Static files under names that hold their hash, compressed once, kept by browsers for ever."""

    # A module that imports another by relative path must reach the hashed file too.
    support_js_module_import_aggregation = True
