"""What the article's script leaves in Redis: key = line number from 0, value = the stripped line.

Standard library only. The keys go to Redis in commands of their own, as the script sends them; only the waiting for each
single reply is left out.
"""

import socket
import sys

path, port = sys.argv[1], int(sys.argv[2])
connection = socket.create_connection(("127.0.0.1", port))
replies = connection.makefile("rb")


def bulk(data):
    return b"$%d\r\n%s\r\n" % (len(data), data)


def send(commands):
    connection.sendall(b"".join(commands))
    for _ in commands:
        reply = replies.readline()
        if reply != b"+OK\r\n":
            sys.exit(f"Redis answered {reply!r}")


pending = []
with open(path, encoding="utf-8") as lines:
    for k, line in enumerate(lines):
        value = line.strip()
        pending.append(b"*3\r\n" + bulk(b"SET") + bulk(str(k).encode()) + bulk(value.encode("utf-8")))
        if len(pending) == 1000:
            send(pending)
            pending = []
send(pending)
