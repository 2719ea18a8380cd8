"""Destinations that are down, hang, break off, talk nonsense, limit or refuse us: nothing lost, nobody else delayed."""

from tests.chaos import beside, outages

LASTS_S = 40.0
SHORT_S = 10.0


def run(seed: int, short: bool) -> tuple[list[str], bool]:
    """Six destinations fail for twenty seconds; then eleven hang beside sixty healthy ones."""
    found, told = outages.outages()
    faults = [fault for each in found for fault in each.faults]
    lines = [
        f"destinations fail for {outages.OUTAGE_S:.0f} s while one call breaks, one mends, and one does both:",
        *(each.line for each in found),
        f"  the healthy one beside them was told {told} times meanwhile",
    ]
    alone, hung = beside.measure(seed, SHORT_S if short else LASTS_S)
    lines += beside.lines(alone, hung)
    if (times := beside.ratio(alone, hung)) > beside.TIMES:
        faults.append(f"p99 {times:.2f} times later beside those that hang")
    return [*lines, *(f"  NOT AS PROMISED {fault}" for fault in faults)], not faults
