// The threads of a block in step: each has a stack of its own, and gives way to the others where it has to wait.
#include <ucontext.h>
extern "C" void* malloc(size_t) throw(); extern "C" void free(void*) throw();
#define __shared__ static
static dim3 threadIdx, blockIdx, blockDim, gridDim;
static const int warpSize = 32;
alignas(16) static char _dynamic_shared[1 << 18];
enum { READY, AT_BLOCK, AT_WARP, ENDED };
struct _Fiber { ucontext_t context; int state; dim3 index; unsigned long long value; };
static _Fiber* _fibers; static _Fiber* _now; static ucontext_t _scheduler; static int _count;
static void (*_body)(void*); static void* _body_data;

static void _wait(int state) {
  _Fiber* me = _now;
  me->state = state;
  swapcontext(&me->context, &_scheduler);
}
static void _enter() { _body(_body_data); _now->state = ENDED; swapcontext(&_now->context, &_scheduler); }
static int _open(int from, int to, int state) {  // lets go those who wait, if all who have not ended do
  for (int k = from; k < to; ++k) if (_fibers[k].state != state && _fibers[k].state != ENDED) return 0;
  int opened = 0;
  for (int k = from; k < to; ++k) if (_fibers[k].state == state) { _fibers[k].state = READY; opened = 1; }
  return opened;
}
static void _block() {
  const int stack = 1 << 15;
  char* stacks = (char*)malloc((size_t)stack * _count);
  for (int k = 0; k < _count; ++k) {
    _Fiber& f = _fibers[k];
    f.state = READY;
    f.index = {k % blockDim.x, k / blockDim.x % blockDim.y, k / (blockDim.x * blockDim.y)};
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = stacks + (size_t)stack * k; f.context.uc_stack.ss_size = stack; f.context.uc_link = 0;
    makecontext(&f.context, _enter, 0);
  }
  for (int running = 1; running;) {
    running = 0;
    for (int k = 0; k < _count; ++k) if (_fibers[k].state == READY) {
      _now = &_fibers[k]; threadIdx = _now->index; running = 1;
      swapcontext(&_scheduler, &_now->context);
    }
    for (int w = 0; w < _count; w += 32) running |= _open(w, w + 32 < _count ? w + 32 : _count, AT_WARP);
    running |= _open(0, _count, AT_BLOCK);
  }
  for (int k = 0; k < _count; ++k) if (_fibers[k].state != ENDED) __builtin_trap();  // a barrier that not all reach
  free(stacks);
}
template <class F> static void _invoke(void* f) { (*(F*)f)(); }
template <class F> static void _grid(const unsigned* d, F thread) {
  gridDim = {d[0], d[1], d[2]}; blockDim = {d[3], d[4], d[5]}; _count = d[3] * d[4] * d[5];
  _fibers = (_Fiber*)malloc(sizeof(_Fiber) * _count); _body = _invoke<F>; _body_data = &thread;
  for (unsigned z = 0; z < d[2]; ++z) for (unsigned y = 0; y < d[1]; ++y) for (unsigned x = 0; x < d[0]; ++x) {
    blockIdx = {x, y, z};
    _block();
  }
  free(_fibers);
}

static void __syncthreads() { _wait(AT_BLOCK); }
static void __syncwarp(unsigned mask = ~0u) { _wait(AT_WARP); }
static int __syncthreads_or(int p) { static int any; any = 0; __syncthreads(); if (p) any = 1; __syncthreads(); int r = any; __syncthreads(); return r; }
static int __syncthreads_and(int p) { return !__syncthreads_or(!p); }
template <class N> static N _from_lane(N value, int lane, bool valid) {
  union { N n; unsigned long long u; } c; c.u = 0; c.n = value;
  _now->value = c.u;
  __syncwarp();
  int me = _now - _fibers, other = me / 32 * 32 + lane;
  if (valid && other < _count) c.u = _fibers[other].value;
  __syncwarp();
  return c.n;
}
static int _lane() { return (_now - _fibers) % 32; }
template <class N> static N __shfl_sync(unsigned m, N v, int lane, int width = 32) { return _from_lane(v, _lane() / width * width + lane % width, true); }
template <class N> static N __shfl_down_sync(unsigned m, N v, unsigned d, int width = 32) { return _from_lane(v, _lane() + d, _lane() % width + (int)d < width); }
template <class N> static N __shfl_up_sync(unsigned m, N v, unsigned d, int width = 32) { return _from_lane(v, _lane() - d, _lane() % width >= (int)d); }
template <class N> static N __shfl_xor_sync(unsigned m, N v, int x, int width = 32) { return _from_lane(v, _lane() ^ x, true); }
static unsigned __ballot_sync(unsigned m, int p) {
  unsigned r = 0;
  _now->value = p != 0;
  __syncwarp();
  int first = (_now - _fibers) / 32 * 32;
  for (int k = 0; k < 32 && first + k < _count; ++k) r |= (unsigned)_fibers[first + k].value << k;
  __syncwarp();
  return r & m;
}
static int __any_sync(unsigned m, int p) { return __ballot_sync(m, p) != 0; }
static int __all_sync(unsigned m, int p) { return __ballot_sync(m, !p) == 0; }
