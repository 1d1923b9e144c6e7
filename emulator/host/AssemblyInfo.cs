using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Every foreign signature here is blittable. Saying so lets the ahead-of-time compilers emit the calls directly; without
// it the first call of each would start the JIT, which costs more than the rest of the start-up of this layer.
[assembly: DisableRuntimeMarshalling]

// libc is never found beside the program.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

// Path buffers of 4 KiB live on the stack and are written before they are read.
[module: SkipLocalsInit]
