"""What a hub writes down: one line of JSON for each request and each fault, never anything of the contents."""

import json
import logging
import sys
import time
from typing import Any

LOG = logging.getLogger("casusboek.hub")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; of an exception where it arose, not what it says: that could quote contents."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {"at": f"{at}.{record.msecs:03.0f}Z", "level": record.levelname.lower()}
        facts = getattr(record, "facts", None)
        line |= facts if facts is not None else {"what": record.getMessage()}
        if record.exc_info and record.exc_info[0]:
            line |= {"exception": record.exc_info[0].__name__, "where": _where(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


def log(what: str, *, error: BaseException | None = None, **facts: Any) -> None:
    """Write one line."""
    LOG.log(
        logging.ERROR if error else logging.INFO,
        what,
        extra={"facts": {"what": what, **facts}},
        exc_info=(type(error), error, error.__traceback__) if error else None,
    )


def log_to_output() -> None:
    """Send what the hub and its server say to the output of the process, which systemd keeps."""
    out = logging.StreamHandler(sys.stdout)
    out.setFormatter(JsonLines())
    for name, level in (("casusboek.hub", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [out]
        logger.setLevel(level)
        logger.propagate = False


def _where(traceback: Any) -> list[str]:
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return found[-12:]
