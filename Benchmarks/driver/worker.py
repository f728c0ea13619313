"""A process that takes steps when told to, and waits silently otherwise."""

import json
import os
import select
import subprocess
import tempfile


class WorkerError(Exception):
    """One line that says what went wrong."""


class Declined(Exception):
    """There is nothing to time on that side yet; the text says why."""


class Worker:
    """Starts the command and waits until it has warmed up."""

    def __init__(self, name, command, patience=1800):
        self.name = name
        self.seconds, self.idle_cpu = [], 0.0
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=0)
        try:
            self.ready = self.answer(patience)
            if not self.ready["ready"]:
                raise Declined(self.ready["reason"])
        except BaseException:
            self.kill()
            raise
        self.cpu_when_left = self.cpu_seconds()

    def answer(self, patience):
        while True:
            if not select.select([self.process.stdout], [], [], patience)[0]:
                raise WorkerError(f"{self.name}: no answer for {patience:.0f} s")
            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                self.errors.seek(0)
                last = [text.strip() for text in self.errors if text.strip()][-1:] or ["it said nothing"]
                raise WorkerError(f"{self.name}: ended with status {self.process.returncode}: {last[0]}")
            if line.startswith(b"{"):  # a library may write notes of its own
                return json.loads(line)

    def say(self, line):
        try:
            self.process.stdin.write((line + "\n").encode())
        except BrokenPipeError:
            pass  # the answer that does not come tells why

    def go(self, seconds):
        """Steps for about so long; keeps the mean time of one."""
        self.idle_cpu += self.cpu_seconds() - self.cpu_when_left
        self.say(f"go {seconds}")
        answer = self.answer(60 + 60 * seconds)
        if "error" in answer:
            raise WorkerError(f"{self.name}: {answer['error']}")
        self.seconds.append(answer["seconds_per_step"])
        self.cpu_when_left = self.cpu_seconds()

    def end(self):
        """Lets the process end; returns what is worth keeping of it."""
        self.say("end")
        peak = self.answer(60)["peak_bytes"]
        self.process.stdin.close()
        self.process.wait(60)
        kept = {"seconds": self.seconds, "peak_bytes": peak, "idle_cpu_seconds": round(self.idle_cpu, 2)}
        return kept | {key: self.ready[key] for key in ("loss", "operations") if key in self.ready}

    def kill(self):
        self.process.kill()
        self.process.wait()

    def cpu_seconds(self):
        try:
            with open(f"/proc/{self.process.pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            return 0.0
