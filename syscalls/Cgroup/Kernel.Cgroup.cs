using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <content>Control groups.</content>
public sealed partial class Kernel
{
    private ControlGroups? _controlGroups;

    /// <summary>The control groups.</summary>
    internal ControlGroups ControlGroups => _controlGroups ??= new ControlGroups(this);

    /// <summary>Sets a limit of the control group that the first program begins in; the group is made by the first call.</summary>
    /// <param name="file">A file of the group, such as memory.max.</param>
    /// <param name="value">What is written to it.</param>
    /// <returns>0, -ENOENT (no such file), -EACCES (it cannot be written), or what the file answers.</returns>
    public int SetControlGroup(string file, string value)
    {
        ControlGroups groups = ControlGroups;
        if (groups.Initial == groups.Root)
        {
            _ = groups.Root.SetSubtreeControl(CgroupControllers.All, CgroupControllers.None); // the root may always
            int error = groups.Create(groups.Root, "program", out ControlGroup? group);
            if (error != 0)
                return error;
            groups.Initial = group!;
            foreach (ThreadGroup process in Pids.Processes)
                _ = ControlGroups.Move(process, group!); // a fresh group takes everybody
        }
        byte[] name = Encoding.Latin1.GetBytes(file);
        PseudoEntry? entry = CgroupFiles.Entries(groups.Initial).FirstOrDefault(row => row.Name.AsSpan().SequenceEqual(name));
        if (entry == null)
            return -Errno.ENOENT;
        return entry.Store?.Invoke(new PseudoContext(this, null, null), Encoding.Latin1.GetBytes(value)) ?? -Errno.EACCES;
    }
}
