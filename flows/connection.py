"""Sessions that refuse what a fetcher must not touch: private networks, and weak ciphers without need.

In: whether private addresses are allowed, whether the host speaks only old TLS. Out: a `requests.Session` with one
connection. The address is checked after resolution and again on the connected socket, so that a name which resolves
to a public address first and to loopback a moment later gains nothing. Proxies and `.netrc` of the environment are
not used.
"""

from __future__ import annotations

import socket
import ssl
from ipaddress import ip_address
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class PrivateAddressError(OSError):
    """The host resolves to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; a scope (`%eth0`) is ignored."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


def new_session(user_agent: str, allow_private: bool, old_tls: bool) -> requests.Session:
    """A session for one host. `old_tls` lowers OpenSSL to security level 0 and TLS 1.0."""
    session = requests.Session()
    session.trust_env = False
    session.headers.update({"User-Agent": user_agent, "Accept-Language": "zh-CN,zh;q=0.9", "Accept": "*/*"})
    session.headers["Accept-Encoding"] = "gzip, deflate"
    adapter = _Adapter(allow_private, old_tls)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _check_resolved(host: str, port: int | None) -> None:
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not is_public(str(address[0])):
            raise PrivateAddressError(f"{host} is {address[0]}, which is not a public address")


def _check_peer(connected: socket.socket, host: str) -> socket.socket:
    peer = connected.getpeername()[0]
    if not is_public(peer):
        connected.close()
        raise PrivateAddressError(f"{host} is {peer}, which is not a public address")
    return connected


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        _check_resolved(self.host, self.port)
        return _check_peer(super()._new_conn(), self.host)


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        _check_resolved(self.host, self.port)
        return _check_peer(super()._new_conn(), self.host)


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _Adapter(HTTPAdapter):
    def __init__(self, allow_private: bool, old_tls: bool) -> None:
        self._allow_private = allow_private
        self._old_tls = old_tls
        super().__init__(pool_connections=1, pool_maxsize=1, pool_block=True)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        if self._old_tls:
            options["ssl_context"] = _old_tls_context()
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        if not self._allow_private:
            self.poolmanager.pool_classes_by_scheme = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}


def _old_tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    return context
