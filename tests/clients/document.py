"""`make types`: write the OpenAPI document into a file, of which the TypeScript client gets its types."""

import sys
from pathlib import Path

from engine import create_app


def main(file: Path) -> None:
    """Write the document of an application with default settings."""
    client = create_app(cache_warming_enabled=False, history_enabled=False).test_client()
    file.write_bytes(client.get("/openapi.json").data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
