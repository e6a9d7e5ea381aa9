// What cuda_fp16.h and cuda_bf16.h give: numbers of 16 bits, whose arithmetic happens in float.
struct float16 {
  _Float16 v;
  float16() = default;
  float16(float x) : v((_Float16)x) {}
  float16(double x) : v((_Float16)x) {}
  float16(int x) : v((_Float16)(float)x) {}
  float16(unsigned x) : v((_Float16)(float)x) {}
  float16(long long x) : v((_Float16)(float)x) {}
  float16(unsigned long long x) : v((_Float16)(float)x) {}
  operator float() const { return (float)v; }
};
struct bfloat16 {
  unsigned short v;
  bfloat16() = default;
  bfloat16(float x) { unsigned u = _bits<unsigned>(x); v = x != x ? 0x7fc0 : (u + 0x7fff + (u >> 16 & 1)) >> 16; }
  bfloat16(double x) : bfloat16((float)x) {}
  bfloat16(int x) : bfloat16((float)x) {}
  bfloat16(unsigned x) : bfloat16((float)x) {}
  operator float() const { return _bits<float>((unsigned)v << 16); }
};
#define ASSIGN(t, op) inline t& operator op##=(t& a, float b) { return a = t((float)a op b); }
#define BOUND(t) inline t max(t x, t y) { return fmaxf(x, y); } inline t min(t x, t y) { return fminf(x, y); }
#define SHORT(t) ASSIGN(t, +) ASSIGN(t, -) ASSIGN(t, *) ASSIGN(t, /) BOUND(t)
SHORT(float16) SHORT(bfloat16)
#define OF_HALF(g) inline float g(float16 x) { return g##f((float)x); } inline float g(bfloat16 x) { return g##f((float)x); }
OF_HALF(exp) OF_HALF(exp2) OF_HALF(exp10) OF_HALF(expm1) OF_HALF(log) OF_HALF(log2) OF_HALF(log10) OF_HALF(log1p)
OF_HALF(sqrt) OF_HALF(rsqrt) OF_HALF(cbrt) OF_HALF(sin) OF_HALF(cos) OF_HALF(tan) OF_HALF(asin) OF_HALF(acos) OF_HALF(atan)
OF_HALF(sinh) OF_HALF(cosh) OF_HALF(tanh) OF_HALF(asinh) OF_HALF(acosh) OF_HALF(atanh) OF_HALF(erf) OF_HALF(erfc)
OF_HALF(lgamma) OF_HALF(tgamma) OF_HALF(floor) OF_HALF(ceil) OF_HALF(trunc) OF_HALF(round) OF_HALF(rint) OF_HALF(nearbyint)
OF_HALF(fabs) OF_HALF(normcdf) OF_HALF(erfinv) OF_HALF(sinpi) OF_HALF(cospi)
#define TEST_HALF(f) inline bool f(float16 x) { return f((float)x); } inline bool f(bfloat16 x) { return f((float)x); }
TEST_HALF(isnan) TEST_HALF(isinf) TEST_HALF(isfinite) TEST_HALF(signbit)
#define OF_TWO(t, g) inline float g(t x, t y) { return g##f(x, y); }
#define OF_TWO_HALVES(g) OF_TWO(float16, g) OF_TWO(bfloat16, g)
OF_TWO_HALVES(pow) OF_TWO_HALVES(fmod) OF_TWO_HALVES(atan2) OF_TWO_HALVES(hypot)
#define KEEPS(g) inline float16 g(float16 x, float16 y) { return g##f(x, y); }
KEEPS(copysign) KEEPS(fmax) KEEPS(fmin)
inline float abs(float16 x) { return fabsf(x); }
inline float abs(bfloat16 x) { return fabsf(x); }
inline float pow(float16 x, int y) { return powf(x, y); }
inline float fma(float16 x, float16 y, float16 z) { return fmaf(x, y, z); }

struct __half : float16 { using float16::float16; };
struct __nv_bfloat16 : bfloat16 { using bfloat16::bfloat16; };
typedef __half half;
struct __half2 { __half x, y; };
inline float __half2float(__half x) { return x; }
inline __half __float2half(float x) { return __half(x); }
inline __half __float2half_rn(float x) { return __half(x); }
inline float __bfloat162float(__nv_bfloat16 x) { return x; }
inline __nv_bfloat16 __float2bfloat16(float x) { return __nv_bfloat16(x); }
ATOMIC(atomicAdd, __half, __half((float)old + (float)value))
