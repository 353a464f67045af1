#!/usr/bin/env python3
"""Reference: the book's Fashion-MNIST autoencoder and VAE in Keras, for quality and for speed.

Usage: keras_book.py {ae,vae} EPOCHS [--lr 1e-3] [--seed 0] [--steps N] [--data DIR]
Set-up (once): python3 -m venv ~/.cache/latent-peers && ~/.cache/latent-peers/bin/pip install tensorflow-cpu
Settings: pixels / 255, zero-padded 28 -> 32, batch 100, Adam, Glorot-uniform weights, three stride-2 convolutions
(32, 64, 128), latent 2; the VAE minimises 500 * mean binary cross-entropy + KL.
Prints per epoch: training means over the epoch, means over the WHOLE test set, training images per second.
"""
import argparse, gzip, os, time
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import keras
import tensorflow as tf
from keras import layers as L

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("model", choices=["ae", "vae"])
args.add_argument("epochs", type=int)
args.add_argument("--lr", type=float, default=1e-3)
args.add_argument("--seed", type=int, default=0)
args.add_argument("--steps", type=int, help="for speed only: so many steps after 20 to warm up, then stop")
args.add_argument("--data", default=os.path.join(os.environ.get("LATENT_DATA", "data"), "fashion-mnist"))
args = args.parse_args()
keras.utils.set_random_seed(args.seed)


def images(name):
    raw = gzip.open(os.path.join(args.data, name)).read()
    x = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28, 1).astype("float32") / 255
    return np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))


train, test = images("train-images-idx3-ubyte.gz"), images("t10k-images-idx3-ubyte.gz")

i = x = L.Input((32, 32, 1))
for filters in (32, 64, 128):
    x = L.Conv2D(filters, 3, 2, "same", activation="relu")(x)
h = L.Flatten()(x)
encoder = keras.Model(i, L.Dense(2)(h) if args.model == "ae" else [L.Dense(2)(h), L.Dense(2)(h)])
j = L.Input((2,))
x = L.Reshape((4, 4, 128))(L.Dense(2048)(j))
for filters in (128, 64, 32):
    x = L.Conv2DTranspose(filters, 3, 2, "same", activation="relu")(x)
decoder = keras.Model(j, L.Conv2D(1, 3, 1, "same", activation="sigmoid")(x))
weights = encoder.trainable_variables + decoder.trainable_variables
optimizer = keras.optimizers.Adam(args.lr)
optimizer.build(weights)


def losses(x):
    bce = lambda y: tf.reduce_mean(keras.losses.binary_crossentropy(x, y))
    if args.model == "ae":
        return bce(decoder(encoder(x))), tf.constant(0.0)
    mean, logvar = encoder(x)
    z = mean + tf.exp(0.5 * logvar) * tf.random.normal(tf.shape(mean))
    kl = tf.reduce_mean(tf.reduce_sum(-0.5 * (1 + logvar - mean**2 - tf.exp(logvar)), axis=1))
    return 500 * bce(decoder(z)), kl


@tf.function
def step(x):
    with tf.GradientTape() as tape:
        reconstruction, kl = losses(x)
        total = reconstruction + kl
    optimizer.apply_gradients(zip(tape.gradient(total, weights), weights))
    return reconstruction, kl


evaluate = tf.function(losses)
batches = tf.data.Dataset.from_tensor_slices(train).shuffle(60000).batch(100).prefetch(2)
test_batches = tf.data.Dataset.from_tensor_slices(test).batch(100)
if args.steps:
    for n, x in enumerate(batches.repeat().take(20 + args.steps)):
        if n == 20:
            start = time.time()
        values = [float(v) for v in step(x)]
    print(f"{args.model} batch 100 images/s {100 * args.steps / (time.time() - start):.0f} reconstruction {values[0]:.4f}")
    raise SystemExit
for epoch in range(1, args.epochs + 1):
    start, sums, n = time.time(), np.zeros(2), 0
    for x in batches:
        sums += [float(v) for v in step(x)]
        n += 1
    seconds = time.time() - start
    val = np.mean([[float(v) for v in evaluate(x)] for x in test_batches], axis=0)
    print(f"epoch {epoch} train reconstruction {sums[0]/n:.4f} kl {sums[1]/n:.4f} "
          f"test reconstruction {val[0]:.4f} kl {val[1]:.4f} images/s {len(train)/seconds:.0f}", flush=True)
