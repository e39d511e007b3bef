"""The description of the calls (OpenAPI 3.1), for those who build something beside this program."""

from typing import Any

DESCRIPTION: dict[str, Any] = {}
