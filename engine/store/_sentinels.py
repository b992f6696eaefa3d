"""The sentinels of a service: https://redis.io/docs/latest/develop/reference/sentinel-clients/."""

from typing import Any

from redis.exceptions import RedisError
from redis.sentinel import MasterNotFoundError, Sentinel


class Sentinels(Sentinel):
    """Sentinels of which any may be lost. The last one that knew the master is asked first.

    The class of redis-py exchanges two of them in its list, so that threads that do so at once lose one.
    """

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Return the address of the master. Raises `MasterNotFoundError`, also while it is being replaced."""
        asked: list[Any] = self.sentinels
        failures = []
        for sentinel in asked:
            try:
                state = sentinel.sentinel_masters().get(service_name)
            except RedisError as error:  # the next one is asked
                failures.append(type(error).__name__)
                continue
            if state and self.check_master_state(state, service_name):  # type: ignore[no-untyped-call]
                self.sentinels = [sentinel, *(other for other in asked if other is not sentinel)]
                return state["ip"], state["port"]
        raise MasterNotFoundError(f"no sentinel knows a master of {service_name} {failures}")
