"""Where the indexer's files stand. All of it may be deleted at any time."""

from pathlib import Path

from django.conf import settings


def index_folder() -> Path:
    """Return the folder of the generations: Django's setting `INDEX_FOLDER`, else `index` in the data folder."""
    given = getattr(settings, "INDEX_FOLDER", None)
    return Path(given) if given else Path(settings.CONFIGURATION.data) / "index"
