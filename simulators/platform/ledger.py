"""The platform's own figures of a day, in its own reading of the contract: counts, digests, hashes."""

import hashlib
import json
from typing import Any


def digest(record: dict[str, Any]) -> str:
    """SHA-256 over the record's JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def total(digests: dict[str, str]) -> dict[str, Any]:
    """Count, and SHA-256 over ``id digest`` lines in order of id."""
    lines = "".join(f"{id_} {digests[id_]}\n" for id_ in sorted(digests))
    return {"count": len(digests), "hash": hashlib.sha256(lines.encode("utf-8")).hexdigest()}
