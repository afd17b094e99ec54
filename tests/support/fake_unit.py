"""A unit that only says it is ready and shows its environment: ``python -m tests.support.fake_unit``."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers(BaseHTTPRequestHandler):
    """``/readyz`` and ``/environment``."""

    def do_GET(self) -> None:
        body = json.dumps(dict(os.environ) if self.path == "/environment" else {"ready": True}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    address = (os.environ["HIREMESH_HOST"], int(os.environ["HIREMESH_PORT"]))
    ThreadingHTTPServer(address, Answers).serve_forever()
