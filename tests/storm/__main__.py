"""A storm over real processes: `./dev storm --minutes 60`.

Five clients of three municipalities work in three circles: one at a hub on PostgreSQL that two processes serve, one
at a hub on SQLite, one in a folder. Meanwhile clients and hubs are killed and paused, wires cut, the folder taken
away, clocks put wrong by days, and the hub on SQLite put back to an earlier copy. At the end all of it is mended and
everything has to be the same everywhere, with nothing saved lost and nothing erased left.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.storm.judging import judge
from tests.storm.scene import Scene
from tests.storm.trouble import Trouble


def main() -> int:
    """Let it storm, and say how it ended; 0 when everything held."""
    parser = argparse.ArgumentParser(prog="dev storm")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if sys.platform != "linux":
        _say("A storm pauses processes and takes folders away as only Linux lets it.")
        return 2
    root = asked.folder or Path(tempfile.mkdtemp(prefix="storm-"))
    root.mkdir(parents=True, exist_ok=True)
    _say(f"seed {asked.seed}, in {root}")
    with Scene(root, Random(asked.seed)) as scene:
        scene.begin()
        trouble = Trouble(scene, Random(asked.seed + 1))
        end = time.monotonic() + asked.minutes * 60
        told = time.monotonic() + 60
        while time.monotonic() < end:
            trouble.strike()
            time.sleep(0.5)
            if time.monotonic() > told:
                told += 60
                _say(f"{(end - time.monotonic()) / 60:.0f} minutes to go: {dict(trouble.struck)}")
        scene.mend()
        summary = judge(scene) | {"seed": asked.seed, "minutes": asked.minutes, "trouble": dict(trouble.struck)}
    _say(json.dumps(summary, indent=1))
    return 0 if summary["holds"] else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
