"""Workers of a case, in turn."""

import os
import sys

from driver.worker import Declined, Worker, WorkerError


def complain(text):
    print(f"error: {text}", file=sys.stderr, flush=True)


def measure(case, commands, rounds, seconds):
    """Starts the workers, lets each go once a round, in an order that rotates, and returns what was measured.

    A worker that fails is reported and left out; the others go on.
    """
    result = {"workers": {}, "declined": {}, "errors": [], "load": [os.getloadavg()[0]]}
    alive = {}

    def attempt(name, action):
        try:
            return action()
        except Declined as reason:
            result["declined"][name] = str(reason)
        except (WorkerError, OSError) as error:
            result["errors"].append(str(error))
            complain(f"case {case}: {error}")
        if name in alive:
            alive.pop(name).kill()

    try:
        for name, command in commands.items():
            print(f"{case}: starting {name}", file=sys.stderr, flush=True)
            if (worker := attempt(name, lambda: Worker(name, command))) is not None:
                alive[name] = worker
        for round in range(rounds):
            names = list(alive)
            shift = round % max(len(names), 1)
            for name in names[shift:] + names[:shift]:
                attempt(name, lambda: alive[name].go(seconds))
            print(f"{case}: round {round + 1} of {rounds}", file=sys.stderr, flush=True)
        for name in list(alive):
            if (kept := attempt(name, lambda: alive[name].end())) is not None:
                result["workers"][name] = kept
                alive.pop(name)
    finally:
        for worker in alive.values():
            worker.kill()
    result["load"].append(os.getloadavg()[0])
    return result
