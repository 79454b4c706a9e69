"""Runs commands as whole processes and reports wall time, CPU time and peak memory of each run.

Reads `{"commands": {NAME: [ARG, …]}, "runs": N, "warmups": N, "outputs": {NAME: PATH}}` from standard input; the commands
take turns, so that a change of the machine's speed meets all of them. Each writes its output anew: that of its run before
is removed first, be it a file or a folder, and what other runs wrote is on the disk, so that nobody waits for that. All
get the same small environment: what a machine adds to its own can cost more than a conversion (`NODE_EXTRA_CA_CERTS`,
where a proxy has certificates of its own, makes Node read all of them at each start). Prints one JSON line for each
counted run. Peak memory is the largest resident set of the process as the operating system accounts for it.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time


#: What programs need to run at all, and where they keep things.
NEEDED = ("PATH", "HOME", "TMPDIR", "LANG", "XDG_CACHE_HOME", "SYSTEMROOT", "TEMP", "USERPROFILE", "LOCALAPPDATA")
ENVIRONMENT = {name: os.environ[name] for name in NEEDED if name in os.environ}


def measure(arguments: list[str]) -> dict[str, float]:
    start = time.perf_counter()
    process = subprocess.Popen(arguments, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * unit}


def remove(path: pathlib.Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def main() -> None:
    request = json.load(sys.stdin)
    for turn in range(request["warmups"] + request["runs"]):
        for name, arguments in request["commands"].items():
            if name in request.get("outputs", {}):
                remove(pathlib.Path(request["outputs"][name]))
            if hasattr(os, "sync"):
                os.sync()
            result = measure(arguments)
            if turn >= request["warmups"]:
                print(json.dumps({"name": name, **result}), flush=True)


main()
