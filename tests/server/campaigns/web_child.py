"""The web of the service, by the real server, on the database of the test that starts it."""

import sys

from stanch_server.project.processes.web import run

if __name__ == "__main__":
    run(host="127.0.0.1", port=int(sys.argv[1]), workers=1, threads=4)
