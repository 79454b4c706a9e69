"""Writes goldens.json beside this file: distributions and tests as scipy gives them.

Needs scipy: python make_goldens.py
"""
import json
import math
import pathlib

from scipy import optimize, stats

students = [(-1.7, 5), (3, 10), (3, 40), (5, 100), (3.2, 1000), (3.2, 100000), (4, 1e6), (2, 1), (10, 20), (-0.5, 7), (30, 50)]
binomials = [(0, 10), (6, 10), (9, 9), (521, 1000), (600, 1000), (50521, 100000), (501500, 1000000), (1, 1)]
shares = [(0, 20), (20, 20), (1, 20), (180, 200), (7, 10), (99990, 100000)]


def tango(samples, lost, gained):
    """Ends of Tango's interval: the likelihood is maximised by search, and the score solved for its quantiles."""

    def score(drop):
        def unlikely(share):
            parts = ((lost, share + drop), (gained, share), (samples - lost - gained, 1 - 2 * share - drop))
            return -sum(count * math.log(max(part, 1e-300)) for count, part in parts if count)

        bounds = (max(0, -drop), (1 - drop) / 2)
        share = optimize.minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        return (lost - gained - samples * drop) / math.sqrt(samples * (2 * share + drop * (1 - drop)))

    z = stats.norm.ppf(0.975)
    measured = (lost - gained) / samples
    low = optimize.brentq(lambda drop: score(drop) - z, -0.999, measured - 1e-9)
    return [low, optimize.brentq(lambda drop: score(drop) + z, measured + 1e-9, 0.999)]


goldens = {
    "normalQuantile": [[p, float(stats.norm.ppf(p))] for p in (1e-9, 1e-5, 0.00125, 0.025, 0.05, 0.9, 0.975)],
    "normalBelow": [[z, float(stats.norm.cdf(z))] for z in (-5, -3.5, -1, 0, 2)],
    "studentQuantile": [[p, df, float(stats.t.ppf(p, df))] for p in (0.975, 0.001) for df in (1, 2, 5, 19, 100, 9999)],
    "studentAbove": [[t, df, float(stats.t.sf(t, df))] for t, df in students],
    "binomialAtLeast": [[k, n, float(stats.binom.sf(k - 1, n, 0.5))] for k, n in binomials],
    "logBinomial": [[k, n, p, float(stats.binom.logpmf(k, n, p))] for k, n, p in ((3, 10, 0.2), (0, 5, 0.1), (5, 5, 0.9), (2000, 40000, 0.05))],
    "mcnemar": [
        [lost, gained, float(stats.binomtest(lost, lost + gained, 0.5, alternative="greater").pvalue)]
        for lost, gained in ((5, 0), (5, 5), (0, 4), (30, 12), (400, 330))
    ],
    "tango": [[*counts, *tango(*counts)] for counts in ((44, 0, 1), (200, 17, 3), (50, 4, 0), (1000, 30, 30))],
    "wilson": [
        [hits, n, *map(float, stats.binomtest(hits, n).proportion_ci(0.95, method="wilson"))] for hits, n in shares
    ],
}
path = pathlib.Path(__file__).with_name("goldens.json")
path.write_text(json.dumps(goldens, indent=1) + "\n")
