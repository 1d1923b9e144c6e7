using Emu.Host;

namespace Emu.Syscalls;

/// <summary>The descriptors that we were started with, as the first program gets them.</summary>
internal static class InheritedFiles
{
    private const int Highest = 1023, CloseOnExec = 1;

    /// <summary>A table with every descriptor that was passed to us to be passed on: those that exec does not close.</summary>
    public static FileTable Open(Task task)
    {
        InheritedFileSystem fileSystem = new(task.Kernel.Vfs);
        FileTable files = new();
        for (int fd = 0; fd <= Highest; fd++)
        {
            int flags = HostFile.GetDescriptorFlags(fd);
            if (flags < 0 || (flags & CloseOnExec) != 0 || fileSystem.Open(fd, out OpenFile? file) != 0)
                continue;
            _ = files.Replace(fd, file!, closeOnExec: false); // nothing was there
            file!.Put();
        }
        return files;
    }
}
