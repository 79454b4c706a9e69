"""Processes that run models: a model that crashes or hangs the runtime ends only its worker."""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

Record = dict[str, Any]


class Worker:
    """A process that runs models, replaced by a fresh one when a model brings it down."""

    def __init__(self, command: list[str], timeout: float) -> None:
        """`command` reads jobs and writes records, a JSON line each; `timeout` is in seconds, per job."""
        self.command = command
        self.timeout = timeout
        self.process: subprocess.Popen[bytes] | None = None
        self.log = tempfile.TemporaryFile()

    def run(self, job: Record) -> Record:
        process = self._alive()
        self.log.seek(0)
        self.log.truncate()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            line = self._answer(process)
        except BrokenPipeError:
            line = b""
        if line:
            return json.loads(line)
        return {"id": job["id"], "passed": False} | self._post_mortem(process)

    def close(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def _alive(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, bufsize=0
            )
        return self.process

    def _answer(self, process: subprocess.Popen[bytes]) -> bytes:
        """The worker's next line; empty if it ended or took too long."""
        assert process.stdout
        received = b""
        deadline = time.monotonic() + self.timeout
        while not received.endswith(b"\n"):
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(process.stdout.fileno(), 1 << 16) if ready else b""
            if not chunk:
                return b""
            received += chunk
        return received

    def _post_mortem(self, process: subprocess.Popen[bytes]) -> Record:
        try:
            code = process.wait(1)
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            problem = f"LiteRT crashed: {how}"
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            problem = f"LiteRT did not finish within {self.timeout:.0f} s"
        self.process = None
        self.log.seek(0)
        tail = self.log.read().decode(errors="replace").strip().splitlines()[-1:]
        problem = ", ".join([problem, *tail])
        return {"error": problem, "problem": problem}


def run_all(jobs: list[Record], new_worker: Callable[[], Worker], count: int) -> Iterator[Record]:
    """All jobs, in `count` workers; records come as they are ready."""
    waiting: queue.SimpleQueue[Record] = queue.SimpleQueue()
    done: queue.SimpleQueue[Record] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def drive() -> None:
        worker = new_worker()
        try:
            while True:
                done.put(worker.run(waiting.get_nowait()))
        except queue.Empty:
            worker.close()

    for _ in range(min(count, len(jobs))):
        threading.Thread(target=drive, daemon=True).start()
    for _ in jobs:
        yield done.get()
