// What CuPy puts before its own kernels.
#define M_PI 3.14159265358979323846
#define FLT_MAX 3.402823466e+38f
ATOMIC(atomicAdd, long long, old + value)
struct _Argument { char* data; const long long* shape; const long long* strides; int ndim; };
template <class T> struct CArray {
  _Argument a;
  CArray(const _Argument& a) : a(a) {}
  ptrdiff_t size() const { ptrdiff_t n = 1; for (int k = 0; k < a.ndim; ++k) n *= a.shape[k]; return n; }
  const long long* shape() const { return a.shape; }
  const long long* strides() const { return a.strides; }
  T& operator[](const ptrdiff_t* index) const {
    char* p = a.data;
    for (int k = 0; k < a.ndim; ++k) p += index[k] * a.strides[k];
    return *(T*)p;
  }
  T& operator[](ptrdiff_t i) const {
    char* p = a.data;
    for (int k = a.ndim; k-- > 0; i /= a.shape[k]) p += i % a.shape[k] * a.strides[k];
    return *(T*)p;
  }
};
struct CIndexer {
  ptrdiff_t n; int ndim; const long long* _shape; ptrdiff_t index[32];
  ptrdiff_t size() const { return n; }
  const long long* shape() const { return _shape; }
  const ptrdiff_t* get() const { return index; }
  void set(ptrdiff_t i) { for (int k = ndim; k-- > 0; i /= _shape[k]) index[k] = i % _shape[k]; }
};
