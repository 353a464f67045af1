"""Kinds of training whose state must survive a kill: changes to a small config, and the columns that each adds."""

OBJECTIVES = {
    "tc": ({"total_correlation": {"weight": 5}}, ["kl", "mi", "tc", "dimension_kl"]),
    "factor": ({"factor": {"weight": 10, "hidden": [32, 32]}}, ["kl", "factor_tc"]),
    "dip": ({"dip": {}}, ["kl", "dip_covariance", "dip_variance"]),
    "mmd": ({"kl": None, "mmd": {}}, ["mmd"]),
    "target": ({"kl": {"target": 3}}, ["kl", "kl_weight"]),
    "free": ({"kl": {"free_nats": 0.1}}, ["kl"]),
    "iwae": ({"bound": {"name": "iwae", "samples": 3}}, ["bound"]),
    "dreg": ({"bound": {"name": "iwae", "samples": 3, "gradient": "dreg"}}, ["bound"]),
}

KINDS = {"plain": {}, **{name: {"objective": objective} for name, (objective, terms) in OBJECTIVES.items()}}
