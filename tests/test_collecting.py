"""Which modules `make quick` leaves out."""

import pytest

from tests.collecting import imports_a_server


@pytest.mark.parametrize(
    "text",
    [
        "from tests.running import AMPLE, Engine\n",
        "import os\nimport subprocess\n",
        "from tests.running import (\n    AMPLE,\n    Engine,\n)\n",
        "from tests.upstreams import Fault, StandIn  # both\n",
    ],
)
def test_a_module_that_imports_a_server_is_left_out(text: str) -> None:
    """All tests of a module that imports what starts a server are marked."""
    assert imports_a_server(text)


@pytest.mark.parametrize(
    "text",
    [
        "from tests.running import AMPLE\n",
        "from sqlalchemy import EngineEvents\n",
        "from sqlalchemy import Engine as Database\n",
        "def test() -> None:\n    from tests.running import Engine\n",
        "from tests.running import (\n    AMPLE,\n)\n\nEngine(AMPLE)\n",
        "ENGINE = 1  # Engine\n",
        "import os  # like Engine\n",
        'TEXT = """\nimport subprocess\n"""\n',
        "import tests.template\n",
        "from tests.running import (\n    AMPLE,  # as every Engine\n)\n",
    ],
)
def test_other_modules_are_collected(text: str) -> None:
    """Tests of other modules are marked one by one."""
    assert not imports_a_server(text)
