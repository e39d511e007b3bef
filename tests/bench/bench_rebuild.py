"""Making the present again from the log of 100,000 cases, on a copy of the shared casebook."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from casebook.database import open_casebook
from casebook.keys import from_passphrase, salt_of
from casebook.log import revisions_of
from casebook.present import rebuild
from tests.bench.casebook_of import PASSPHRASE, casebook
from tests.bench.figure import Figure
from tests.bench.size import Size

_OPENED = 1_000


def figures(size: Size) -> Iterator[Figure]:
    """Cases a second, beside only opening their revisions."""
    whole = casebook(size.cases)
    with tempfile.TemporaryDirectory(dir=whole.parent) as folder:
        path = Path(folder) / "casebook.db"
        shutil.copyfile(whole, path)
        db = open_casebook(path, from_passphrase(PASSPHRASE, salt_of(path)))
        with db.read() as connection:
            ids = [row[0] for row in connection.exec_driver_sql(f"SELECT rec FROM rev LIMIT {_OPENED}")]
            started = perf_counter()
            for each in ids:
                revisions_of(db, connection, each)
            yield Figure("rebuild-opening-alone", len(ids) / (perf_counter() - started), "cases/s")
        started = perf_counter()
        made = rebuild(db)
        seconds = perf_counter() - started
        db.close()
    yield Figure("rebuild-all", made / seconds, "cases/s")
    yield Figure("rebuild-time", seconds, "s")
