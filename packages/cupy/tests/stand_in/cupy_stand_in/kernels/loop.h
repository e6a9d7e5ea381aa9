// The threads of a grid, one after the other: nothing here makes them wait for one another.
#define __shared__ static
static dim3 threadIdx, blockIdx, blockDim, gridDim;
static const int warpSize = 32;
alignas(16) static char _dynamic_shared[1 << 16];
template <class F> static void _grid(const unsigned* d, F thread) {
  gridDim = {d[0], d[1], d[2]}; blockDim = {d[3], d[4], d[5]};
  for (blockIdx.z = 0; blockIdx.z < d[2]; ++blockIdx.z) for (blockIdx.y = 0; blockIdx.y < d[1]; ++blockIdx.y)
  for (blockIdx.x = 0; blockIdx.x < d[0]; ++blockIdx.x)
  for (threadIdx.z = 0; threadIdx.z < d[5]; ++threadIdx.z) for (threadIdx.y = 0; threadIdx.y < d[4]; ++threadIdx.y)
  for (threadIdx.x = 0; threadIdx.x < d[3]; ++threadIdx.x) thread();
}
