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

CODES = {"vq": {"name": "vq", "codes": 8}, "fsq": {"name": "fsq", "levels": [4, 3]}}

# Conditions, residual networks and how a step is made and averaged.
STEPS = {
    "condition": {"model": {"condition": "shape"}},
    "resnet": {"data": {"size": [16, 16]}, "model": {"encoder": "resnet", "decoder": "resnet"}},
    "map": {"data": {"size": [16, 16]}, "model": {"encoder": "resnet", "latent_dim": 8, "latent_shape": [2, 2, 2]}},
    "ema": {"train": {"ema": 0.9}},
    "accumulate": {"train": {"accumulate": 4, "schedule": {"warmup_epochs": 1}}},
}

KINDS = {"plain": {}, "norm": {"model": {"bottleneck": "point"}, "objective": {"code_norm": {}}}, **STEPS, **{name: {"objective": objective} for name, (objective, terms) in OBJECTIVES.items()},
         **{name: {"data": {"size": [16, 16]}, "model": {"encoder": "conv", "bottleneck": bottleneck}}
            for name, bottleneck in CODES.items()}}

# Networks that together have every kind of layer.
NETWORKS = {
    "vae": {},
    "point": {"model": {"bottleneck": {"name": "point", "activation": "relu"}},
              "objective": {"likelihood": {"name": "gaussian", "output": "sigmoid"}}},
    "blocks": {"model": {"encoder": {"name": "conv", "channels": [8, 16], "activation": "elu", "dropout": 0.2,
                                     "normalization": {"name": "batch", "position": "before"}, "dense": [12]},
                         "decoder": {"name": "conv", "channels": [16, 8], "activation": "leaky_relu", "slope": 0.1,
                                     "normalization": {"name": "group", "groups": 4, "position": "after"}, "dense": [12]}}},
    "dense": {"model": {"encoder": {"name": "dense", "hidden": [16, 12], "activation": "gelu",
                                    "normalization": {"name": "batch", "position": "after"}},
                        "decoder": {"name": "dense", "hidden": [12, 16], "activation": "silu"}}},
    "tanh": {"model": {"encoder": {"name": "conv", "activation": "tanh"}, "bottleneck": {"name": "point", "activation": "sigmoid"},
                       "decoder": {"name": "conv", "activation": "softplus"}}},
    "vq": {"model": {"bottleneck": {"name": "vq", "codes": 32}}},
    "fsq": {"model": {"bottleneck": {"name": "fsq", "levels": [5, 4]}, "latent_dim": 2}},
    "conditional": {"model": {"condition": "shape"}},
    "residual": {"model": {"encoder": {"name": "resnet", "channels": [8, 16], "blocks": 1, "attention": [7]},
                           "decoder": {"name": "resnet", "channels": [16, 8], "blocks": 1}}},
    "map": {"model": {"encoder": {"name": "resnet", "channels": [8, 16], "blocks": 1}, "latent_dim": None, "latent_shape": [2, 4, 4],
                      "condition": "shape"}},
}
