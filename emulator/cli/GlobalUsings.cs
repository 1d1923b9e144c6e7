// The kernel's, not the library's.
global using Task = Emu.Syscalls.Task;
