# docker build -t latent .
# docker run --rm --gpus all -v "$PWD":/work -u "$(id -u):$(id -g)" latent train configs/shapes_vae.json
#
# Without --gpus it runs on the CPU. LibTorch includes its own CUDA libraries and needs only the
# host's driver, so the smallest CUDA base image is enough.
ARG BASE=nvidia/cuda:13.0.2-base-ubuntu24.04

FROM ${BASE} AS build
ENV LATENT_CACHE=/opt/latent/cache
WORKDIR /source
# Before the sources are copied, so that a change to them does not download LibTorch again.
COPY scripts/setup.sh scripts/
RUN scripts/setup.sh && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release -DLATENT_TESTS=OFF \
 && cmake --build --preset release \
 && cmake --install build/release --prefix /opt/latent --strip
# At run time only LibTorch's shared libraries are needed, in the same folder, which the rpath names.
RUN find "$LATENT_CACHE" -mindepth 1 ! -type d ! -name '*.so*' -delete \
 && find "$LATENT_CACHE" -name 'libtorch_python*' -delete \
 && rm -rf "$LATENT_CACHE"/torch-*/lib/python3*/site-packages/triton \
 && find "$LATENT_CACHE" -mindepth 1 -type d -empty -delete

FROM ${BASE} AS run
RUN apt-get -qq update \
 && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
      libopencv-core406t64 libopencv-imgproc406t64 libopencv-imgcodecs406t64 libspdlog1.12 libfmt9 \
      '^libcpp-httplib0' \
      libpng16-16t64 libgif7 libfreetype6 zlib1g libzip4t64 fonts-dejavu-core gnuplot-nox \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home latent \
 && install -d -m 1777 /var/cache/latent
COPY --from=build /opt/latent /opt/latent
# For packed images: with -u, the home folder may not be writable. -v latent-cache:/var/cache/latent
# keeps them.
ENV PATH=/opt/latent/bin:$PATH LATENT_CACHE=/var/cache/latent
USER latent
WORKDIR /work
ENTRYPOINT ["latent"]
CMD ["--help"]
