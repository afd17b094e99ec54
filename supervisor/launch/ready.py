#!/opt/hiremesh/bin/python
"""The container's health check: exit code 0 when the unit in it says that it is ready.

Copied alone into the image, as ``ready``: it imports nothing of ours, so asking costs a fraction of a second.
"""

import http.client
import os
import sys


def main() -> int:
    """Ask ``/readyz`` on ``HIREMESH_PORT``; what is lacking goes to stdout, which `docker inspect` shows."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["HIREMESH_PORT"]), timeout=4)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        print(answer.read().decode())
    except OSError as error:
        print(f"no answer: {error}")
        return 1
    return int(answer.status != http.client.OK)


if __name__ == "__main__":
    sys.exit(main())
