"""What the launcher sees of vLLM, without its minute of starting: ``fake_vllm.py serve MODEL --port N ...``.

A model folder with a file ``fault`` cannot be loaded: it says what the file does, and ends.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ANSWERS = {
    "/health": "",
    "/version": '{"version": "0.0.0"}',
    "/metrics": 'vllm:num_requests_running{model_name="m"} 2.0\nvllm:num_requests_waiting{model_name="m"} 7.0\n',
}


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = ANSWERS[self.path].encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until ended."""
    arguments = sys.argv[sys.argv.index("serve") + 1 :]
    fault = Path(arguments[0]) / "fault"
    if fault.exists():
        sys.exit(fault.read_text())
    port = int(arguments[arguments.index("--port") + 1])
    ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()


if __name__ == "__main__":
    main()
