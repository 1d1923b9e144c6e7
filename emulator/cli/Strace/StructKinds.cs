using System.Buffers.Binary;
using System.Globalization;

namespace Emu.Cli;

/// <summary>Structures that are printed field by field: <c>{tv_sec=1, tv_nsec=0}</c>.</summary>
/// <remarks>A layout: its size, then <c>name@offset:kind[:parameter]</c>; <c>...</c> at the end says that strace leaves fields out too.</remarks>
internal static class StructKinds
{
    private static readonly Dictionary<string, string> Layouts = new()
    {
        ["timespec"] = "16 tv_sec@0:long tv_nsec@8:long",
        ["timeval"] = "16 tv_sec@0:long tv_usec@8:long",
        ["timezone"] = "8 tz_minuteswest@0:int tz_dsttime@4:int",
        ["itimerval"] = "32 it_interval@0:timeval it_value@16:timeval",
        ["itimerspec"] = "32 it_interval@0:timespec it_value@16:timespec",
        ["utimbuf"] = "16 actime@0:date modtime@8:date",
        ["rlimit"] = "16 rlim_cur@0:rlim:RLIM_INFINITY rlim_max@8:rlim:RLIM_INFINITY",
        ["rlimit64"] = "16 rlim_cur@0:rlim:RLIM64_INFINITY rlim_max@8:rlim:RLIM64_INFINITY",
        ["rusage"] = "144 ru_utime@0:timeval ru_stime@16:timeval ...",
        ["tms"] = "32 tms_utime@0:long tms_stime@8:long tms_cutime@16:long tms_cstime@24:long",
        ["stack"] = "24 ss_sp@0:ptr ss_flags@8:flags32:ssflags ss_size@16:ulong",
        ["epoll_event"] = "12 events@0:flags32:epoll data@4:epolldata",
        ["epolldata"] = "8 u32@0:uint u64@0:ulong",
        ["pollfd"] = "8 fd@0:int events@4:flags16:poll",
        ["winsize"] = "8 ws_row@0:ushort ws_col@2:ushort ws_xpixel@4:ushort ws_ypixel@6:ushort",
        ["flock"] = "32 l_type@0:enum16:locktype l_whence@2:enum16:whence l_start@8:long l_len@16:long",
        ["flock_got"] = "32 l_type@0:enum16:locktype l_whence@2:enum16:whence l_start@8:long l_len@16:long l_pid@24:int",
        ["sembuf"] = "6 sem_num@0:ushort sem_op@2:short sem_flg@4:flags16:semop",
        ["mq_attr"] = "64 mq_flags@0:flags:open mq_maxmsg@8:long mq_msgsize@16:long mq_curmsgs@24:long",
        ["cachestat_range"] = "16 off@0:ulong len@8:ulong",
        ["cachestat"] = "40 nr_cache@0:ulong nr_dirty@8:ulong nr_writeback@16:ulong nr_evicted@24:ulong nr_recently_evicted@32:ulong",
        ["sched_attr"] = "56 size@0:uint sched_policy@4:enum:sched sched_flags@8:hex sched_nice@16:int sched_priority@20:uint " +
            "sched_runtime@24:ulong sched_deadline@32:ulong sched_period@40:ulong sched_util_min@48:uint sched_util_max@52:uint",
        ["sysinfo"] = "112 uptime@0:ulong loads@8:loads totalram@32:ulong freeram@40:ulong sharedram@48:ulong bufferram@56:ulong " +
            "totalswap@64:ulong freeswap@72:ulong procs@80:ushort totalhigh@88:ulong freehigh@96:ulong mem_unit@104:uint",
        ["linger"] = "8 l_onoff@0:int l_linger@4:int",
        ["ucred"] = "12 pid@0:int uid@4:uint gid@8:uint",
        ["ipc_perm"] = "48 uid@4:uid gid@8:uid mode@20:mode key@0:int cuid@12:uid cgid@16:uid",
        ["semid"] = "104 sem_perm@0:ipc_perm sem_otime@48:ulong sem_ctime@64:ulong sem_nsems@80:ulong",
        ["msqid"] = "120 msg_perm@0:ipc_perm msg_stime@48:ulong msg_rtime@56:ulong msg_ctime@64:ulong msg_qnum@80:ulong " +
            "msg_qbytes@88:ulong msg_lspid@96:int msg_lrpid@100:int",
        ["statfs"] = "120 f_type@0:enum8:fsmagic f_bsize@8:long f_blocks@16:ulong f_bfree@24:ulong f_bavail@32:ulong f_files@40:ulong " +
            "f_ffree@48:ulong f_fsid@56:fsid f_namelen@64:long f_frsize@72:long f_flags@80:flags:stflags",
        ["loads"] = "24 0@0:ulong 1@8:ulong 2@16:ulong",
        ["fsid"] = "8 val@0:words2",
        ["timex"] = "208 modes@0:hex32 offset@8:long freq@16:long maxerror@24:long esterror@32:long status@40:flags32:timestatus constant@48:long " +
            "precision@56:long tolerance@64:long time@72:timeval tick@88:long ppsfreq@96:long jitter@104:long shift@112:int " +
            "stabil@120:long jitcnt@128:long calcnt@136:long errcnt@144:long stbcnt@152:long tai@160:int",
        ["shmid"] = "112 shm_perm@0:ipc_perm shm_segsz@48:ulong shm_cpid@80:int shm_lpid@84:int shm_nattch@88:ulong shm_atime@56:ulong " +
            "shm_dtime@64:ulong shm_ctime@72:ulong",
        ["sigvalue"] = "8 sival_int@0:int sival_ptr@0:ptr",
    };

    private static readonly Dictionary<string, Layout> Parsed = [];

    private readonly record struct Field(string Name, int Offset, string Kind, string Parameter);

    private sealed record Layout(int Size, Field[] Fields, bool IsAbbreviated);

    /// <summary>Whether a structure exists.</summary>
    public static bool Exists(string name) => Layouts.ContainsKey(name);

    /// <summary>Names of all structures.</summary>
    public static IEnumerable<string> All => Layouts.Keys;

    /// <summary>Bytes of a structure, or of a value.</summary>
    public static int SizeOf(string kind) => KindTable.Values.TryGetValue(kind, out ValueKind? value) ? value.Size : LayoutOf(kind).Size;

    /// <summary>Prints one or several behind a pointer, as the kind's count says.</summary>
    /// <returns>Whether memory could be read.</returns>
    public static bool TryPrint(CallText call, in CallKind kind, ulong address)
    {
        int size = SizeOf(kind.Name);
        byte[] element = new byte[size];
        if (kind.Count == KindCount.One)
        {
            if (!call.TryRead(address, element))
                return false;
            PrintSingle(call.Writer, kind, element);
            return true;
        }
        ulong count = call.CountOf(kind);
        if (count != 0 && !call.TryRead(address, element))
            return false;
        PrintArray(call, kind, address, count, element);
        return true;
    }

    /// <summary>Prints one value or structure.</summary>
    public static void Print(ByteWriter writer, string kind, string parameter, ReadOnlySpan<byte> bytes)
    {
        if (KindTable.Values.TryGetValue(kind, out ValueKind? value))
            value.Print(writer, ReadValue(bytes[..value.Size]), parameter);
        else
            PrintFields(writer, LayoutOf(kind), bytes);
    }

    private static void PrintSingle(ByteWriter writer, in CallKind kind, ReadOnlySpan<byte> bytes)
    {
        bool isValue = KindTable.Values.ContainsKey(kind.Name);
        if (isValue)
            writer.Add((byte)'[');
        Print(writer, kind.Name, kind.Parameter, bytes);
        if (isValue)
            writer.Add((byte)']');
    }

    private static void PrintArray(CallText call, in CallKind kind, ulong address, ulong count, byte[] element)
    {
        ByteWriter writer = call.Writer.Add((byte)'[');
        for (ulong i = 0; i < count; i++)
        {
            if (i != 0)
                writer.Add(", "u8);
            ulong at = address + (i * (ulong)element.Length);
            if (i == CallText.Limit)
            {
                writer.Add("..."u8);
                break;
            }
            if (!call.TryRead(at, element))
            {
                writer.Add("... /* 0x"u8).AddHex(at).Add(" */"u8);
                break;
            }
            Print(writer, kind.Name, kind.Parameter, element);
        }
        writer.Add((byte)']');
    }

    private static void PrintFields(ByteWriter writer, Layout layout, ReadOnlySpan<byte> bytes)
    {
        writer.Add((byte)'{');
        for (int i = 0; i < layout.Fields.Length; i++)
        {
            Field field = layout.Fields[i];
            writer.Add(i == 0 ? ""u8 : ", "u8).Add(field.Name).Add((byte)'=');
            Print(writer, field.Kind, field.Parameter, bytes[field.Offset..]);
        }
        writer.Add(layout.IsAbbreviated ? ", ...}"u8 : "}"u8);
    }

    private static ulong ReadValue(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        1 => bytes[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    };

    private static Layout LayoutOf(string name)
    {
        lock (Parsed)
        {
            if (!Parsed.TryGetValue(name, out Layout? layout))
                Parsed.Add(name, layout = ParseLayout(Layouts[name]));
            return layout;
        }
    }

    private static Layout ParseLayout(string text)
    {
        string[] words = text.Split(' ');
        bool isAbbreviated = words[^1] == "...";
        string[] fields = words[1..(isAbbreviated ? ^1 : ^0)];
        return new Layout(int.Parse(words[0], CultureInfo.InvariantCulture), [.. fields.Select(ParseField)], isAbbreviated);
    }

    private static Field ParseField(string word)
    {
        int at = word.IndexOf('@');
        string[] parts = word[(at + 1)..].Split(':');
        return new Field(word[..at], int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts.Length > 2 ? parts[2] : "");
    }
}
