"""Opening: the publish runs with which `briefings up` begins, in one process.

Reads one JSON line, `{"now": ISO, "runs": [[briefing, ...], ...]}`, once Prefect's server is
healthy: until then its own start is paid for. Prints one JSON line for each run that ended.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from briefings.model.errors import BriefingsError
from flows.publish import publish


def main() -> None:
    line = sys.stdin.readline()
    if not line.strip():
        return  # `up` was stopped first
    order: dict[str, Any] = json.loads(line)
    for briefings in order["runs"]:
        begun = time.monotonic()
        try:
            said, is_done = publish(briefings=briefings, now=order["now"]), True
        except BriefingsError as error:
            said, is_done = str(error), False
        answer = {"said": said, "done": is_done, "seconds": round(time.monotonic() - begun, 1)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
