"""Who came to nats-server with the key of one device and the certificate of another, as its monitoring page tells.

Facts: docs.nats.io, "Monitoring NATS": ``/connz?auth=1`` lists for each connection the user and, with TLS, the subjects
of the certificates that it showed, its own first.
"""

import json
import urllib.request
from collections.abc import Iterator

from hub.broker.refusals import BAD_PAIR, Refusal

ANSWER_S = 3.0
MOST = 4096  # connections looked at


def mixed(page: str, known: set[int]) -> list[Refusal]:
    """Those connections that are not in ``known``, which takes their numbers. ``page``: address of the monitoring.

    Raises OSError when nobody answers, ValueError for an answer that is none.
    """
    with urllib.request.urlopen(f"{page}/connz?auth=1&limit={MOST}", timeout=ANSWER_S) as reply:
        rows = json.load(reply)["connections"]
    found = {row["cid"]: refusal for row in rows for refusal in _of(row)}
    fresh = [refusal for cid, refusal in found.items() if cid not in known]
    known.clear()
    known.update(found)
    return fresh


def _of(row: dict[str, object]) -> Iterator[Refusal]:
    shown, user = row.get("tls_peer_certs"), row.get("authorized_user")
    if isinstance(shown, list) and shown and isinstance(user, str):
        owner = str(shown[0].get("subject", "")).removeprefix("CN=")
        if owner != user[:64]:  # as long as X.509 lets a name be
            yield Refusal(BAD_PAIR, user, f"{owner}, {row.get('ip')}:{row.get('port')}")
