"""Signatures of webhooks, and when they are tried again."""

from base64 import b64decode

import pytest

from engine.alerts.retries import next_attempt
from engine.alerts.signing import headers, new_secret, signature

HOUR = 3600


def test_the_example_of_standard_webhooks_is_signed() -> None:
    """The secret, id, time and body of the standard's example give its signature."""
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_side_by_side() -> None:
    """With two secrets, a webhook has two signatures: receivers accept it with either secret."""
    secrets = [new_secret(), new_secret()]
    found = headers("msg_1", 1, b"{}", secrets)

    assert secrets[0] != secrets[1]
    assert {len(b64decode(secret.removeprefix("whsec_"))) for secret in secrets} == {24}
    assert found == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1",
        "webhook-signature": " ".join(signature(secret, "msg_1", 1, b"{}") for secret in secrets),
    }


@pytest.mark.parametrize(
    ("failed", "retry_after", "seconds"),
    [
        (1, None, 5),
        (2, None, 300),
        (3, None, 1800),
        (4, None, 2 * HOUR),
        (5, None, 5 * HOUR),
        (6, None, 10 * HOUR),
        (7, None, 14 * HOUR),
        (8, None, 20 * HOUR),
        (1, 3.0, 5),
        (1, 120.0, 120),
        (1, 1e9, 24 * HOUR),
    ],
)
def test_attempts_follow_a_schedule(failed: int, retry_after: float | None, seconds: float) -> None:
    """Each failure has its delay. A longer `Retry-After` replaces it, up to a day."""
    assert next_attempt(failed, 1000.0, retry_after) == 1000.0 + seconds


def test_after_the_last_attempt_there_is_none() -> None:
    """After the ninth failure, there is no further attempt, even with `Retry-After`."""
    assert next_attempt(9, 1000.0, 60.0) is None
