"""Serves a folder over HTTP with ranges; prints its port. --no-ranges: answers them with the whole file."""

import http.server
import os
import sys

FOLDER = sys.argv[1]
RANGES = "--no-ranges" not in sys.argv


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = os.path.join(FOLDER, self.path.lstrip("/"))
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            content = file.read()
        wanted = self.headers.get("Range")
        with open(os.path.join(FOLDER, "requests.log"), "a") as log:
            log.write(f"{self.path} {wanted}\n")
        if wanted and RANGES:
            first = int(wanted.removeprefix("bytes=").split("-")[0])
            if first >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
            content = content[first:]
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
