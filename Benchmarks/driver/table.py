"""What was measured, as plain text and as Markdown."""

from driver.summary import summary

HEADERS = [
    "case", "ours", "PyTorch", "its best", "ratio (rounds)", "GFLOP/s", "of limit", "over 1 thread",
    "peak memory, ours / theirs", "target"]


def duration(seconds, unit):
    scale, suffix = (1, "s") if seconds >= 1 else (1e3, "ms")
    digits = 3 if seconds * scale < 10 else 2 if seconds * scale < 100 else 1
    return f"{seconds * scale:.{digits}f} {suffix}/{unit}"


def row(name, case):
    """The cells of one case, and its notes."""
    found = summary(case)
    unit = case.get("unit", "step")

    def cell(key, form):
        return form(found[key]) if key in found else "-"

    ratio = "-"
    if "ratio" in found:
        ratio = f"{found['ratio']:.2f} ({found['ratios'][0]:.2f} to {found['ratios'][1]:.2f})"
    cells = [
        f"{name}: {case['title']}", cell("ours", lambda s: duration(s, unit)),
        cell("theirs", lambda s: duration(s, unit)),
        found["best"] or "-", ratio, cell("gflops", lambda g: f"{g:.0f}"), cell("share", lambda s: f"{100 * s:.0f} %"),
        cell("speedup", lambda s: f"{s:.2f}"),
        f"{cell('our_peak', megabytes)} / {cell('their_peak', megabytes)} MB", "; ".join(found["targets"]) or "-"]
    if "missing" in found:
        cells[1] = found["missing"]
    return cells, [f"{name}: {note}" for note in found["notes"]]


def megabytes(count):
    return f"{count / 1e6:,.0f}"


def heading(results):
    m, v, s = results["machine"], results["versions"], results["settings"]
    memory = f"{m['memory_bytes'] / 2**30:.0f} GiB"
    return [
        f"{m.get('model', 'unknown processor')}, {m['cores']} cores, {m['vectors']}, {memory}, Linux {m['kernel']}",
        f"PyTorch {v['torch']} (float32); matrix products by {v['products']}; {v['swift']}; commit {v['commit']}; "
        f"{v['date']}",
        f"{s['threads']} threads, {s['rounds']} rounds of {s['seconds']:g} s for each worker in turn; medians. Ratio: "
        "PyTorch's time over ours. Limit: the same matrix products by the same library and nothing else.",
    ]


def rows(results):
    pairs = [row(name, case) for name, case in results["cases"].items()]
    return [cells for cells, _ in pairs], [note for _, notes in pairs for note in notes]


def plain(results):
    table, notes = rows(results)
    widths = [max(len(line[i]) for line in [HEADERS] + table) for i in range(len(HEADERS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [HEADERS] + table]
    return "\n".join(heading(results) + [""] + lines + [f"note: {note}" for note in notes])


def markdown(results):
    table, notes = rows(results)
    rule = ["---", "---:", "---:", "---", "---:", "---:", "---:", "---:", "---:", "---"]
    lines = [f"| {' | '.join(line)} |" for line in [HEADERS, rule] + table]
    return "\n\n".join(["\n".join(heading(results)), "\n".join(lines)] + [f"Note: {note}." for note in notes]) + "\n"
