// Attributes that compile a function for several processors. Attributes take no constants, so these
// are macros.
//
// LATENT_CLONES compiles a function once for each of the given processors and once for any other;
// GCC chooses among them when the program is loaded, which is too early for a sanitizer.
// LATENT_AVX512 compiles a function for AVX-512 only; the caller asks has_wide_registers()
// (kernel/simd.h) first. Compilers without them get one version for the build's own target.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__AVX512F__)
#define LATENT_HAS_CLONES
#define LATENT_CLONES(...) __attribute__((target_clones(__VA_ARGS__, "default")))
#define LATENT_AVX512                                                               \
  __attribute__((                                                                   \
      target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2,lzcnt," \
             "movbe,f16c,popcnt")))
#else
#define LATENT_CLONES(...)
#define LATENT_AVX512
#endif
