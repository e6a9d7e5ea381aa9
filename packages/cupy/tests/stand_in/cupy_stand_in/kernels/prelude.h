// The words of CUDA C++ for the host, and no more than NVRTC knows without headers. Nothing is included: that costs time.
typedef unsigned long size_t; typedef long ptrdiff_t;
#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline
#define __noinline__
#define __launch_bounds__(...)
#define assert(x) ((x) ? (void)0 : __builtin_trap())
extern "C" int printf(const char*, ...);

#define VECTOR(t, n, alignment) \
  struct n##2 { t x, y; }; struct n##3 { t x, y, z; }; struct alignas(alignment) n##4 { t x, y, z, w; }; \
  inline n##2 make_##n##2(t x, t y) { return {x, y}; } inline n##3 make_##n##3(t x, t y, t z) { return {x, y, z}; } \
  inline n##4 make_##n##4(t x, t y, t z, t w) { return {x, y, z, w}; }
VECTOR(float, float, 16) VECTOR(double, double, 16) VECTOR(int, int, 16) VECTOR(unsigned, uint, 16)
VECTOR(long long, longlong, 16) VECTOR(unsigned char, uchar, 4) VECTOR(short, short, 8)
typedef uint3 dim3;

// Functions have a body for float and one for double: a whole number fits neither better than the other.
#define ONE(g) \
  extern "C" double g(double) throw(); extern "C" float g##f(float) throw(); inline float g(float x) { return g##f(x); }
#define TWO(g) \
  extern "C" double g(double, double) throw(); extern "C" float g##f(float, float) throw(); \
  inline float g(float x, float y) { return g##f(x, y); }
ONE(exp) ONE(exp2) ONE(exp10) ONE(expm1) ONE(log) ONE(log2) ONE(log10) ONE(log1p) ONE(sqrt) ONE(cbrt) ONE(sin) ONE(cos)
ONE(tan) ONE(asin) ONE(acos) ONE(atan) ONE(sinh) ONE(cosh) ONE(tanh) ONE(asinh) ONE(acosh) ONE(atanh) ONE(erf) ONE(erfc)
ONE(j0) ONE(j1) ONE(y0) ONE(y1) ONE(lgamma) ONE(tgamma) ONE(floor) ONE(ceil) ONE(trunc) ONE(round) ONE(rint) ONE(nearbyint) ONE(fabs) ONE(logb)
TWO(atan2) TWO(fmod) TWO(hypot) TWO(copysign) TWO(fmax) TWO(fmin) TWO(fdim) TWO(nextafter) TWO(remainder) TWO(pow)
inline float pow(float x, int y) { return powf(x, y); }
inline double pow(double x, int y) { return pow(x, (double)y); }
#define OWN(g, d, s) \
  inline double g(double x) { return d; } inline float g##f(float x) { return s; } inline float g(float x) { return s; }
OWN(rsqrt, 1 / sqrt(x), 1 / sqrtf(x)) OWN(rcbrt, 1 / cbrt(x), 1 / cbrtf(x))
OWN(normcdf, 0.5 * erfc(-x * 0.70710678118654752440), 0.5f * erfcf(-x * 0.70710678118654752f))
OWN(sinpi, sin(3.14159265358979323846 * x), sinpi((double)x)) OWN(cospi, cos(3.14159265358979323846 * x), cospi((double)x))
inline double erfinv(double y) {  // Winitzki's approximation, then Newton's steps
  if (!(y > -1 && y < 1)) return y == 1 ? __builtin_inf() : y == -1 ? -__builtin_inf() : __builtin_nan("");
  double l = log1p(-y * y), b = 2 / (3.14159265358979323846 * 0.147) + l / 2, x = sqrt(sqrt(b * b - l / 0.147) - b);
  x = copysign(x, y);
  for (int k = 0; k < 4; ++k) x -= (erf(x) - y) * 0.88622692545275801365 * exp(x * x);
  return x;
}
inline float erfinvf(float y) { return erfinv((double)y); }
inline float erfinv(float y) { return erfinv((double)y); }
OWN(normcdfinv, 1.41421356237309504880 * erfinv(2 * x - 1), normcdfinv((double)x))
extern "C" double norm(int, const double*); extern "C" double rnorm(int, const double*);  // no kernel can have these names
extern "C" double fma(double, double, double) throw(); extern "C" float fmaf(float, float, float) throw();
inline float fma(float x, float y, float z) { return fmaf(x, y, z); }
extern "C" void sincos(double, double*, double*) throw(); extern "C" void sincosf(float, float*, float*) throw();
extern "C" double ldexp(double, int) throw(); extern "C" float ldexpf(float, int) throw();
inline float ldexp(float x, int e) { return ldexpf(x, e); }
inline float nanf(const char*) { return __builtin_nanf(""); }
inline double nan(const char*) { return __builtin_nan(""); }
#define FAST(f) inline float __##f(float x) { return f(x); }
FAST(expf) FAST(exp10f) FAST(logf) FAST(log2f) FAST(log10f) FAST(sinf) FAST(cosf) FAST(tanf)
inline float __powf(float x, float y) { return powf(x, y); }
inline float __fdividef(float x, float y) { return x / y; }
inline float fdividef(float x, float y) { return x / y; }
inline float __frcp_rn(float x) { return 1 / x; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __frsqrt_rn(float x) { return 1 / sqrtf(x); }
inline float __fadd_rn(float x, float y) { return x + y; }
inline float __fmul_rn(float x, float y) { return x * y; }
inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
inline float __saturatef(float x) { return x > 0 ? x < 1 ? x : 1 : 0; }
#define TEST(f) inline bool f(float x) { return __builtin_##f(x); } inline bool f(double x) { return __builtin_##f(x); }
TEST(isnan) TEST(isinf) TEST(isfinite) TEST(signbit)
#define ABS(t) inline t abs(t x) { return x < 0 ? -x : x; }
ABS(int) ABS(long) ABS(long long)
inline float abs(float x) { return fabsf(x); }
inline double abs(double x) { return fabs(x); }
#define BOUNDS(a, b, c) inline c max(a x, b y) { return (c)x > (c)y ? x : y; } inline c min(a x, b y) { return (c)x < (c)y ? x : y; }
#define WHOLE(s, u) BOUNDS(s, s, s) BOUNDS(u, u, u) BOUNDS(s, u, u) BOUNDS(u, s, u)
WHOLE(int, unsigned) WHOLE(long, unsigned long) WHOLE(long long, unsigned long long)
inline float max(float x, float y) { return fmaxf(x, y); }
inline float min(float x, float y) { return fminf(x, y); }
#define DOUBLE_BOUNDS(a, b) inline double max(a x, b y) { return fmax((double)x, (double)y); } \
  inline double min(a x, b y) { return fmin((double)x, (double)y); }
DOUBLE_BOUNDS(double, double) DOUBLE_BOUNDS(float, double) DOUBLE_BOUNDS(double, float)

template <class N> inline N __ldg(const N* p) { return *p; }
template <class To, class From> inline To _bits(From x) { To y; __builtin_memcpy(&y, &x, sizeof y); return y; }
inline int __float_as_int(float x) { return _bits<int>(x); }
inline unsigned __float_as_uint(float x) { return _bits<unsigned>(x); }
inline float __int_as_float(int x) { return _bits<float>(x); }
inline float __uint_as_float(unsigned x) { return _bits<float>(x); }
inline long long __double_as_longlong(double x) { return _bits<long long>(x); }
inline double __longlong_as_double(long long x) { return _bits<double>(x); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x ? __builtin_clz(x) : 32; }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned long long)a * b >> 32; }
inline void __threadfence() {}
inline void __threadfence_block() {}

// One thread runs at a time, so that these need no care.
#define ATOMIC(name, t, expression) inline t name(t* p, t value) { t old = *p; *p = expression; return old; }
#define ATOMICS(t) ATOMIC(atomicMax, t, old > value ? old : value) ATOMIC(atomicMin, t, old < value ? old : value) \
  ATOMIC(atomicOr, t, old | value) ATOMIC(atomicAnd, t, old & value) ATOMIC(atomicXor, t, old ^ value) \
  inline t atomicCAS(t* p, t compare, t value) { t old = *p; if (old == compare) *p = value; return old; }
ATOMICS(int) ATOMICS(unsigned) ATOMICS(unsigned long long)
#define ADDS(t) ATOMIC(atomicAdd, t, old + value)
ADDS(int) ADDS(unsigned) ADDS(unsigned long long) ADDS(float) ADDS(double)
ATOMIC(atomicSub, int, old - value) ATOMIC(atomicSub, unsigned, old - value)
ATOMIC(atomicExch, int, value) ATOMIC(atomicExch, unsigned, value) ATOMIC(atomicExch, unsigned long long, value)
ATOMIC(atomicExch, float, value)

// Calls a kernel with arguments that lie in memory, each as wide as the kernel says.
template <int...> struct _Places {};
template <int n, int... k> struct _Count : _Count<n - 1, n - 1, k...> {};
template <int... k> struct _Count<0, k...> { typedef _Places<k...> t; };
template <class... P, int... k> void _apply(void (*f)(P...), void** a, _Places<k...>) { f(*(P*)a[k]...); }
template <class... P> void _call(void (*f)(P...), void** a) { _apply(f, a, typename _Count<sizeof...(P)>::t()); }
template <class... P> int _sizes(void (*f)(P...), int* out) {
  int sizes[] = {(int)sizeof(P)..., 0};
  for (int k = 0; k < (int)sizeof...(P); ++k) out[k] = sizes[k];
  return sizeof...(P);
}
