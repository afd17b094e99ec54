"""Ports for servers that are started a moment later."""

import socket

from shared.engines.process import free_ports, is_free


def test_a_free_port_is_given_to_nobody_else_until_its_server_listens() -> None:
    mine = free_ports(20)
    others = [port for _ in range(60) for port in free_ports(20)]
    assert len({*mine, *others}) == len(mine) + len(others)
    assert all(is_free(port) for port in mine)
    with socket.create_server(("127.0.0.1", mine[0])):
        assert not is_free(mine[0])
