// The kernel's, not the library's.
global using FileOptions = Emu.Syscalls.FileOptions;
global using Task = Emu.Syscalls.Task;
