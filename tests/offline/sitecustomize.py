"""Cut this Python, and every Python it starts, off the network; only the machine itself is reached.

Python imports a module of this name by itself when its folder is on PYTHONPATH. `tests/conftest.py`
puts it there, so kernels, papermill and the command line are cut off as the tests are. Each attempt
is also written to the file that ATTEMPTS names: a test fails for it even where the error was caught.
"""

import ipaddress
import os
import socket
import sys

ATTEMPTS = "MASKBOOK_NETWORK_ATTEMPTS"
_HOSTS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_ADDRESSES = ("socket.connect", "socket.sendto", "socket.sendmsg")


class NetworkBlockedError(OSError):
    """What a test gets that reaches for the network."""


def _is_here(host):
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost", "localhost.localdomain", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback or host in ("0.0.0.0", "::")
    except ValueError:
        return False


def _watch(event, arguments):
    if event in _ADDRESSES:
        socket_, address = arguments[0], arguments[-1]
        if socket_.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
            return
        target = address[0]
    elif event in _HOSTS:
        target = arguments[0]
    else:
        return
    if not _is_here(target):
        if os.environ.get(ATTEMPTS):
            with open(os.environ[ATTEMPTS], "a", encoding="utf-8") as log:  # noqa: PTH123 - this module stays small
                log.write(f"{event} {target}\n")
        raise NetworkBlockedError(f"The tests run without a network; this wanted {target} ({event}).")


sys.addaudithook(_watch)
