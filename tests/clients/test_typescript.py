"""The TypeScript client, as it is packed, in Node and in a browser."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.clients.packages import KEY, TYPESCRIPT, run
from tests.documentation.test_streams import goes_on, running
from tests.relay import Relay
from tests.running import ROOT, Engine

NAME = "crypto-data-engine-client"
README = (TYPESCRIPT / "README.md").read_text()
CHART = (ROOT / "docs/guides/chart.md").read_text()
HERE = Path(__file__).parent
FOLLOW = """\
import WebSocket from "ws";
import { Client } from "crypto-data-engine-client";
const sleep = async () => {};
const client = new Client("http://ADDRESS", { key: "KEY", WebSocket, sleep });
for await (const message of client.stream("candles:BTCUSDT:1m", { transport: "TRANSPORT" })) {
  console.log(message.cursor);
}
"""
PAGE = """\
async () => {
  const { Client, InvalidSymbol } = await import("/client/index.js");
  const client = new Client("ENGINE", { key: "KEY" });
  const found = [(await client.candles("BTC", "1h", { limit: 50 })).data.length];
  for (const transport of ["events", "socket"]) {
    for await (const message of client.stream("candles:BTCUSDT:1m", { transport })) {
      found.push(message.type);
      break;
    }
  }
  found.push(await client.candles("DOGEE").catch((error) => error instanceof InvalidSymbol));
  const ticket = async () => (await client.request("POST", "/api/stream/ticket")).data.ticket;
  const stranger = new Client("ENGINE");
  found.push((await stranger.stream("candles:BTCUSDT:1m", { ticket }).next()).value.channel);
  return found;
}
"""


@pytest.fixture
def project(packed: Path, tmp_path: Path) -> Path:
    """Return a folder in which the packed client is installed, and `ws` beside it."""
    installed = tmp_path / "node_modules" / NAME
    shutil.unpack_archive(next(packed.glob("*.tgz")), tmp_path, "gztar", filter="data")
    installed.parent.mkdir()
    (tmp_path / "package").rename(installed)
    (installed.parent / "ws").symlink_to(TYPESCRIPT / "node_modules" / "ws")
    return tmp_path


def test_the_types_are_those_of_the_document(types: Path) -> None:
    """The types that are kept are what the generator makes of the document today."""
    kept = (TYPESCRIPT / "src/schema.ts").read_text()

    assert (types / "schema.ts").read_text() == kept, "run `make types`"


def test_it_works_in_node(engine: Engine, project: Path) -> None:
    """Its own tests pass."""
    (project / "client.test.mjs").write_text((HERE / "typescript.test.mjs").read_text())

    run("node", "--test", "client.test.mjs", cwd=project, ENGINE_URL=engine.url, KEY=KEY)


@pytest.mark.parametrize("transport", ["events", "socket"])
def test_a_stream_goes_on_where_it_was_cut(engine: Engine, project: Path, transport: str) -> None:
    """After a cut the next connection asks for what follows the last message, and nothing comes twice."""
    with Relay(engine.port) as relay:
        script = FOLLOW.replace("ADDRESS", relay.address).replace("KEY", KEY).replace("TRANSPORT", transport)
        (project / "follow.mjs").write_text(script)
        with running("node", "follow.mjs", cwd=project) as lines:
            goes_on(lines, relay)


def test_it_works_in_a_browser(engine: Engine, project: Path, browser: Browser) -> None:
    """A page imports the modules as they are, asks, streams in both ways and uses tickets."""
    modules = project / "node_modules" / NAME / "dist"
    page = browser.new_page(bypass_csp=True)  # an answer's own policy allows no scripts

    def module(route: Any) -> None:
        file = modules / route.request.url.rpartition("/")[2]
        route.fulfill(body=file.read_text(), content_type="text/javascript")

    page.route("**/client/*.js", module)
    page.goto(f"{engine.url}/api/health")  # a page of this machine may connect to it
    found = page.evaluate(PAGE.replace("ENGINE", engine.url).replace("KEY", KEY))
    page.close()

    assert found == [50, "candle", "candle", True, "candles:BTCUSDT:1m"]


def test_the_samples_of_the_readme_and_of_the_guide_work(engine: Engine, project: Path) -> None:
    """Every sample in JavaScript works as it is written."""
    samples = re.findall(r"^```js\n(.*?)^```$", README + CHART, re.M | re.S)
    samples = [sample for sample in samples if "import " in sample]  # one is a line alone
    names = [f"sample_{place}.mjs" for place in range(len(samples))]
    for name, sample in zip(names, samples, strict=True):
        (project / name).write_text(sample.replace("http://localhost:8000", engine.url))
    printed = run(
        *("node", "--input-type=module", "--eval"),
        f"for (const name of {json.dumps(names)}) {{ await import('./' + name); console.log('--'); }}",
        cwd=project,
    )

    assert len(samples) == 5
    assert all(part.strip() for part in printed.split("--\n")[:-1])
    assert printed.count("--\n") == len(samples)
