"""From raw seconds to what is said of a case."""

from statistics import median

# Where a case of cases.json says nothing else: not slower than PyTorch's best.
TARGETS = {"ratio": 1.0}


def summary(case):
    """Medians, ratios and notes of one case's result; parts that were not measured are missing."""
    workers = case["workers"]
    peers = {name: worker for name, worker in workers.items() if name not in ("ours", "limit", "ours-1")}
    best = min(peers, key=lambda name: median(peers[name]["seconds"]), default=None)
    ours, limit, theirs = workers.get("ours"), workers.get("limit"), peers.get(best)
    found = {"best": best, "notes": list(case["errors"])}
    if theirs:
        found |= {"theirs": median(theirs["seconds"]), "their_peak": theirs["peak_bytes"]}
    if limit:
        found["limit"] = median(limit["seconds"])
    if ours:
        found |= {"ours": median(ours["seconds"]), "our_peak": ours["peak_bytes"]}
        if "operations" in ours:
            found["gflops"] = ours["operations"] / found["ours"] / 1e9
        if alone := workers.get("ours-1"):
            found["speedup"] = median(alone["seconds"]) / found["ours"]
        if limit:
            found["share"] = found["limit"] / found["ours"]
    else:
        found["missing"] = case["declined"].get("ours", "failed")
    if ours and theirs:
        rounds = [theirs / ours for ours, theirs in zip(ours["seconds"], theirs["seconds"])]
        found |= {"ratio": found["theirs"] / found["ours"], "ratios": (min(rounds), max(rounds))}
        found["memory"] = found["our_peak"] / found["their_peak"]
        found["notes"] += doubts(ours, theirs)
    found["notes"] += restless(workers)
    found["targets"] = judged(found, case.get("targets", TARGETS))
    return found


def doubts(ours, theirs):
    """Whether both sides did the same: their mean losses over the same number of first steps."""
    a, b = ours.get("loss"), theirs.get("loss")
    if a is None or b is None or abs(a - b) <= 0.1 * max(abs(a), abs(b)):
        return []
    return [f"mean losses while warming up differ: ours {a:.2f}, theirs {b:.2f}"]


def restless(workers):
    """Workers that computed while it was another's turn, and so disturbed it."""
    total = sum(sum(worker.get("spent", worker["seconds"])) for worker in workers.values())
    return [
        f"{name} used {worker['idle_cpu_seconds']} s of processor time between its turns"
        for name, worker in workers.items() if worker.get("idle_cpu_seconds", 0) > max(0.5, 0.02 * total)]


def judged(found, targets):
    """Each target with whether it is met; nothing where there is no figure."""
    rules = {
        "ratio": ("ratio", False), "limit": ("share", False), "threads": ("speedup", False), "memory": ("memory", True)}
    verdicts = []
    for name, bound in targets.items():
        key, is_most = rules[name]
        if key in found:
            met = found[key] <= bound if is_most else found[key] >= bound
            sign = "at most" if is_most else "at least"
            verdicts.append(f"{name} {sign} {bound:g}: {'met' if met else 'MISSED'}")
    return verdicts
