// The kernels of launch.h on tensors: what latent_cuda.so exports.
#include "kernel/cuda_kernels.h"

#include <ATen/ATen.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>

#include "kernel/cuda/launch.h"

namespace latent::kernel::cuda {
namespace {

Type type_of(const Tensor& x) {
  return x.scalar_type() == at::kBFloat16 ? Type::kBFloat16 : Type::kFloat;
}

const float* floats(const Tensor& x) { return x.defined() ? x.const_data_ptr<float>() : nullptr; }

const void* values(const Tensor& x) { return x.defined() ? x.const_data_ptr() : nullptr; }

cudaStream_t stream_of(const Tensor& x) {
  return c10::cuda::getCurrentCUDAStream(x.device().index());
}

Tensor float_buffer(int64_t size, const Tensor& like) {
  return at::empty({size}, like.options().dtype(at::kFloat));
}

int small(int64_t size) { return static_cast<int>(size); }

// Cuts the gradients of a weight, stored as [outputs, 3, 3, inputs], and of its bias from one
// buffer.
std::tuple<Tensor, Tensor> cut(const Tensor& both, const Tensor& weight) {
  const Tensor first = both.narrow(0, 0, weight.numel())
                           .view({weight.size(0), 3, 3, weight.size(1)})
                           .permute({0, 3, 1, 2});
  return {first, both.narrow(0, weight.numel(), weight.size(0))};
}

BiasActivation bias_activation(const Tensor& x, double slope) {
  return {.rows = x.numel() / x.size(1),
          .channels = small(x.size(1)),
          .slope = static_cast<float>(slope),
          .type = type_of(x)};
}

Tensor add_bias(const Tensor& x, const Tensor& bias, double slope) {
  const c10::cuda::CUDAGuard guard(x.device());
  Tensor y = at::empty_like(x);
  forward(bias_activation(x, slope), values(x), floats(bias), y.mutable_data_ptr(), stream_of(x));
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return y;
}

std::tuple<Tensor, Tensor> add_bias_backward(const Tensor& y, const Tensor& gradient,
                                             double slope) {
  const c10::cuda::CUDAGuard guard(gradient.device());
  const BiasActivation of = bias_activation(gradient, slope);
  const Tensor partial = float_buffer(kMostBlocks * of.channels, gradient);
  Tensor bias = float_buffer(of.channels, gradient);
  Tensor x = slope == 1 ? gradient : at::empty_like(gradient);
  backward(of, values(y), values(gradient), slope == 1 ? nullptr : x.mutable_data_ptr(),
           partial.mutable_data_ptr<float>(), bias.mutable_data_ptr<float>(), stream_of(gradient));
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return {x, bias};
}

NarrowConv narrow_sizes(const Tensor& x, double slope, const Tensor& weight) {
  return {.images = small(x.size(0)),
          .height = small(x.size(2)),
          .width = small(x.size(3)),
          .channels = small(x.size(1)),
          .outputs = small(weight.size(0)),
          .slope = static_cast<float>(slope),
          .type = type_of(x)};
}

Tensor narrow_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias) {
  const c10::cuda::CUDAGuard guard(x.device());
  Tensor y = at::empty({x.size(0), weight.size(0), x.size(2), x.size(3)},
                       x.options().dtype(at::kFloat), at::MemoryFormat::ChannelsLast);
  forward(narrow_sizes(x, slope, weight), values(x), floats(weight), floats(bias),
          y.mutable_data_ptr<float>(), stream_of(x));
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return y;
}

std::tuple<Tensor, Tensor, Tensor> narrow_conv_backward(const Tensor& x, double slope,
                                                        const Tensor& weight,
                                                        const Tensor& gradient) {
  const c10::cuda::CUDAGuard guard(x.device());
  const int64_t size = weight.numel() + weight.size(0);
  const Tensor partial = float_buffer(kMostBlocks * size, x);
  const Tensor both = float_buffer(size, x);
  Tensor input_gradient = at::empty_like(x);
  backward(narrow_sizes(x, slope, weight), values(x), floats(weight), floats(gradient),
           input_gradient.mutable_data_ptr(), partial.mutable_data_ptr<float>(),
           both.mutable_data_ptr<float>(), stream_of(x));
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return std::tuple_cat(std::make_tuple(input_gradient), cut(both, weight));
}

kernel::cuda::ImageConv image_sizes(const Tensor& x, const Tensor& y, int64_t stride,
                                    double slope) {
  return {.images = small(x.size(0)),
          .height = small(x.size(2)),
          .width = small(x.size(3)),
          .inputs = small(x.size(1)),
          .channels = small(y.size(1)),
          .stride = small(stride),
          .output_height = small(y.size(2)),
          .output_width = small(y.size(3)),
          .slope = static_cast<float>(slope),
          .type = type_of(y)};
}

Tensor image_conv(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                  double slope, at::ScalarType type) {
  const c10::cuda::CUDAGuard guard(x.device());
  const auto reached = [&](int64_t dimension) { return (x.size(dimension) - 1) / stride + 1; };
  Tensor y = at::empty({x.size(0), weight.size(0), reached(2), reached(3)}, x.options().dtype(type),
                       at::MemoryFormat::ChannelsLast);
  forward(image_sizes(x, y, stride, slope), floats(x), floats(weight), floats(bias),
          y.mutable_data_ptr(), stream_of(x));
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return y;
}

std::tuple<Tensor, Tensor> image_conv_backward(const Tensor& x, const Tensor& weight,
                                               const Tensor& y, const Tensor& gradient,
                                               int64_t stride, double slope) {
  const c10::cuda::CUDAGuard guard(x.device());
  const int64_t size = weight.numel() + weight.size(0);
  const Tensor partial = float_buffer(kMostBlocks * size, x);
  const Tensor both = float_buffer(size, x);
  backward(image_sizes(x, gradient, stride, slope), floats(x), values(y), values(gradient),
           partial.mutable_data_ptr<float>(), both.mutable_data_ptr<float>(), stream_of(x));
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return cut(both, weight);
}

}  // namespace
}  // namespace latent::kernel::cuda

extern "C" const latent::kernel::CudaKernels* latent_cuda_kernels() {
  namespace cuda = latent::kernel::cuda;
  static const latent::kernel::CudaKernels kernels{cuda::add_bias,    cuda::add_bias_backward,
                                                   cuda::narrow_conv, cuda::narrow_conv_backward,
                                                   cuda::image_conv,  cuda::image_conv_backward};
  return &kernels;
}
