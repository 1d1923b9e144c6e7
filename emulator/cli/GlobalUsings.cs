// The kernel's task, not the library's.
global using Task = Emu.Syscalls.Task;
