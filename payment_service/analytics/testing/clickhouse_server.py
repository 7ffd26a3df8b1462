"""ClickHouse's HTTP interface on loopback, as far as the test uses it, with the engine of the package chdb."""

import json
import re
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

from chdb import session

ENGINE = session.Session(sys.argv[1])
ENGINE.query("create database if not exists bench; use bench")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        query = parse_qs(urlparse(self.path).query)["query"][0]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            insert = re.fullmatch(r"insert into (\w+) format (\w+)", query)
            if insert is None:
                result = ENGINE.query(query, "TabSeparated").bytes()
            else:
                # The library takes no data beside a statement, so it reads a file.
                with tempfile.NamedTemporaryFile() as file:
                    file.write(body)
                    file.flush()
                    table, form = insert.groups()
                    columns = ENGINE.query(
                        f"select name, type from system.columns where database = 'bench' and table = '{table}' order by position",
                        "JSONCompactEachRow",
                    ).bytes()
                    pairs = [json.loads(line) for line in columns.splitlines()]
                    names = ", ".join(name for name, _ in pairs)
                    structure = ", ".join(f"{name} {kind}" for name, kind in pairs).replace("'", "\\'")
                    ENGINE.query(
                        f"insert into {table} ({names}) select {names} from file('{file.name}', {form}, '{structure}')"
                    )
                result = b""
            status = 200
        except Exception as error:  # The text of the engine is the response, as ClickHouse does it.
            status, result = 500, str(error).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(result)))
        self.end_headers()
        self.wfile.write(result)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
print(f"port {server.server_port}", flush=True)
server.serve_forever()
