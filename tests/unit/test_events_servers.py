"""What HIREMESH_NATS_URL may say."""

import pytest

from shared.events.servers import Servers
from shared.kernel.errors import InvalidInput


def test_a_token_holds_for_all_servers_of_the_cluster():
    servers = Servers.of("nats://s3cret@one:4222, nats://s3cret@two:4222")
    assert servers.urls == ["nats://s3cret@one:4222", "nats://s3cret@two:4222"]
    assert (servers.user, servers.password, servers.token) == (None, None, "s3cret")


def test_a_user_signs_in_with_a_password():
    servers = Servers.of("tls://ada:s3cret@one")
    assert (servers.user, servers.password, servers.token) == ("ada", "s3cret", None)


@pytest.mark.parametrize("url", ["", " , ", "s3cret@one:4222", "nats://s3cret@one:port", "nats://s3cret@"])
def test_what_is_no_url_is_refused_without_quoting_its_secret(url: str):
    with pytest.raises(InvalidInput, match="HIREMESH_NATS_URL") as refused:
        Servers.of(url)
    assert "s3cret" not in str(refused.value)
