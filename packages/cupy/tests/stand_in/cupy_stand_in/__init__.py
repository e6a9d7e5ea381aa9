"""What the stand-in for CuPy is made of.

`record` is for doubles of libraries that work on addresses: it runs a function now, or keeps it if a capture is going
on, for the launches of the graph.

It has CuPy's names, arguments, types, layouts, errors and transfers (those of CuPy 14.2). It knows more than a GPU, on
purpose, in these places:

- Memory that is handed out is full of bytes 0xff. Of several values for one place of an index array the first wins.
- `RawKernel` looks at the sizes of its arguments; a GPU reads what comes to lie there.
- Devices have no access to each other's memory.

And it knows less:

- All work is done when it is given: nothing shows a stream that does not wait for another one.
- A kernel's threads run one after the other, in step where they wait for one another: no race shows.
- An address that is not an array's ends the process, as it would end all work on a GPU.
- Kernels have no complex numbers, nor headers but cuda_fp16.h and cuda_bf16.h.
- Numbers are NumPy's: sums, products and random numbers differ from a GPU's in their last digits, or altogether.
- Functions for sorting, Fourier transforms and linear algebra have NumPy's types.
"""

from cupy_stand_in.streams import record as record

__all__ = ["record"]
