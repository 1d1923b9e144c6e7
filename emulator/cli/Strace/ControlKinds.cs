using System.Buffers.Binary;

namespace Emu.Cli;

/// <summary>Calls that are many calls: fcntl, ioctl, prctl, arch_prctl. Each command says what its argument is.</summary>
internal static class ControlKinds
{
    /// <summary>Adds the kinds of this file.</summary>
    public static void Register(Dictionary<string, PointedPrinter> pointed, Dictionary<string, SpecialPrinter> special,
        Dictionary<string, NotePrinter> notes)
    {
        pointed["termios"] = static (call, in _, address) => TryAddTermios(call, address);
        special["fcntl"] = static (call, in _, _) => AddFcntl(call);
        notes["fcntl"] = static (call, in _, _) => NoteFcntl(call);
        special["ioctl"] = static (call, in _, _) => AddIoctl(call);
        special["prctl"] = static (call, in _, _) => AddPrctl(call);
        notes["prctl"] = static (call, in _, _) => NotePrctl(call);
        special["archprctl"] = static (call, in _, _) => AddArchPrctl(call);
        special["syslog"] = static (call, in _, _) => AddSyslog(call);
        special["membarrier"] = static (call, in _, _) => AddMembarrier(call);
        notes["membarrier"] = static (call, in _, _) => NoteMembarrier(call);
    }

    /// <summary>Prints one value by a kind, and behind a pointer with the kind's direction.</summary>
    /// <returns>Whether the call must be done first.</returns>
    private static PrintState AddTyped(CallText call, string text, ulong value)
    {
        CallKind kind = CallKind.Parse(text);
        if (kind.Direction == KindDirection.Out && !call.IsDone)
            return PrintState.Later;
        call.Writer.Add(", "u8);
        CallPrinter.AddValue(call, kind, value);
        return PrintState.Done;
    }

    private static PrintState AddFcntl(CallText call)
    {
        const ulong FirstUnknown = 0x10000;
        ulong command = (uint)call.Args.A1;
        string kind = command switch
        {
            1 or 3 or 9 or 11 or 1025 or 1032 or 1034 => "", // GETFD, GETFL, GETOWN, GETSIG, GETLEASE, GETPIPE_SZ, GET_SEALS
            0 or 8 or 1030 or 1031 => "int", // DUPFD, SETOWN, DUPFD_CLOEXEC, SETPIPE_SZ
            2 => "flags32:fdflags",
            4 => "openflags",
            5 or 36 => ">flock_got", // GETLK, OFD_GETLK
            6 or 7 or 37 or 38 => "<flock", // SETLK, SETLKW and the OFD ones
            10 => "sig",
            1024 => "enum:locktype", // SETLEASE
            1026 => "flags32:dnotify",
            1033 => "flags32:seal",
            _ => command < FirstUnknown && NameTable.Of("fcntl").Find(command) != null ? "ptr" : "hex",
        };
        int start = call.Writer.Length;
        NameTable.Of("fcntl").AddValue(call.Writer, command);
        PrintState state = kind.Length == 0 ? PrintState.Done : AddTyped(call, kind, call.Args.A2);
        if (state == PrintState.Later)
            call.Writer.Truncate(start);
        return state;
    }

    private static void NoteFcntl(CallText call)
    {
        if (call.HasFailed)
            return;
        ByteWriter note = call.Note;
        switch ((int)call.Args.A1)
        {
            case 1 when call.Result != 0:
                NameTable.Of("fdflags").AddFlags(note.Add("flags "u8), (ulong)call.Result);
                break;
            case 3:
                FileKinds.AddOpenFlags(note.Add("flags "u8), (ulong)call.Result);
                break;
            case 1025:
                NameTable.Of("locktype").AddValue(note, (ulong)call.Result);
                break;
            case 1034 when call.Result != 0:
                NameTable.Of("seal").AddFlags(note.Add("seals "u8), (ulong)call.Result);
                break;
        }
        call.IsResultHex = note.Length != 0;
    }

    private static PrintState AddIoctl(CallText call)
    {
        uint request = (uint)call.Args.A1;
        string? name = NameTable.Of("ioctl").Find(request);
        string kind = name switch
        {
            "TCGETS" => ">termios",
            "TCSETS" or "TCSETSW" or "TCSETSF" => "<termios",
            "TIOCGWINSZ" => ">winsize",
            "TIOCSWINSZ" => "<winsize",
            "FIONREAD" or "TIOCGPGRP" or "TIOCGPTN" or "TIOCOUTQ" or "TIOCGSID" or "TIOCGETD" => ">int",
            "TIOCSPGRP" or "TIOCSPTLCK" or "FIONBIO" or "FIOASYNC" or "TIOCSETD" => "<int",
            "FS_IOC_GETFLAGS" => ">flags32:fsflags",
            "FS_IOC_SETFLAGS" => "<flags32:fsflags",
            "TCFLSH" => "enum:tcflush",
            "TCXONC" => "enum:tcflow",
            "TCSBRK" or "TCSBRKP" or "FICLONE" or "TIOCSCTTY" => "int",
            "FIOCLEX" or "FIONCLEX" or "TIOCEXCL" or "TIOCNXCL" or "TIOCNOTTY" => "",
            null => "hex",
            _ => "ptr",
        };
        int start = call.Writer.Length;
        if (name != null)
            call.Writer.Add(name);
        else
            AddRequest(call.Writer, request);
        PrintState state = kind.Length == 0 ? PrintState.Done : AddTyped(call, kind, call.Args.A2);
        if (state == PrintState.Later)
            call.Writer.Truncate(start);
        return state;
    }

    // Linux: _IOC (include/uapi/asm-generic/ioctl.h)
    private static void AddRequest(ByteWriter writer, uint request)
    {
        string[] directions = ["_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"];
        writer.Add("_IOC("u8).Add(directions[request >> 30]).Add(", "u8).AddHexNumber((request >> 8) & 0xFF).Add(", "u8)
            .AddHexNumber(request & 0xFF).Add(", "u8).AddHexNumber((request >> 16) & 0x3FFF).Add((byte)')');
    }

    private static PrintState AddPrctl(CallText call)
    {
        ulong option = (uint)call.Args.A0;
        string? name = NameTable.Of("prctl").Find(option);
        string kinds = name switch
        {
            "PR_SET_NAME" => "str",
            "PR_GET_NAME" => ">str",
            "PR_SET_PDEATHSIG" => "sig",
            "PR_GET_PDEATHSIG" => ">sig",
            "PR_SET_DUMPABLE" => "enum:dumpable",
            "PR_CAPBSET_READ" or "PR_CAPBSET_DROP" => "enum:cap",
            "PR_CAP_AMBIENT" => "enum:prcap,enum:cap,hex,hex",
            "PR_SET_NO_NEW_PRIVS" or "PR_GET_NO_NEW_PRIVS" or "PR_SET_THP_DISABLE" or "PR_GET_THP_DISABLE" => "ulong,ulong,ulong,ulong",
            "PR_SET_VMA" => "enum:prvma,ptr,ulong,str",
            "PR_SET_MM" => "enum:prmm,hex,hex,hex",
            "PR_SET_KEEPCAPS" or "PR_SET_TIMERSLACK" or "PR_SET_CHILD_SUBREAPER" => "ulong",
            "PR_GET_CHILD_SUBREAPER" => ">int",
            "PR_GET_TSC" => ">enum:prtsc",
            "PR_SET_TSC" => "enum:prtsc",
            "PR_SET_PTRACER" => "enum8:ptracer",
            "PR_GET_DUMPABLE" or "PR_GET_KEEPCAPS" or "PR_GET_TIMERSLACK" or "PR_GET_SECCOMP" or "PR_GET_SECUREBITS" or "PR_MCE_KILL_GET" or
                "PR_TASK_PERF_EVENTS_DISABLE" or "PR_TASK_PERF_EVENTS_ENABLE" or "PR_GET_TIMING" => "",
            _ => "hex,hex,hex,hex",
        };
        int start = call.Writer.Length;
        NameTable.Of("prctl").AddValue(call.Writer, option);
        string[] list = kinds.Length == 0 ? [] : kinds.Split(',');
        for (int i = 0; i < list.Length; i++)
        {
            if (AddTyped(call, list[i], call.Args[i + 1]) != PrintState.Later)
                continue;
            call.Writer.Truncate(start);
            return PrintState.Later;
        }
        return PrintState.Done;
    }

    private static void NotePrctl(CallText call)
    {
        const int GetDumpable = 3;
        if ((int)call.Args.A0 == GetDumpable && call.Result >= 0)
            NameTable.Of("dumpable").AddValue(call.Note, (ulong)call.Result);
    }

    private static PrintState AddArchPrctl(CallText call)
    {
        const uint SetGs = 0x1001, SetFs = 0x1002, GetFs = 0x1003, GetGs = 0x1004, GetCpuid = 0x1011;
        uint option = (uint)call.Args.A0;
        int start = call.Writer.Length;
        NameTable.Of("archprctl").AddValue(call.Writer, option);
        string kind = option switch { GetFs or GetGs => ">ptr", SetFs or SetGs => "ptr", GetCpuid => "", _ => "hex" };
        PrintState state = kind.Length == 0 ? PrintState.Done : AddTyped(call, kind, call.Args.A1);
        if (state == PrintState.Later)
            call.Writer.Truncate(start);
        return state;
    }

    private static PrintState AddSyslog(CallText call)
    {
        int type = (int)call.Args.A0;
        bool reads = type is 2 or 3 or 4; // READ, READ_ALL, READ_CLEAR
        if (reads && !call.IsDone)
            return PrintState.Later;
        call.Writer.Add(type).Add(" /* "u8);
        NameTable.Of("syslog").AddValue(call.Writer, (uint)type);
        call.Writer.Add(" */"u8);
        if (!reads)
            return PrintState.Done;
        AddTyped(call, ">bytes#r", call.Args.A1);
        call.Writer.Add(", "u8).Add((int)call.Args.A2);
        return PrintState.Done;
    }

    // The third argument counts only with a flag in the second.
    private static PrintState AddMembarrier(CallText call)
    {
        const ulong CpuFlag = 1;
        NameTable.Of("membarrier").AddValue(call.Writer, (uint)call.Args.A0);
        NameTable.Of("membflags").AddFlags(call.Writer.Add(", "u8), (uint)call.Args.A1);
        if (((uint)call.Args.A1 & CpuFlag) != 0)
            call.Writer.Add(", "u8).Add((int)call.Args.A2);
        return PrintState.Done;
    }

    private static void NoteMembarrier(CallText call)
    {
        if (call.Args.A0 != 0 || call.Result <= 0)
            return;
        NameTable.Of("membarrier").AddFlags(call.Note, (ulong)call.Result);
        call.IsResultHex = true;
    }

    // As far as strace shows it.
    private static bool TryAddTermios(CallText call, ulong address)
    {
        const uint BaudMask = 0x100F, SizeMask = 0x30;
        Span<byte> termios = stackalloc byte[36];
        if (!call.TryRead(address, termios))
            return false;
        uint output = BinaryPrimitives.ReadUInt32LittleEndian(termios[4..]), control = BinaryPrimitives.ReadUInt32LittleEndian(termios[8..]);
        ByteWriter writer = call.Writer.Add("{c_iflag="u8);
        NameTable.Of("iflag").AddFlags(writer, BinaryPrimitives.ReadUInt32LittleEndian(termios));
        AddOutputFlags(writer.Add(", c_oflag="u8), output);
        NameTable.Of("baud").AddValue(writer.Add(", c_cflag="u8), control & BaudMask);
        writer.Add("|CS"u8).Add((ulong)(5 + ((control & SizeMask) >> 4)));
        if ((control & ~(BaudMask | SizeMask)) != 0)
            NameTable.Of("cflag").AddFlags(writer.Add((byte)'|'), control & ~(BaudMask | SizeMask));
        NameTable.Of("lflag").AddFlags(writer.Add(", c_lflag="u8), BinaryPrimitives.ReadUInt32LittleEndian(termios[12..]));
        writer.Add(", ...}"u8);
        return true;
    }

    // Delays are small numbers within the flags.
    private static void AddOutputFlags(ByteWriter writer, uint flags)
    {
        const uint DelayMask = 0xFF00;
        writer.Add("NL"u8).Add((ulong)((flags >> 8) & 1)).Add("|CR"u8).Add((ulong)((flags >> 9) & 3)).Add("|TAB"u8)
            .Add((ulong)((flags >> 11) & 3)).Add("|BS"u8).Add((ulong)((flags >> 13) & 1)).Add("|VT"u8).Add((ulong)((flags >> 14) & 1))
            .Add("|FF"u8).Add((ulong)((flags >> 15) & 1));
        if ((flags & ~DelayMask) != 0)
            NameTable.Of("oflag").AddFlags(writer.Add((byte)'|'), flags & ~DelayMask);
    }
}
