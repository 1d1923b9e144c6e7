<<<<<<< HEAD
// The kernel's task, not the library's.
=======
// The kernel's, not the library's.
>>>>>>> integ
global using Task = Emu.Syscalls.Task;
